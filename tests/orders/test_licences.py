"""Licences, certificates, checklist, supply and inspections: what is lacking and what is due."""

from datetime import date, time, timedelta

import pytest

from orders.oversight.checklists import ChecklistItem, checklist, open_items, passes
from orders.oversight.inspections import Shortcoming, overdue_on
from orders.oversight.inspections import status_on as shortcoming_on
from orders.oversight.licences import (
    Licence,
    LicenceParams,
    Staff,
    Training,
    due_soon,
    expired_on,
    hours_in_year,
    licence_lacks,
    status_on,
)
from orders.oversight.site_rules import site_rules
from orders.oversight.siting import NOTHING_MEASURED, SiteMeasures, check_site
from orders.oversight.supply import Supply, VanStop, halts_clash, licence_names, licences_wanted, supply_lacks
from tests.orders.oversight_facts import QUOTA, TOWN, rules

DAY = date(2026, 11, 2)
WARN = LicenceParams(30)
OWN, BROUGHT = ("food_operation",), ("supplier",)
COOK = Staff("s1", "覃师傅", "cook", date(2026, 1, 1))


def licence(kind: str = "food_operation", ends: int | None = 100, staff_id: str | None = None) -> Licence:
    """A licence that ends so many days after the day."""
    to_on = None if ends is None else DAY + timedelta(days=ends)
    return Licence(kind, "JY1", "社区中心", date(2025, 1, 1), to_on, staff_id)


@pytest.mark.parametrize(
    ("ends", "status"), [(None, "valid"), (31, "valid"), (30, "expiring"), (0, "expiring"), (-1, "expired")]
)
def test_a_licence_is_good_on_its_last_day(ends: int | None, status: str) -> None:
    """Tests the first day of the warning, the last day, and the day after."""
    assert status_on(licence(ends=ends), DAY, WARN) == status


def test_a_licence_of_tomorrow_is_not_there_yet() -> None:
    """Tests that a licence counts from its first day."""
    later = Licence("food_operation", "JY1", "x", DAY + timedelta(days=1), None)
    assert status_on(later, DAY, WARN) == "not_yet"
    assert next(one.code for one in licence_lacks([later], [], DAY, wanted=OWN)) == "licence_not_yet"


def test_an_expired_licence_or_certificate_blocks_opening() -> None:
    """Tests that each lack is named, and that a renewal beside the expired one is enough."""
    health = licence("health", staff_id="s1")
    assert licence_lacks([licence(), health], [COOK], DAY, wanted=OWN) == ()
    expired = [licence(ends=-1), licence("health", -1, "s1")]
    assert [one.code for one in licence_lacks(expired, [COOK], DAY, wanted=OWN)] == ["licence_expired"] * 2
    assert licence_lacks([*expired, licence(ends=5), health], [COOK], DAY, wanted=OWN) == ()
    assert [one.code for one in licence_lacks([], [], DAY, wanted=OWN)] == ["lacks_licence", "lacks_staff"]
    assert [one.code for one in licence_lacks([licence()], [COOK], DAY, wanted=OWN)] == [
        "lacks_health_certificate"
    ]


def test_a_supplied_site_shows_its_suppliers_licence() -> None:
    """Tests that a site which cooks nothing needs its supplier's licence, not one of its own."""
    lacks = licence_lacks([licence()], [COOK], DAY, wanted=BROUGHT)
    assert next((one.code, one.params.get("licence")) for one in lacks) == ("lacks_licence", "supplier")


def test_what_is_due_comes_first_to_end_first_and_a_renewed_one_not_at_all() -> None:
    """Tests that the renewed licence is not warned of."""
    kept = [licence(ends=10), licence(ends=500), licence("health", 20, "s1"), licence("health", -3, "s2")]
    assert [(status, one.staff_id) for status, one in due_soon(kept, DAY, WARN)] == [
        ("expired", "s2"), ("expiring", "s1"),
    ]  # fmt: skip


def test_hours_of_training_are_of_one_person_and_year() -> None:
    """Tests that minutes add up to hours within a calendar year."""
    taught = [
        Training("s1", date(2026, 3, 1), 90, "过敏原"),
        Training("s1", date(2026, 9, 1), 120, "留样"),
        Training("s1", date(2025, 9, 1), 120, "留样"),
        Training("s2", date(2026, 9, 1), 600, "留样"),
    ]
    assert hours_in_year(taught, "s1", 2026) == 3.5


def test_the_checklist_asks_what_the_programme_asks() -> None:
    """Tests that each piece of equipment and each unmeasured rule stays open until it is answered."""
    items = checklist(rules(), [ChecklistItem("hygiene", "环境整洁", "Clean", "system default")])
    assert [one.item_id for one in items] == ["hygiene", "equipment:card_pos"]
    checks = check_site(site_rules(QUOTA), NOTHING_MEASURED)
    assert [one.code for one in open_items(items, {"hygiene": "yes"}, checks)] == ["lacks_answer"]
    unmeasured = check_site(rules(), NOTHING_MEASURED)
    answers = {"hygiene": "yes", "equipment:card_pos": "yes"}
    assert {one.code for one in open_items(items, answers, unmeasured)} == {"lacks_measure"}
    assert passes(answers, checks) and not passes(answers | {"hygiene": "no"}, checks)
    short = check_site(site_rules({"site": {"min_seats": 20}}), SiteMeasures(seats=19))
    assert not passes(answers, short)


def test_supply_names_its_cook_and_keeps_the_programmes_forms() -> None:
    """Tests that a caterer has a name and a form is one of the programme's."""
    quota = site_rules(QUOTA)
    assert [one.code for one in supply_lacks([], quota)] == ["lacks_supply"]
    assert supply_lacks([Supply("lunch", "central_kitchen", "示例中央厨房")], quota) == ()
    wrong = supply_lacks([Supply("lunch", "workplace_canteen"), Supply("dinner", "central_kitchen")], quota)
    assert [one.code for one in wrong] == ["lacks_supply_form", "lacks_supplier"]
    town = site_rules(TOWN)
    own, brought = Supply("lunch", "own_kitchen"), Supply("dinner", "catering_company", "x")
    assert (licences_wanted([own]), licence_names([own], town)) == (OWN, ("食品经营许可证",))
    assert (licences_wanted([brought]), licence_names([brought], town)) == (BROUGHT, ("备餐、就餐规定",))
    assert licences_wanted([own, brought]) == (*OWN, *BROUGHT) and licences_wanted([]) == BROUGHT


def test_what_was_over_is_told_by_kind_and_day_and_only_where_it_is_needed() -> None:
    """Tests a renewed licence, one that nobody needs, and the certificate of a person who has left."""
    old = Licence("food_operation", "1", "x", date(2020, 1, 1), date(2026, 10, 31))
    renewed = Licence("food_operation", "2", "x", date(2026, 11, 3), date(2030, 1, 1))
    own = Licence("health", "3", COOK.name, date(2025, 1, 1), date(2026, 10, 1), COOK.staff_id)
    papers = [renewed, old, own]
    assert expired_on(papers, [COOK], DAY, wanted=OWN) == [
        ("health", date(2026, 10, 1)),
        ("food_operation", date(2026, 10, 31)),
    ]
    gone = Staff("s1", "覃师傅", "cook", date(2026, 1, 1), DAY - timedelta(days=1))
    assert expired_on(papers, [gone], DAY + timedelta(days=1), wanted=OWN) == []
    assert expired_on(papers, [], DAY, wanted=BROUGHT) == []


def test_a_van_halts_at_one_place_at_a_time() -> None:
    """Tests that halts may touch and not overlap."""
    first = VanStop(1, time(10), time(11), "广场")
    assert halts_clash([VanStop(1, time(11), time(12), "公园"), first]) is None
    assert halts_clash([VanStop(2, time(10, 30), time(12), "公园"), first]) is None
    assert halts_clash([VanStop(1, time(10, 59), time(12), "公园"), first]) is not None


def test_a_shortcoming_is_late_after_its_last_day() -> None:
    """Tests open, overdue, done in time and done late."""
    bare = Shortcoming("x", "i", "C01", "冰箱无温度计", DAY)
    late = Shortcoming("y", "i", "C01", "灭火器过期", DAY - timedelta(days=1))
    assert [shortcoming_on(one, DAY) for one in (bare, late)] == ["open", "overdue"]
    assert overdue_on([bare, late], DAY) == [late]
    for shift, status in ((0, "done"), (1, "done_late")):
        fixed = Shortcoming("x", "i", "C01", "z", DAY, DAY + timedelta(days=shift), "李", "装好")
        assert shortcoming_on(fixed, DAY + timedelta(days=2)) == status
