"""The register's use cases: from application to exit, with everything that is lacking named."""

import csv
import io
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from api.db import Database
from api.errors import in_words
from api.house import House
from api.ordering.place import require_site_open
from api.oversight.site_defaults import rules_of
from api.oversight.sites import act_on_site
from api.oversight.sites_board import notice_board
from api.oversight.sites_documents import checks_document, register_document
from api.oversight.sites_export import SHEETS, oversight_sheets
from api.oversight.sites_views import register_view, site_view
from api.oversight.siting import checked_area, checked_site, keep_neighbourhoods
from api.packaged import read_toml
from api.paths import config_dir
from api.people import OPERATOR
from api.permissions import Actor
from api.reports.notice_board import PAPERS, render
from api.reports.oversight_files import oversight_csv, oversight_xlsx
from api.store.audit import AuditRow
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.oversight.life_cycle import SiteActLacking
from orders.oversight.site_rules import site_rules
from orders.oversight.siting import NOTHING_MEASURED, Neighbourhood
from orders.receipts import Serving
from orders.service import Service
from orders.store.receipts import save_servings
from orders.store.site_register import load_site_file, site_open_on
from tests.api.oversight.site_house import (
    ANSWERS,
    BODY,
    BUREAU,
    DAY,
    MONITOR,
    NOW_AT,
    act,
    apply,
    asked,
    decorate,
    equip,
    keep_programme,
    lead_to_agreement,
    open_register,
    open_site,
    papers,
    site,
    tell,
)
from tests.api.reports.readback import pages_text, squeezed
from tests.orders.store_facts import CANTEEN, LUNCH, keep_orders, order


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> House:
    """A house with one programme and no site."""
    return open_register(tmp_path, sqlite_template)


def codes(refused: pytest.ExceptionInfo[SiteActLacking]) -> list[str]:
    """What a refused act lacks."""
    return [one.code for one in refused.value.reasons]


def text_of(pdf: bytes) -> str:
    """What is printed, without blanks."""
    return squeezed("".join(pages_text(pdf)))


def view_of(house: House, site_id: str = "C01", actor: Actor = BUREAU):
    """The site's page."""
    with house.database.read() as session:
        return site_view(session, actor, site_id, DAY)


def test_a_site_is_led_to_its_opening(house: House) -> None:
    """Tests the whole way, and that orders are taken from the first day on and not before."""
    open_site(house)
    view = view_of(house)
    assert view.is_open and view.lacks == () and [one.act for one in view.events][-1] == "open"
    with house.database.read() as session:
        assert site_open_on(session, "C01", DAY) is None
        assert site_open_on(session, "C01", DAY - timedelta(days=1)) is not None
        acts = session.exec(select(AuditRow.act).where(AuditRow.subject == "C01")).all()
    assert "site.edit/open" in acts and "site.edit/licence" in acts


def test_an_application_names_every_empty_field(house: House) -> None:
    """Tests that what is empty and what lies outside the area is told at once, in words."""
    with pytest.raises(SiteActLacking) as refused:
        apply(house, site(name="", phone=" ", district="450300"))
    assert codes(refused) == ["lacks_field", "lacks_field", "outside_area"]
    words = in_words(refused.value, "zh_CN")
    assert "名称" in words and "电话" in words and "450300" in words
    with pytest.raises(NotFound):
        apply(house, site(programme_id="q"))


def test_an_assessment_wants_every_answer_and_every_measure(house: House) -> None:
    """Tests that an unanswered item or an unmeasured bound keeps the assessment open, and a no fails it."""
    apply(house, site(measures=NOTHING_MEASURED))
    with pytest.raises(SiteActLacking) as refused:
        act(house, "assess", 0, answers={"hygiene": "yes"})
    assert set(codes(refused)) == {"lacks_answer", "lacks_measure"} and len(codes(refused)) == 9
    tell(house, "measures", neighbourhood="urban", radius_m="1000", elderly="2000", seats="20", floor="2",
         dining_area_m2="30", lift="no", ramp="yes")  # fmt: skip
    assert act(house, "assess", 0, answers=ANSWERS | {"hygiene": "no"}).state == "failed"
    assert act(house, "assess", 0, answers=ANSWERS).state == "assessed"


def test_the_quota_is_full_at_its_number(house: House) -> None:
    """Tests that the second of one place is refused, and its place is free once the first has left."""
    lead_to_agreement(house)
    apply(house, site("C02"))
    act(house, "assess", 0, "C02", answers=ANSWERS)
    with pytest.raises(SiteActLacking) as refused:
        act(house, "select", 0, "C02")
    assert codes(refused) == ["quota_full"]
    act(house, "exit", 1, reason="放弃")
    assert act(house, "select", 2, "C02").state == "selected"


def test_an_expired_certificate_blocks_opening_and_a_new_one_does_not(house: House) -> None:
    """Tests what opening asks for, one after the other, until the site opens."""
    lead_to_agreement(house)
    with pytest.raises(SiteActLacking) as refused:
        act(house, "open", 0)
    assert codes(refused) == ["lacks_supply", "lacks_licence", "lacks_staff"]
    staff_id = equip(house)
    tell(house, "person", name="李助手", job="帮厨", from_on="2026-01-01")
    with pytest.raises(SiteActLacking) as refused:
        act(house, "open", 0)
    assert codes(refused) == ["lacks_health_certificate"]
    with house.database.begin() as session:
        from orders.store.licences import load_staff

        helper = next(one for one in load_staff(session, "C01") if one.staff_id != staff_id)
    for to_on in ("2026-11-01", "2027-01-31"):
        if to_on > "2027":
            assert act_fails(house) == ["licence_expired"]
        tell(house, "licence", kind="health", staff_id=helper.staff_id, number="H2", from_on="2025-11-02",
             to_on=to_on)  # fmt: skip
    assert act(house, "open", 0).state == "open"


def act_fails(house: House) -> list[str]:
    """What opening lacks."""
    with pytest.raises(SiteActLacking) as refused:
        act(house, "open", 0)
    return codes(refused)


def test_an_overdue_correction_blocks_reopening(house: House) -> None:
    """Tests that a site paused by order opens again when what was found is put right."""
    open_site(house)
    tell(house, "inspection", kind="unannounced", inspected_on="2026-10-01", inspector="李", office="市监局",
         found="2026-10-15 冰箱无温度计\n灭火器过期", due_on="2026-12-01")  # fmt: skip
    act(house, "pause", 0, grounds="ordered", reason="限期整改")
    assert act_fails(house) == ["shortcoming_overdue"]
    overdue = view_of(house).visits[0].shortcomings[0][0]
    fixed = {"done_on": "2026-11-02", "done_by": "覃师傅", "remedy": "已装温度计"}
    tell(house, "put-right", shortcoming_id=overdue.shortcoming_id, **fixed)
    with pytest.raises(Conflict):
        tell(house, "put-right", shortcoming_id=overdue.shortcoming_id, **fixed)
    assert [status for _, status in view_of(house).visits[0].shortcomings] == ["done_late", "open"]
    assert act(house, "open", 0).state == "open"


def test_a_moved_site_has_its_new_address_once_it_opens_again(house: House) -> None:
    """Tests that a move is announced, checked, filed and opened at the new place."""
    open_site(house)
    notice = papers("public_notice", "written_statement", day=1)
    change = {"reason": "租约到期", "contact": "韦主任 0772", "documents": notice}
    moved = act(house, "move", 1, effect_on=DAY + timedelta(days=16), address="河东路 2 号", **change)
    assert moved.state == "moved"
    act(house, "assess", 2, answers=ANSWERS)
    act(house, "agree", 3, documents=papers("agreement", "备案表"))
    act(house, "open", 4, effect_on=DAY + timedelta(days=17))
    with house.database.read() as session:
        file = load_site_file(session, "C01")
        assert file is not None and file.address == "河东路 2 号"
        assert site_open_on(session, "C01", DAY + timedelta(days=15)) is None
        assert site_open_on(session, "C01", DAY + timedelta(days=16)) is not None
        assert site_open_on(session, "C01", DAY + timedelta(days=17)) is None


def test_a_silent_plan_takes_the_defaults_and_says_so(house: House) -> None:
    """Tests that notice days and wall titles of the register stand in, marked as its own."""
    with house.database.begin() as session:
        keep_programme(session, "silent", {"programme": BODY["programme"]})
    with house.database.read() as session:
        ruled = rules_of(session, "silent", DAY)
    assert ruled.defaulted == {"change_notice_days", "notices"}
    assert ruled.rules.change_notice_days == 15 and len(ruled.rules.notices) == 8


def test_nobody_acts_tomorrow(house: House) -> None:
    """Tests that the day of an act has come, while the day on which it begins may lie ahead."""
    apply(house, site())
    with house.database.begin() as session, pytest.raises(BadInput) as refused:
        told = asked(1, answers=ANSWERS)
        act_on_site(session, "C01", "assess", told, actor=BUREAU, now_at=NOW_AT, ids=house.ids)
    assert refused.value.code == "site_act_in_future"


def test_forms_that_say_nothing_usable_are_refused(house: House) -> None:
    """Tests words instead of numbers, halts that overlap, prices and days that are none."""
    apply(house, site())
    for what, fields in (
        ("measures", {"seats": "viele"}),
        ("measures", {"lift": "maybe"}),
        ("measures", {"height": "3"}),
        ("timetable", {"halts": "8 10:00 11:00 广场"}),
        ("timetable", {"halts": "1 10:00 11:00 广场\n1 10:30 12:00 公园"}),
        ("prices", {"prices": "午餐"}),
        ("prices", {"prices": "午餐, fünf"}),
        ("licence", {"kind": "food_operation", "number": "1", "holder": "x", "from_on": "gestern"}),
        ("licence", {"kind": "food_operation", "number": "1", "holder": "x", "from_on": "2026-02-01",
                     "to_on": "2026-01-01"}),
        ("inspection", {"kind": "routine", "inspected_on": "2026-11-02", "inspector": "a", "office": "b",
                        "found": "2026-11-01 zu früh"}),
        ("grade", {"grade": "D", "graded_on": "2026-11-02", "office": "x"}),
        ("supply", {"meal": "lunch", "form": "magic"}),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            tell(house, what, **fields)
    with pytest.raises(NotFound):
        tell(house, "licence", kind="health", staff_id="nobody", number="1", from_on="2026-02-01")


def test_a_van_has_a_timetable(house: House) -> None:
    """Tests that halts are read line by line and shown by weekday."""
    apply(house, site())
    tell(house, "timetable", halts="3 9:00 10:00 西环路口\n1 10:30-11:15 文化广场")
    assert [(one.weekday, one.place) for one in view_of(house).stops] == [(1, "文化广场"), (3, "西环路口")]


def test_people_are_trained_and_leave(house: House) -> None:
    """Tests hours of this year, and that who left needs no certificate any more."""
    open_site(house)
    staff_id = view_of(house).people[0].person.staff_id
    tell(house, "training", staff_id=staff_id, held_on="2026-06-01", minutes="90", topic="过敏原")
    tell(house, "person-left", staff_id=staff_id, to_on="2026-11-01")
    row = view_of(house).people[0]
    assert row.hours == 1.5 and not row.person.works_on(DAY)
    assert [one.code for one in view_of(house).lacks] == ["lacks_staff"]


def test_samples_wait_for_their_result(house: House) -> None:
    """Tests that a laboratory's word is kept once."""
    apply(house, site())
    tell(house, "sample", sample="米饭", taken_on="2026-11-01", laboratory="市疾控中心")
    test_id = view_of(house).tests[0].test_id
    result = {"test_id": test_id, "result": "passed", "reported_on": "2026-11-02", "report": "R7"}
    tell(house, "result", **result)
    with pytest.raises(Conflict):
        tell(house, "result", **result)
    assert view_of(house).tests[0].result == "passed"


def test_a_monitor_reads_everything_and_changes_nothing(house: House) -> None:
    """Tests that the monitor sees the register and is refused every act."""
    open_site(house)
    assert view_of(house, actor=MONITOR).is_open
    with pytest.raises(Forbidden):
        act(house, "pause", 0, actor=MONITOR, grounds="emergency", reason="x")
    grade = {"grade": "A", "graded_on": "2026-11-02", "office": "x"}
    for what, fields in (("notice", {"title": "a", "body": "b"}), ("grade", grade)):
        with pytest.raises(Forbidden):
            tell(house, what, actor=MONITOR, **fields)


def test_a_canteen_sees_its_own_file_alone(house: House) -> None:
    """Tests the scope of a site's own user."""
    open_site(house)
    apply(house, site("C02"))
    own = Actor("u", "n", "canteen", site_id="C01")
    with house.database.read() as session:
        assert [row.file.site_id for row in register_view(session, own, DAY).rows] == ["C01"]
        with pytest.raises(Forbidden):
            site_view(session, own, "C02", DAY)


def test_a_correction_keeps_programme_and_district(house: House) -> None:
    """Tests that a sign's name and a telephone change, and nothing that decisions rest on."""
    apply(house, site())
    tell(house, "file", name="新名", phone="0772-9", district="999999")
    file = view_of(house).file
    assert (file.name, file.phone, file.district) == ("新名", "0772-9", "450202")


def test_an_area_is_checked_street_by_street(house: House) -> None:
    """Tests quota and siting of the area as a document."""
    open_site(house)
    places = [Neighbourhood("village", "大村", "450202", 800)]
    with house.database.begin() as session:
        keep_programme(session, "q", BODY | {"area": BODY["area"] | {"siting": [
            {"kind": "rural_village", "households_gte": 500, "min_sites": 1}]}})  # fmt: skip
        keep_neighbourhoods(session, places, actor=BUREAU, now_at=NOW_AT)
    with house.database.read() as session:
        own = checks_document(checked_site(session, "C01", DAY), "zh_CN")
        area = checks_document(checked_area(session, "p", DAY), "en")
    assert own["kept"] and own["cite"] == "第五条"
    assert [(one["item"], one["found"], one["verdict"]) for one in area["checks"]] == [
        ("site_quota", 1, "met")
    ]


def test_the_board_names_what_is_missing_and_shows_the_rest(house: House) -> None:
    """Tests each notice of the plan on both sheets and in both languages, the pledge missing."""
    open_site(house)
    decorate(house)
    with house.database.read() as session:
        board = notice_board(session, MONITOR, "C01", NOW_AT)
    assert [item.title.zh for item in board.items] == BODY["site"]["notices"]
    assert [item.title.zh for item in board.items if item.lacks] == ["食品安全承诺书"]
    for paper in PAPERS:
        printed = render(board, "zh_CN", paper)
        assert printed.pages == 1
        assert [(one.code, one.params["title"]) for one in printed.findings] == [
            ("board_lacks", "食品安全承诺书")
        ]
        text = text_of(printed.pdf)
        words = ["JY24502020001", "覃师傅", "15.00元", "10.00元", "12345", "0772-5550101", "2026年09月01日"]
        assert [word for word in words if word not in text] == []
    assert "Food-safetypledge" in text_of(render(board, "en", "A4").pdf)


def test_an_expired_licence_stands_on_the_board_as_expired(house: House) -> None:
    """Tests that the board says so on the day after the last."""
    open_site(house)
    with house.database.read() as session:
        later_at = NOW_AT.replace(year=2029, month=5)
        board = notice_board(session, BUREAU, "C01", later_at)
    lacks = {item.title.zh: [one.code for one in item.lacks] for item in board.items}
    assert lacks["食品经营许可证"] == ["board_expired"] and lacks["从业人员健康证"] == ["board_expired"]


def test_a_long_wall_goes_on_a_second_page_and_loses_nothing(house: House) -> None:
    """Tests that a text longer than a sheet is printed to its last word."""
    open_site(house)
    body = "\n".join(
        f"第{number}条　保持清洁，生熟分开，按时消毒，专人负责，记录完整。" for number in range(1, 81)
    )
    tell(house, "notice", title="食品安全承诺书", body=body)
    with house.database.read() as session:
        board = notice_board(session, BUREAU, "C01", NOW_AT)
    printed = render(board, "zh_CN", "A4")
    assert printed.pages > 1 and "第80条" in text_of(printed.pdf)


def test_the_export_has_every_table_and_no_name(house: House) -> None:
    """Tests that no person of the register, and nothing anybody wrote, leaves with the tables."""
    open_site(house)
    tell(house, "inspection", kind="routine", inspected_on="2026-11-01", inspector="李检查", office="市监局",
         found="2026-11-20 灭火器过期")  # fmt: skip
    with house.database.begin() as session:
        days = (DAY - timedelta(days=30), DAY)
        sheets = oversight_sheets(session, MONITOR, *days, day_on=DAY, now_at=NOW_AT)
    assert tuple(one.name for one in sheets) == SHEETS
    told = str(sheets)
    assert "文昌社区长者饭堂" in told and "灭火器过期" in told
    assert not any(name in told for name in ("覃师傅", "李检查", "韦主任"))
    assert oversight_xlsx(sheets, "zh_CN")[:2] == b"PK"
    table = list(csv.reader(io.StringIO(oversight_csv(sheets[0], "zh_CN").decode("utf-8-sig"))))
    assert table[0][0] == "站点编号" and table[1][:2] == ["C01", "文昌社区长者饭堂"]
    with house.database.begin() as session, pytest.raises(Forbidden):
        canteen = replace(OPERATOR, role="canteen")
        oversight_sheets(session, canteen, *days, day_on=DAY, now_at=NOW_AT)


def test_the_list_warns_before_a_paper_is_over(house: House) -> None:
    """Tests that a certificate within its last 30 days is counted, and the document says which."""
    open_site(house)
    with house.database.read() as session:
        for shift, due in ((32, 0), (33, 1)):
            view = register_view(session, BUREAU, DAY + timedelta(days=shift))
            assert view.due == due
        document = register_document(view)
    assert document["sites"][0]["licences_due"][0]["status"] == "expiring"


def test_servings_are_counted_as_they_stand(database: Database) -> None:
    """Tests that a corrected serving counts once, one taken back not at all, and other days stay out."""
    at = LUNCH.start_at + timedelta(hours=12)
    serving = Serving("o1", "C01", 2, at, at, offline=False)
    with database.begin() as session:
        keep_orders(session, order(1), order(2), order(3))
        for number in (1, 2, 3):
            one = replace(serving, order_id=f"o{number}")
            save_servings(session, LUNCH, [(f"s{number}", one)], "u1")
        save_servings(session, LUNCH, [("s4", serving)], "u1", replaces="s1")
        taken_back = replace(serving, order_id="o2", portions=0)
        save_servings(session, LUNCH, [("s5", taken_back)], "u1", replaces="s2")
    for from_on, to_on, meals in ((LUNCH.service_on,) * 2 + (2,), (DAY, DAY, None)):
        with database.begin() as session:
            tables = oversight_sheets(session, OPERATOR, from_on, to_on, day_on=DAY, now_at=NOW_AT)
        rows = [("C01", "城中一号", from_on, "lunch", meals)] if meals else []
        assert list(tables[-1].rows) == rows


def test_the_packaged_plans_say_what_their_sites_must_have() -> None:
    """Tests figures of the five plans as the register reads them, and that each wall title is known."""
    plans = {path.stem: read_toml(path) for path in sorted((config_dir() / "programmes").glob("*.toml"))}
    rules = {name: site_rules(table) for name, table in plans.items()}
    town, template, pilot = rules["changping-2023"], rules["guangdong-2018"], rules["jianxi-2019"]
    assert (town.min_seats, town.min_area_per_seat_m2, town.change_notice_days) == (20, 1.5, 15)
    assert [(one.max_radius_m, one.min_elderly, one.households_gte) for one in town.siting] == [
        (1000, 2000, None), (None, None, 500),
    ]  # fmt: skip
    assert town.min_centres_per_street == 1 and template.min_sites_per_street == 1
    assert [(one.zone, one.limit_min) for one in template.circles] == [("centre", 15), ("outer", 25)]
    assert (pilot.min_meals_per_service, pilot.min_seats, pilot.max_floor) == (100, 30, 2)
    canteens = rules["liuzhou-2020"]
    assert sum(canteens.quota.values()) == 12 and canteens.attendant_required
    assert (canteens.central_kitchens_min, canteens.central_kitchens_max) == (1, 2)
    assert (rules["qidong-2022"].per_area_min, rules["qidong-2022"].per_area_max) == (1, 2)
    table = read_toml(config_dir() / "site-register.toml")
    known = {title for one in table["notice"] for title in one["titles"]}
    assert {title for one in rules.values() for title in one.notices} <= known
    assert set(table["defaults"]["notices"]) <= known


def test_a_paused_site_takes_no_order(house: House) -> None:
    """Tests that ordering refuses a day on which the file says that the site is closed, and takes others."""
    open_site(house)
    pause = {"grounds": "emergency", "reason": "停水", "until_on": DAY + timedelta(days=2)}
    act(house, "pause", 1, **pause)
    for shift, code in ((0, None), (1, "site_paused_until"), (2, "site_paused_until"), (3, None)):
        service = Service("K1", DAY + timedelta(days=shift), "lunch")
        with house.database.read() as session, ExitStack() as stack:
            if code:
                refused = stack.enter_context(pytest.raises(Conflict))
            require_site_open(session, service, CANTEEN)
        assert code is None or refused.value.code == code
    with house.database.read() as session:
        require_site_open(session, Service("K1", DAY, "lunch"), replace(CANTEEN, site_id="C77"))
