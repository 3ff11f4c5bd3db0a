"""Sites on file, their papers, inspections and supply come back as they were kept."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, select

from api.db import Database
from orders.oversight.inspections import Inspection, LabTest, Shortcoming
from orders.oversight.licences import Licence, Staff, Training
from orders.oversight.site_file import Graded, SiteFile, SitePrice
from orders.oversight.siting import Neighbourhood, SiteMeasures
from orders.oversight.supply import Supply, VanStop
from orders.store.inspections import (
    load_inspections,
    load_lab_tests,
    load_shortcomings,
    save_inspection,
    save_lab_test,
    settle_lab_test,
    settle_shortcoming,
)
from orders.store.licences import (
    end_staff,
    load_grades,
    load_licences,
    load_staff,
    load_trainings,
    save_grade,
    save_licence,
    save_staff,
    save_training,
)
from orders.store.site_register import (
    SiteEventRow,
    load_neighbourhoods,
    load_notices,
    load_prices,
    load_site_events,
    load_site_file,
    load_site_files,
    save_neighbourhoods,
    save_notice,
    save_prices,
    save_site_event,
    save_site_file,
    site_open_on,
    sites_closed_on,
)
from orders.store.supply import load_supplies, load_van_stops, save_supply, save_van_stops
from tests.orders.oversight_facts import DAY, change, opened

NOW_AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
FILE = SiteFile(
    "C01", "p", "文昌社区长者饭堂", "文昌路 1 号", "450202", "文昌街道", "社区中心", "韦主任", "0772-1",
    measures=SiteMeasures(seats=40, dining_area_m2=72.5, floor=1, lift=False),
)  # fmt: skip
COOK = Staff("s1", "覃师傅", "cook", date(2026, 1, 1))


def keep_file(session: Session) -> None:
    """Keeps the site with everything that was done on it, open from day 5."""
    save_site_file(session, FILE)
    for number, event in enumerate(opened()):
        keep_event(session, f"e{number}", event)


def keep_event(session: Session, event_id: str, event) -> None:
    """Keeps one act."""
    save_site_event(
        session, event_id, "C01", event, answers={"hygiene": "yes"}, recorded_by="u1", recorded_at=NOW_AT
    )


def test_a_file_comes_back_with_its_life(database: Database) -> None:
    """Tests the file with its measures and every act with its papers, in order."""
    with database.begin() as session:
        keep_file(session)
    with database.read() as session:
        assert load_site_file(session, "C01") == FILE
        assert load_site_file(session, "C09") is None
        assert load_site_files(session, "p") == {"C01": FILE} and load_site_files(session, "q") == {}
        assert load_site_events(session) == {"C01": tuple(opened())}


def test_a_closed_site_says_so_and_an_unfiled_one_is_open(database: Database) -> None:
    """Tests the question that ordering asks, before, during and after a pause."""
    paused_on = DAY + timedelta(days=25)
    with database.begin() as session:
        keep_file(session)
        keep_event(session, "e9", change("pause", 6, 25))
    with database.read() as session:
        assert site_open_on(session, "C01", paused_on - timedelta(days=1)) is None
        told = site_open_on(session, "C01", paused_on)
        assert told is not None and (told.code, told.params["site_state"]) == ("site_not_open", "paused")
        assert site_open_on(session, "C77", paused_on) is None
        assert sites_closed_on(session, paused_on) == {"C01": told}


def test_acts_are_numbered_and_never_changed(database: Database) -> None:
    """Tests that two acts at one time cannot both be the next, and that no act is rewritten."""
    with database.begin() as session:
        keep_file(session)
    with pytest.raises(IntegrityError), database.begin() as session:
        row = session.exec(select(SiteEventRow).where(SiteEventRow.number == 1)).one()
        session.add(SiteEventRow(**(row.model_dump() | {"event_id": "other"})))
    with pytest.raises(DBAPIError), database.begin() as session:
        session.exec(select(SiteEventRow).where(SiteEventRow.number == 1)).one().reason = "anders"


def test_wall_texts_prices_and_streets_are_replaced(database: Database) -> None:
    """Tests that what hangs on the wall is what was kept last."""
    with database.begin() as session:
        save_site_file(session, FILE)
        save_notice(session, "C01", "安全承诺书", "旧")
        save_notice(session, "C01", "安全承诺书", "新")
        save_prices(session, "C01", [SitePrice("午餐", 1500, 1000), SitePrice("汤", 200)])
        save_prices(session, "C01", [SitePrice("午餐", 1600, 1100)])
        save_neighbourhoods(session, [Neighbourhood("village", "大村", "450202", 500)])
        save_neighbourhoods(session, [Neighbourhood("village", "大村", "450202", 510, 1)])
    with database.read() as session:
        assert load_notices(session, "C01") == {"安全承诺书": "新"}
        assert load_prices(session, "C01") == [SitePrice("午餐", 1600, 1100)]
        assert load_neighbourhoods(session, ["450202"]) == [
            Neighbourhood("village", "大村", "450202", 510, 1)
        ]


def test_papers_of_a_site_come_back_without_the_replaced(database: Database) -> None:
    """Tests that a mistyped licence gives way once, and people, teaching and grades come back."""
    wrong = Licence("food_operation", "JY1", "社区中心", date(2025, 1, 1), date(2026, 1, 1))
    right = Licence("food_operation", "JY1", "社区中心", date(2025, 1, 1), date(2030, 1, 1))
    health = Licence("health", "H1", "覃师傅", date(2026, 1, 1), date(2027, 1, 1), "s1")
    with database.begin() as session:
        save_site_file(session, FILE)
        save_staff(session, "C01", COOK)
        save_licence(session, "l1", "C01", wrong, recorded_at=NOW_AT)
        save_licence(session, "l2", "C01", right, recorded_at=NOW_AT, replaces="l1")
        save_licence(session, "l3", "C01", health, recorded_at=NOW_AT)
        save_training(session, "t1", "C01", Training("s1", DAY, 90, "留样"), NOW_AT)
        save_grade(session, "g1", "C01", Graded("C", date(2026, 1, 1), "市监局"), NOW_AT)
        save_grade(session, "g2", "C01", Graded("A", date(2026, 9, 1), "市监局"), NOW_AT)
        assert end_staff(session, "C01", "s1", DAY) and not end_staff(session, "C02", "s1", DAY)
    with pytest.raises(IntegrityError), database.begin() as session:
        save_licence(session, "l4", "C01", right, recorded_at=NOW_AT, replaces="l1")
    with database.read() as session:
        assert load_licences(session, "C01") == {"C01": {"l2": right, "l3": health}}
        assert load_staff(session, "C01") == [Staff("s1", "覃师傅", "cook", date(2026, 1, 1), DAY)]
        assert load_trainings(session, "C01") == [Training("s1", DAY, 90, "留样")]
        assert load_grades(session) == {"C01": Graded("A", date(2026, 9, 1), "市监局")}


def test_shortcomings_and_samples_are_settled_once(database: Database) -> None:
    """Tests that what was put right, and what a laboratory reported, is not settled again."""
    visit = Inspection("i1", "C01", "unannounced", DAY, "李", "区民政局", "整洁")
    shortcoming = Shortcoming("x1", "i1", "C01", "冰箱无温度计", DAY + timedelta(days=7))
    sample = LabTest("b1", "C01", "米饭", DAY, "检测中心")
    fixed = {"done_on": DAY + timedelta(days=3), "done_by": "韦", "remedy": "已装"}
    result = {"result": "passed", "reported_on": DAY + timedelta(days=5), "report": "R7"}
    with database.begin() as session:
        save_site_file(session, FILE)
        save_inspection(session, visit, [shortcoming], NOW_AT)
        save_lab_test(session, sample)
        kept = settle_shortcoming(session, "x1", **fixed)
        assert kept is not None and kept.remedy == "已装"
        assert settle_shortcoming(session, "x1", **fixed) is None
        assert settle_lab_test(session, "C01", "b1", **result)
        assert not settle_lab_test(session, "C01", "b1", **result)
    with database.read() as session:
        assert load_inspections(session, "C01") == [visit] and load_inspections(session, "C02") == []
        assert [one.done_on for one in load_shortcomings(session)] == [fixed["done_on"]]
        assert [one.result for one in load_lab_tests(session)] == ["passed"]


def test_supply_and_halts_come_back(database: Database) -> None:
    """Tests a form of supply for each meal and a van's week."""
    halts = [VanStop(1, time(10), time(11), "广场"), VanStop(3, time(9), time(10), "公园")]
    with database.begin() as session:
        save_site_file(session, FILE)
        save_supply(session, "C01", Supply("lunch", "own_kitchen"))
        save_supply(session, "C01", Supply("lunch", "central_kitchen", "示例中央厨房"))
        save_van_stops(session, "C01", list(reversed(halts)))
    with database.read() as session:
        assert load_supplies(session, "C01") == [Supply("lunch", "central_kitchen", "示例中央厨房")]
        assert load_van_stops(session, "C01") == halts
