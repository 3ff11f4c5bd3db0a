"""Publishing: one version at a time, and none once the kitchen has begun."""

import pytest

from api.day.cook import batch_cooked
from api.day.plan import plan_service, publish_day
from api.people import OPERATOR
from kitchen.store.production import load_batches, load_production
from orders.errors import Conflict
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay


def test_a_new_version_is_refused_once_a_batch_is_off_the_heat(own_day: ExampleDay) -> None:
    """
    Tests that a version supersedes the one before until the kitchen has reported its first batch.
    """
    acting = {"actor": OPERATOR, "now_at": PUBLISHED_AT}
    second, third = (
        plan_service(own_day.database, SERVICE, ids=own_day.ids, seed=n, **acting) for n in (2, 3)
    )
    with own_day.database.begin() as session:
        publish_day(session, SERVICE, second.version, **acting)
        production = load_production(session, SERVICE.key)
        assert production is not None and production.version == second.version
        batch = load_batches(session, production.production_id)[0]
        batch_cooked(session, batch.batch_id, core_c=90.0, ids=own_day.ids, **acting)

    with pytest.raises(Conflict) as refused, own_day.database.begin() as session:
        publish_day(session, SERVICE, third.version, **acting)

    assert refused.value.code == "day_under_way"
