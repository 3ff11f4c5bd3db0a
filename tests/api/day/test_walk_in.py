"""Walk-ins: somebody without an order gets what a late cancellation left at the table."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from api.day.diets import with_diets
from api.day.table import Desk
from api.ordering.amend import cancel, what_if_cancelled
from api.ordering.place import Wanted
from api.ordering.record import Acting
from api.people import OPERATOR
from api.walk_ins import place_walk_in, spare_at
from orders.errors import Conflict
from orders.store.diners import load_diners
from orders.store.orders import load_orders
from tests.api.day.example_day import SERVICE

NOON_AT = datetime(2026, 11, 23, 3, 45, tzinfo=UTC)


def test_a_walk_in_eats_what_was_cancelled(day_at) -> None:
    """Tests that nothing is spare at first, then one meal, and then nothing again."""
    day = day_at("delivered")
    acting = Acting(OPERATOR, NOON_AT, day.ids, reason="住院")
    with day.database.begin() as session:
        orders = load_orders(session, SERVICE, ("locked",))
        diners = with_diets(load_diners(session))
        plain = [one for one in diners.values() if not one.allergens and one.texture == "regular"]
        hungry = next(one for one in plain if one.diner_id not in {o.diner_id for o in orders})
        order = next(o for o in orders if not diners[o.diner_id].allergens and not o.site_id.startswith("H-"))
        wanted = Wanted(hungry.diner_id, order.dish_ids, order.site_id)
        desk = Desk(SERVICE, order.site_id, OPERATOR, NOON_AT, day.ids)
        before = spare_at(session, desk)
        with pytest.raises(Conflict) as raised:
            place_walk_in(session, SERVICE, wanted, acting)
        assert raised.value.code == "nothing_spare"
        owed_fen = what_if_cancelled(session, SERVICE, order.order_id, acting).quote.diner_fen
        cancel(session, SERVICE, order.order_id, acting, shown_fen=owed_fen)
        assert Counter(spare_at(session, desk)) - Counter(before) == Counter(order.dish_ids)
        placed = place_walk_in(session, SERVICE, wanted, acting)
        with pytest.raises(Conflict) as again:
            place_walk_in(session, SERVICE, wanted, acting)
        assert again.value.code == "walk_in_has_order"
        assert (placed.order.state, placed.order.channel) == ("locked", "walk_in")
        assert spare_at(session, desk) == before
