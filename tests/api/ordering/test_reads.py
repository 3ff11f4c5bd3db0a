"""What the day reads of the register: the people of a service, never the whole city."""

from sqlalchemy import event

from api.day.close import close_service
from api.day.recheck import recheck_diners
from api.ordering.place import Wanted, place
from api.ordering.standing import place_standing
from api.people import OPERATOR
from api.register.standing_orders import NewStanding, keep_standing
from tests.api.ordering.house import LATE_AT, LI, LUNCH, NOW_AT, WEI, SmallHouse


def test_closing_and_judging_again_read_only_who_eats(house: SmallHouse) -> None:
    """Tests that standing orders, the close and a changed diet name the diners whom they read."""
    with house.database.begin() as session:
        place(session, LUNCH, Wanted(LI.diner_id), house.acting(OPERATOR))
        keep_standing(session, OPERATOR, NOW_AT, house.ids, WEI.diner_id, NewStanding("lunch", (1,)))
    read: list[str] = []

    @event.listens_for(house.database.engine, "before_cursor_execute")
    def note(_conn, _cursor, statement, *_rest) -> None:
        if "FROM diners" in statement or "JOIN diners" in statement:
            read.append(statement)

    with house.database.begin(lock=LUNCH.key) as session:
        assert len(place_standing(session, LUNCH, house.acting(OPERATOR)).placed) == 1
        close_service(session, LUNCH, actor=OPERATOR, now_at=LATE_AT, ids=house.ids)
        recheck_diners(session, None, now_at=LATE_AT, ids=house.ids)
    assert read
    assert [one for one in read if "diner_id IN" not in one and "diner_id = ?" not in one] == []
