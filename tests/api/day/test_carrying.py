"""Who carries bags from a canteen: names, numbers, hours."""

from datetime import time

from api.day.carrying import Carrying
from orders.sites import Hours, Place, Site
from tests.api.reports.papers import SERVICE

SITE = Site(
    site_id="C01",
    kind="canteen",
    name="示例",
    district="450202",
    form="bulk",
    place=Place(24.3, 109.4),
    hours=Hours(time(10, 20), time(11, 25), time(11, 30), 45, 35),
    unload_s=300,
    capacity=90,
)


def test_accounts_come_by_name_and_the_others_by_number() -> None:
    """Tests two of three named, more named than counted, and each bag its own where nobody counted."""
    named = Carrying(names={"C01": ("甲", "乙")}, people_at={"C01": 3})
    assert [one.name for one in named.people(SERVICE, SITE, 1)] == ["甲", "乙", "1"]
    fewer = Carrying(names={"C01": ("甲", "1")}, people_at={"C01": 1})
    assert [one.name for one in fewer.people(SERVICE, SITE, 9)] == ["甲", "1"]
    assert [one.name for one in Carrying().people(SERVICE, SITE, 2)] == ["1", "2"]


def test_hours_of_another_meal_say_nothing_of_this_one() -> None:
    """Tests that lunch hours bind lunch, and that an evening's leave it open."""
    [lunch] = Carrying(hours=(time(10, 50), time(12, 30))).people(SERVICE, SITE, 1)
    assert (lunch.from_s, lunch.to_s) == (39_000, 45_000)
    [dinner] = Carrying(hours=(time(17), time(19))).people(SERVICE, SITE, 1)
    assert dinner.from_s == 0 and dinner.to_s > 86_400
