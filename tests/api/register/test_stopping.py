"""A death or an institution stay cancels the meals ahead that can still be cancelled in time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from api.ordering.place import Wanted, place
from api.people import OPERATOR
from api.register.facts import Learnt, learn_fact
from orders.store.orders import orders_of_diner
from tests.api.ordering.house import LATE_AT, LI, LUNCH, NOW_AT, WEI, SmallHouse, small_house

TUESDAY = replace(LUNCH, service_on=date(2026, 11, 24))
SUNDAY = LUNCH.service_on - timedelta(days=1)


@pytest.fixture(scope="module")
def ordering_house(tmp_path_factory: pytest.TempPathFactory) -> SmallHouse:
    """A house in which two people have ordered Monday's and Tuesday's lunch."""
    small = small_house(tmp_path_factory.mktemp("ordering"))
    for diner in (LI, WEI):
        for service in (LUNCH, TUESDAY):
            with small.database.begin(lock=service.key) as session:
                place(session, service, Wanted(diner.diner_id), small.acting(OPERATOR, NOW_AT))
    return small


@pytest.fixture
def house(ordering_house: SmallHouse, tmp_path: Path) -> Iterator[SmallHouse]:
    """A copy of it for one test."""
    own = ordering_house.copied(tmp_path)
    yield own
    own.database.close()


def ordered(house: SmallHouse, diner_id: str) -> list[str]:
    """Dates whose lunch is still ordered."""
    with house.database.read() as session:
        found = orders_of_diner(session, diner_id, SUNDAY, TUESDAY.service_on, ("placed", "waiting"))
    return [key.split("/")[1] for key, _ in found]


@pytest.mark.parametrize(
    ("learnt", "left"),
    [
        (Learnt("died", SUNDAY.isoformat()), ["2026-11-23"]),
        (Learnt("institution_resident", "true", SUNDAY), ["2026-11-23"]),
        (Learnt("institution_resident", "true", SUNDAY, SUNDAY), ["2026-11-23", "2026-11-24"]),
        (Learnt("flag", "loses_ability", SUNDAY), ["2026-11-23", "2026-11-24"]),
    ],
)
def test_meals_ahead_are_cancelled_while_it_is_in_time(
    house: SmallHouse, learnt: Learnt, left: list[str]
) -> None:
    """Tests that Tuesday goes, Monday past its cut-off stays for a person, and nobody else's meal changes."""
    with house.database.begin() as session:
        learn_fact(session, OPERATOR, LATE_AT, house.ids, LI.diner_id, learnt)
    assert ordered(house, LI.diner_id) == left
    assert ordered(house, WEI.diner_id) == ["2026-11-23", "2026-11-24"]
