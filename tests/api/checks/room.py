"""A small floor: two cooks, a probe, a fridge, and a published stew in one box."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from api.checks.desk import CheckDesk
from api.checks.watching import list_fridges, list_people, list_probes
from api.people import OPERATOR
from api.store.config import save_config
from kitchen.batches import ExtraParams, plan_batches
from kitchen.boxes import Box
from kitchen.haccp import Fridge, Probe
from kitchen.recipes import Dish
from kitchen.staff import Worker
from kitchen.store.equipment import save_carriers
from kitchen.store.production import Production, publish_production, save_production
from orders.ids import IdSource
from orders.service import Service
from orders.store.sites import save_sites
from tests.api.stock.room import KITCHEN, STEW, furnish
from tests.api.stock.room import desk as stock_desk
from tests.kitchen.builders import carrier, ids, pans, portions, site, table

SERVICE = Service("K1", date(2026, 11, 23), "lunch")
COOKED_AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 09:30 at the kitchen
IDS = IdSource(lambda: COOKED_AT, 7)


def desk(at: datetime = COOKED_AT, **changes: Any) -> CheckDesk:
    """The operator's desk at an instant."""
    return CheckDesk(KITCHEN, replace(OPERATOR, **changes), at, IDS)


def later(**lapse: int) -> CheckDesk:
    """The desk some time after the batch came off the heat."""
    return desk(COOKED_AT + timedelta(**lapse))


def furnished(session: Session, stew: Dish = STEW, *, watched: bool = True) -> CheckDesk:
    """A kitchen with its stew published as batch B01 in box X01; it lists two people, a probe, a fridge."""
    furnish(session, stock_desk(), stew)
    profile = table("safety-profiles.toml")["profile"]["gb"]
    save_config(session, "safety_profile", "gb", profile, author="u1", made_at=COOKED_AT)
    at = desk()
    save_sites(session, "K1", "lunch", [site()])
    save_carriers(session, "K1", [carrier("K01")])
    publish(session, stew)
    if watched:
        due_on = date(2027, 5, 2)
        ends_on = date(2027, 1, 1)
        cook = Worker("", "S1", "甲", frozenset({"bratt"}), certificate_to_on=ends_on)
        list_people(session, at, [cook, Worker("", "S2", "乙", certificate_to_on=ends_on)])
        list_probes(session, at, [Probe("HP-01", "", date(2026, 11, 2), due_on, 0.5)])
        list_fridges(session, at, [Fridge("F1", "留样冰箱")])
    return at


def publish(session: Session, stew: Dish = STEW, service: Service = SERVICE, number: int = 1) -> None:
    """Publishes the stew of a service: 80 portions and the sample's, one box."""
    made = plan_batches(portions(80), {"D1": stew}, pans(1), ExtraParams(125), ids(f"p{number}-b"))
    production = Production(
        f"p{number}", service.key, number, "0" * 64, {}, COOKED_AT - timedelta(days=1), "u1"
    )
    (batch,) = made.batches
    box = Box(
        box_id=f"p{number}-x1",
        code="X01",
        carrier_id="K01",
        kind="bulk",
        site_id="C01",
        stop_id="C01",
        hold_class=stew.hold_class,
        line_ids=batch.line_ids,
        batch_ids=(batch.batch_id,),
        cooked_s=34_200,
        packed_s=35_400,
        release_s=35_400,
        eat_by_s=48_600,
        deliver_by_s=45_000,
        gross_g=30_000,
        units=3,
    )
    save_production(session, production, batches=made.batches, slots=[], boxes=[box], exceptions=[])
    publish_production(session, production.production_id)
