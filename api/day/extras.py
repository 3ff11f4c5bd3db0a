"""What is cooked beyond the orders: samples, the buffer for walk-ins by rule, staff meals."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from api.packaged import read_toml
from api.paths import config_dir
from kitchen.batches import ExtraParams
from kitchen.buffer import SiteBuffer, site_buffer, spread
from kitchen.demand import Portion
from kitchen.past import PastRule, past_rule
from orders.codes import Coded
from orders.menus import REGULAR
from orders.service import Service, parse_service
from orders.sites import Site
from orders.store.orders import OrderRow
from orders.store.services import closed_services

WALK_IN = "walk_in"
RATIO = "walk_in_buffer_ratio"


@dataclass(frozen=True, slots=True)
class Extras:
    """
    What is cooked beyond the orders, and why so much.

    Parameters
    ----------
    params
        For the batches.
    sites
        The buffer of each canteen.
    rule
        How it was found.
    staff_meals
        Meals of the kitchen's own people.
    """

    params: ExtraParams
    sites: tuple[SiteBuffer, ...]
    rule: PastRule
    staff_meals: int

    @property
    def note(self) -> Coded:
        """The rule and its figure."""
        return Coded(
            "buffer_by_rule",
            {
                "meals": sum(one.meals for one in self.sites),
                "sites": len(self.sites),
                "cold": sum(one.cold for one in self.sites),
                "percent": round(100 * self.rule.quantile),
                "weeks": self.rule.look_back_weeks,
                "staff": self.staff_meals,
            },
        )


def extras_of(
    session: Session,
    service: Service,
    portions: Sequence[Portion],
    sites: Mapping[str, Site],
    settings: Mapping[str, Any],
    sample_g: int,
) -> Extras:
    """
    What is cooked of each dish beyond the orders of a service.

    Parameters
    ----------
    session, service
        Open transaction; which service.
    portions, sites
        What is ordered; sites by id.
    settings
        The kitchen's; its ``[buffer]`` overrides the packaged rule.
    sample_g
        Kept of each dish, grams.
    """
    default = read_toml(config_dir() / "buffer.toml")
    own = _own(settings)
    rule = past_rule(own, default)
    staff = int(own.get("staff_meals", default["staff_meals"]))
    site_of = {one.order_id: one.site_id for one in portions}
    meals = Counter(site_id for site_id in site_of.values() if sites[site_id].kind == "canteen")
    plain: Counter[str] = Counter()
    at_site: dict[str, dict[str, int]] = defaultdict(dict)
    regular = Counter((one.site_id, one.dish_id) for one in portions if one.variant == REGULAR)
    for (site_id, dish_id), count in regular.items():
        plain[dish_id] += count
        at_site[site_id][dish_id] = count
    past = past_walk_ins(session, service, sorted(meals), rule)
    found = tuple(site_buffer(key, past[key], meals[key], rule) for key in sorted(meals))
    buffer: Counter[str] = Counter()
    buffer_at: dict[str, dict[str, int]] = {}
    for one in found:
        buffer_at[one.site_id] = spread(one.meals, at_site[one.site_id], meals[one.site_id])
        buffer.update(buffer_at[one.site_id])
    own_people = spread(staff, plain, len(site_of))
    params = ExtraParams(sample_g, buffer=dict(buffer), staff=own_people, buffer_at=buffer_at)
    return Extras(params, found, rule, staff)


def past_walk_ins(
    session: Session, service: Service, site_ids: Sequence[str], rule: PastRule
) -> dict[str, list[int]]:
    """Walk-ins of each site at past services of the same weekday and meal, by date."""
    from_on = service.service_on - timedelta(weeks=rule.look_back_weeks)
    keys = closed_services(session, from_on, service.service_on - timedelta(days=1))
    past = [key for key in map(parse_service, keys) if _alike(key, service)]
    query = (
        select(OrderRow.service_key, OrderRow.site_id, func.count())
        .where(OrderRow.channel == WALK_IN, OrderRow.state == "locked")
        .where(col(OrderRow.service_key).in_([one.key for one in past]))
        .group_by(OrderRow.service_key, OrderRow.site_id)
    )
    came = {(key, site_id): count for key, site_id, count in session.exec(query)}
    return {site_id: [came.get((one.key, site_id), 0) for one in past] for site_id in site_ids}


def _own(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The kitchen's own figures; the ratio of its assumptions is where a site starts cold."""
    assumed = settings.get("assumption", {})
    cold = {"cold_start_ratio": assumed[RATIO]} if RATIO in assumed else {}
    return {**cold, **settings.get("buffer", {})}


def _alike(one: Service, service: Service) -> bool:
    same_day = one.service_on.weekday() == service.service_on.weekday()
    return same_day and (one.kitchen_id, one.meal) == (service.kitchen_id, service.meal)
