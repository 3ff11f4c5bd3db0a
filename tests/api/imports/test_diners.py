"""Diners from a file: nothing known is lost by what the file does not carry."""

from dataclasses import replace
from datetime import date, timedelta

from api.imports.diners import home_hours
from orders.diners import Diner, DinerFact
from orders.enrolment import programme_on
from orders.identity import check_character
from orders.store.credentials import find_by_phone_tail
from orders.store.diners import load_diners, save_diners
from orders.store.enrolments import load_enrolments
from orders.store.identities import load_identities
from orders.store.sites import load_kitchen, load_kitchen_settings, load_sites, save_kitchen
from tests.api.imports.desk import NOW, Desk, csv_of, example, in_chinese, named, rows_of
from tests.api.imports.test_canteens import second_kitchen


def diners(desk: Desk) -> dict[str, Diner]:
    """What is kept, by code."""
    with desk.database.read() as session:
        return {diner.code: diner for diner in load_diners(session).values()}


def person(**cells: str) -> dict[str, str]:
    """A diner of the example who eats at the canteen, with other cells."""
    row = next(row for row in rows_of("diners") if row["用餐方式"] == "堂食" and row["过敏原"])
    return row | in_chinese("diners", **cells)


def direct(**cells: str) -> dict[str, str]:
    """A diner whose home is the van's own stop."""
    place = {"dining": "中央厨房直送", "lat": "24.3", "lon": "109.4", "address": "某路1号"}
    return person(code="D1", **(place | cells))


def without(row: dict[str, str], *fields: str) -> dict[str, str]:
    """The row of a file that lacks these columns."""
    titles = in_chinese("diners", **dict.fromkeys(fields, ""))
    return {title: cell for title, cell in row.items() if title not in titles}


def test_the_same_file_twice_changes_nothing(town: Desk):
    """
    Tests that row ids, facts and homes stay.
    """
    before = diners(town)
    report = town.bring("diners", example("diners"))
    assert (report.added, report.changed, report.unchanged, report.bad_rows) == (0, 0, len(before), 0)
    assert diners(town) == before


DIRECT = {"dining": "中央厨房直送"}
KNOWN = rows_of("diners")[0]["用餐人编号"]
BAD: list[tuple[dict[str, str], str, str]] = [
    ({"site": "松园"}, "助餐点", "row_site_unknown"),
    ({"born_on": "2026-12-01"}, "出生日期", "row_birth_impossible"),
    ({"born_on": "1900-01-01"}, "出生日期", "row_birth_impossible"),
    ({"id_last_four": "450202194205170026"}, "证件后四位", "row_id_not_four"),
    ({"id_last_four": "26"}, "证件后四位", "row_id_not_four"),
    ({"code": KNOWN, "name": "别人", "born_on": "1931-01-01"}, "用餐人编号", "row_code_other_person"),
    ({"allergens": "花生、不知道"}, "过敏原", "cell_unknown_words"),
    (DIRECT | {"lat": "", "lon": ""}, "纬度", "row_home_without_place"),
    (DIRECT | {"lat": "24.3", "lon": ""}, "经度", "row_home_without_place"),
    (DIRECT | {"lat": "109", "lon": "24"}, "纬度", "row_place_impossible"),
    ({"name": ""}, "姓名", "cell_missing"),
    ({"code": "X0"}, "用餐人编号", "row_code_twice"),
]


def test_bad_rows_are_named_and_nothing_of_them_is_kept(town: Desk):
    """
    Tests each reason with its line and column.
    """
    before = diners(town)
    rows = [person(**({"code": f"X{i}"} | cells)) for i, (cells, _, _) in enumerate(BAD)]
    report = town.bring("diners", csv_of(rows))
    assert named(report) == [(line, column, code) for line, (_, column, code) in enumerate(BAD, 2)]
    assert diners(town) == before


def test_an_emptied_need_is_refused(town: Desk):
    """
    Tests that an empty cell cannot take an allergy away, and the refusal says what is on record.
    """
    row = person()
    report = town.bring("diners", csv_of([row | {"过敏原": ""}]))
    assert named(report) == [(2, "过敏原", "row_need_emptied")]
    assert diners(town)[row["用餐人编号"]].allergens


def test_columns_that_the_file_has_not_stay_as_they_are(town: Desk):
    """
    Tests that a file without allergens, diets, texture and telephone takes none of them away.
    """
    row = person(texture="碎食", diets="低盐")
    town.bring("diners", csv_of([row]))
    before = diners(town)[row["用餐人编号"]]
    assert before.allergens
    short = without(row | {"姓名": "新名"}, "allergens", "diets", "texture", "phone", "note", "address")
    assert town.bring("diners", csv_of([short])).changed == 1
    assert diners(town)[before.code] == replace(before, name="新名")


def test_a_need_is_taken_away_by_a_word(town: Desk):
    """
    Tests that 无 and 普通 remove what an empty cell does not.
    """
    row = person(texture="碎食")
    town.bring("diners", csv_of([row]))
    assert (
        town.bring("diners", csv_of([row | {"过敏原": "无", "质地": "普通", "饮食要求": "无"}])).changed == 1
    )
    after = diners(town)[row["用餐人编号"]]
    assert (after.allergens, after.diets, after.texture) == (frozenset(), frozenset(), "regular")


def test_facts_of_other_sources_survive_an_import(town: Desk):
    """
    Tests that a dated fact no file carries stays as it is.
    """
    row = person()
    old = diners(town)[row["用餐人编号"]]
    ability = DinerFact("ability", "disabled", date(2026, 1, 1), date(2027, 1, 1))
    with town.database.begin() as session:
        save_diners(session, [replace(old, facts=(ability, *old.facts))], "bureau", {old.diner_id: "B-7"})
    assert town.bring("diners", csv_of([row])).unchanged == 1
    assert town.bring("diners", csv_of([row | {"备注": "新备注"}])).changed == 1
    assert ability in diners(town)[old.code].facts


def test_a_changed_fact_leaves_past_days_as_they_were(town: Desk):
    """
    Tests that a diner who moves today lived elsewhere yesterday.
    """
    row = person(residence_district="450203")
    code = row["用餐人编号"]
    before = diners(town)[code].fact("residence", date(2026, 11, 20))
    assert town.bring("diners", csv_of([row])).changed == 1
    moved = diners(town)[code]
    today_on = NOW.date()
    assert moved.fact("residence", today_on) == "450203" != before
    assert moved.fact("residence", today_on - timedelta(days=1)) == before


def test_an_emptied_plain_fact_goes(town: Desk):
    """
    Tests a telephone taken out of the sheet, and that the other facts keep their places.
    """
    row = person()
    before = diners(town)[row["用餐人编号"]]
    assert town.bring("diners", csv_of([row | {"电话": ""}])).changed == 1
    after = diners(town)[before.code]
    assert after.facts == tuple(fact for fact in before.facts if fact.fact != "phone") != before.facts


def test_where_a_diner_first_came_from_is_kept(town: Desk):
    """
    Tests that an import leaves another source's reference, so that source still finds its diner.
    """
    row = person()
    old = diners(town)[row["用餐人编号"]]
    new = replace(old, diner_id=town.ids.new(), code="P1")
    with town.database.begin() as session:
        save_diners(session, [new], "platform", {new.diner_id: "77"})
    town.bring("diners", csv_of([row | {"用餐人编号": "P1", "备注": "x"}]))
    with town.database.read() as session:
        query = "SELECT source, external_ref FROM diners WHERE code = 'P1'"
        assert tuple(session.connection().exec_driver_sql(query).one()) == ("platform", "77")


def test_a_direct_home_becomes_a_stop_and_follows_its_diner(town: Desk):
    """
    Tests a new home, its hours by the kitchen's settings, and its new place after a move.
    """
    assert town.bring("diners", csv_of([direct()])).added == 1
    with town.database.read() as session:
        home = load_sites(session, "K1", "lunch")["H-D1"]
        settings = load_kitchen_settings(session, "K1")[1]["meal"]["lunch"]["home"]
    assert (home.kind, home.form, home.hours) == ("home", "packed", home_hours(settings))
    assert diners(town)["D1"].site_id == "H-D1"

    assert town.bring("diners", csv_of([direct()])).unchanged == 1
    assert town.bring("diners", csv_of([direct(lat="24.31")])).changed == 1
    short = without(direct(name="新名"), "lat", "lon", "address", "phone")
    assert town.bring("diners", csv_of([short])).changed == 1
    with town.database.read() as session:
        moved = load_sites(session, "K1", "lunch")["H-D1"]
    assert (moved.place.lat, moved.address, moved.name) == (24.31, "某路1号", "新名")


def test_a_home_is_served_at_every_meal_that_serves_homes(town: Desk):
    """
    Tests a kitchen with lunch and dinner for homes.
    """
    with town.database.begin() as session:
        kitchen, (_, settings) = load_kitchen(session, "K1"), load_kitchen_settings(session, "K1")
        assert kitchen is not None
        dinner = {"home": settings["meal"]["lunch"]["home"] | {"window_from": "16:30", "window_to": "17:30"}}
        save_kitchen(session, kitchen, settings | {"meal": settings["meal"] | {"dinner": dinner}}, NOW)
    town.bring("diners", csv_of([direct()]))
    with town.database.read() as session:
        hours = [load_sites(session, "K1", meal)["H-D1"].hours.opens.hour for meal in ("lunch", "dinner")]  # type: ignore[arg-type]
    assert hours == [10, 16]
    assert town.bring("diners", csv_of([direct()])).unchanged == 1


def test_a_kitchen_without_direct_homes_says_so(town: Desk):
    """
    Tests a kitchen whose settings have no home window.
    """
    with town.database.begin() as session:
        kitchen, (_, settings) = load_kitchen(session, "K1"), load_kitchen_settings(session, "K1")
        assert kitchen is not None
        save_kitchen(session, kitchen, settings | {"meal": {"lunch": {}}}, NOW)
    assert named(town.bring("diners", csv_of([direct()]))) == [(2, "用餐方式", "row_no_direct_homes")]


def test_a_home_is_no_canteen(town: Desk):
    """
    Tests that a diner cannot be sent to eat in somebody's home, by code or by name.
    """
    town.bring("diners", csv_of([direct(name="韦桂兰家")]))
    report = town.bring(
        "diners", csv_of([person(site="H-D1", code="X1"), person(site="韦桂兰家", code="X2")])
    )
    assert [code for *_, code in named(report)] == ["row_site_unknown"] * 2


def test_a_kitchen_without_canteens_asks_for_them_first(town: Desk):
    """
    Tests the next step that an empty register names.
    """
    second_kitchen(town)
    report = town.bring("diners", csv_of([person(code="X1")]), kitchen_id="K2")
    assert named(report) == [(2, "助餐点", "row_no_sites")]


def test_the_day_is_the_kitchen_s_own(town: Desk):
    """
    Tests that a birth on today's date in Liuzhou is possible while it is still yesterday in UTC.
    """
    town.now_at = NOW.replace(hour=17)
    assert town.bring("diners", csv_of([person(code="X1", born_on="2026-11-22")])).added == 1
    assert town.bring("diners", csv_of([person(code="X2", born_on="2026-11-23")])).bad_rows == 1


def with_columns(row: dict[str, str], **cells: str) -> dict[str, str]:
    """The row of a file that has these columns too."""
    return row | in_chinese("diners", **cells)


NUMBER = "45020219400301001"


def numbered(**cells: str) -> dict[str, str]:
    """A new diner with an ID number and a telephone."""
    number = NUMBER + check_character(NUMBER)
    known = {"code": "N1", "born_on": "1940-03-01", "id_number": number, "phone": "13800001234"}
    return with_columns(person(), **(known | cells))


def test_an_id_number_is_kept_as_hash_and_last_four(town: Desk):
    """
    Tests that a number is checked, found again under another code, and never shown whole.
    """
    assert town.bring("diners", csv_of([numbered()])).added == 1
    assert town.bring("diners", csv_of([numbered()])).unchanged == 1
    diner = diners(town)["N1"]
    last_four = numbered()["身份证号"][-4:]
    assert diner.fact("id_last_four", NOW.date()) == last_four
    with town.database.read() as session:
        assert load_identities(session, [diner.diner_id])[diner.diner_id][1] == last_four
        assert find_by_phone_tail(session, diner.site_id, "1234") == [diner.diner_id]
    wrong = numbered(code="N2", id_number=NUMBER + "0")
    other = numbered(code="N3")
    born = numbered(code="N4", born_on="1940-03-02")
    report = town.bring("diners", csv_of([wrong, other, born]))
    assert named(report) == [
        (2, "身份证号", "id_number_check"),
        (3, "身份证号", "already_registered"),
        (4, "出生日期", "born_on_differs"),
    ]
    assert [problem.value for problem in report.problems][:2] == ["…0010", f"…{last_four}"]


def test_a_changed_telephone_replaces_the_old_one(town: Desk):
    """
    Tests that the roster's old number no longer finds the diner, and an emptied cell takes it away.
    """
    town.bring("diners", csv_of([numbered()]))
    town.bring("diners", csv_of([numbered(phone="13800005678")]))
    with town.database.read() as session:
        assert find_by_phone_tail(session, None, "1234") == []
        assert len(find_by_phone_tail(session, None, "5678")) == 1
    town.bring("diners", csv_of([numbered(phone="")]))
    with town.database.read() as session:
        assert find_by_phone_tail(session, None, "5678") == []


def test_disability_and_lost_ability_are_two_facts(town: Desk):
    """
    Tests that a roster which gives only 残疾 never makes 失能, and a flag taken out keeps its days.
    """
    town.bring("diners", csv_of([with_columns(person(code="F1"), flags="残疾")]))
    today_on, before_on = NOW.date(), NOW.date() - timedelta(days=1)
    assert diners(town)["F1"].values("flag", before_on) == ("disability_card",)
    town.bring("diners", csv_of([with_columns(person(code="F1"), flags="失能、独居")]))
    held = diners(town)["F1"]
    assert set(held.values("flag", today_on)) == {"loses_ability", "living_alone"}
    assert held.values("flag", before_on) == ("disability_card",)
    town.bring("diners", csv_of([with_columns(person(code="F1"), flags="")]))
    assert set(diners(town)["F1"].values("flag", today_on)) == {"loses_ability", "living_alone"}
    report = town.bring("diners", csv_of([with_columns(person(code="F2"), flags="残疾人")]))
    assert named(report) == [(2, "认定类别", "cell_unknown_words")]


def test_an_approved_fact_is_not_overruled(town: Desk):
    """
    Tests that a roster which says otherwise is refused by name, and one that agrees changes nothing.
    """
    row = with_columns(person(code="A1"), flags="失能")
    town.bring("diners", csv_of([row]))
    known = diners(town)["A1"]
    proven = tuple(replace(fact, approved_by="城中区民政局") for fact in known.facts)
    with town.database.begin() as session:
        save_diners(session, [replace(known, facts=proven)], "register")
    assert town.bring("diners", csv_of([row])).unchanged == 1
    moved = row | in_chinese("diners", residence_district="450203")
    other = with_columns(person(code="A1"), flags="独居")
    assert named(town.bring("diners", csv_of([moved]))) == [(2, "居住城区", "row_fact_approved")]
    assert named(town.bring("diners", csv_of([other]))) == [(2, "认定类别", "row_fact_approved")]


def test_an_overlapping_programme_is_listed_not_guessed(town: Desk):
    """
    Tests that the row is kept, the overlap is named by line, and the first programme still counts.
    """
    row = with_columns(person(code="E1"), programme="qidong-2022")
    assert town.bring("diners", csv_of([row])).overlaps == ()
    assert town.bring("diners", csv_of([row])).unchanged == 1
    other = with_columns(person(code="E1"), programme="changping-2023")
    report = town.bring("diners", csv_of([other]))
    assert (report.changed, report.bad_rows) == (1, 0)
    assert [(one.line, one.wrong.code) for one in report.overlaps] == [(2, "row_enrolled_elsewhere")]
    again = town.bring("diners", csv_of([other]))
    assert (again.unchanged, len(again.overlaps)) == (1, 1)
    with town.database.read() as session:
        own = load_enrolments(session)[diners(town)["E1"].diner_id]
    assert programme_on(own, NOW.date()) == "qidong-2022"
    unknown = town.bring("diners", csv_of([with_columns(person(code="E2"), programme="changping")]))
    assert named(unknown) == [(2, "参加方案", "row_programme_unknown")]
