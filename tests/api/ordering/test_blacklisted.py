"""A diner on the blacklist: a new programme is refused, meals go on, staff are told."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.clock import RehearsalClock
from api.house import House
from api.ordering.place import Wanted, place
from api.oversight.blacklist import entry_for, let_in, persons_shut, shut_out
from api.people import OPERATOR
from api.register.enrolling import enrol
from api.register.finding import whole_person
from api.security import digest
from api.settings import Settings
from api.store.users import save_session, save_user
from orders.errors import Conflict
from orders.store.programmes import load_programmes
from tests.api.ordering.house import CLERK, DAUGHTER, LI, LUNCH, NOW_AT, WEI, SmallHouse

TODAY = NOW_AT.date()


def test_a_diner_on_the_blacklist_is_told_of_and_eats(house: SmallHouse, tmp_path: Path) -> None:
    """Tests enrolling, ordering, the person's page and the desk, before and after the entry is ended."""
    given = {"actor": OPERATOR, "now_at": NOW_AT, "ids": house.ids}
    with house.database.begin() as session:
        entry = shut_out(session, entry_for("person", LI.code, TODAY, None, "转借餐卡"), **given)
        assert persons_shut(session, [LI.diner_id, WEI.diner_id], TODAY) == {LI.diner_id}
        programme_id = next(iter(load_programmes(session, TODAY)))
        with pytest.raises(Conflict, match="blacklisted"):
            enrol(session, OPERATOR, NOW_AT, house.ids, LI.diner_id, programme_id)
        assert place(session, LUNCH, Wanted(LI.diner_id), house.acting(DAUGHTER)).is_new
        save_user(session, CLERK, "clerk", NOW_AT, "zh_CN")
        save_session(session, digest("clerk"), CLERK.user_id, NOW_AT, NOW_AT + timedelta(days=1))
    clock = RehearsalClock.start(tmp_path / "clock.json", NOW_AT, 0)
    opened = House(Settings(data=tmp_path), house.database, clock, house.ids)
    with TestClient(create_app(opened), headers={"authorization": "Bearer clerk"}) as client:
        for path in (f"/people/{LI.diner_id}", f"/desk/meal?for={LI.diner_id}&service={LUNCH.key}"):
            assert "转借餐卡" in client.get(path).text
        assert "失信名单" not in client.get(f"/people/{WEI.diner_id}").text
    with house.database.begin() as session:
        let_in(session, entry.entry_id, "申诉成立", **given | {"now_at": NOW_AT + timedelta(days=1)})
        assert whole_person(session, CLERK, NOW_AT + timedelta(days=1), LI.diner_id).shut is None
        enrol(session, OPERATOR, NOW_AT + timedelta(days=1), house.ids, LI.diner_id, programme_id)
