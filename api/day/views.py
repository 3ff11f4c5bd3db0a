"""What pages read: the services there are, and one service's round with what people reported of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from api.day.clocks import boxes_as_they_stand
from api.names import allergen_names
from api.permissions import Actor
from api.reports.facts import Named
from kitchen.acts import Cooked, Packed, Started
from kitchen.batches import Batch
from kitchen.boxes import Box
from kitchen.equipment import Slot
from kitchen.store.acts import load_cooked, load_packed, load_started
from kitchen.store.catalogue import load_dishes
from kitchen.store.production import Production, load_batches, load_boxes, load_production, load_slots
from orders.receipts import Receipt
from orders.service import Meal, Service, parse_service
from orders.sites import Kitchen, Site
from orders.store.receipts import load_receipts
from orders.store.services import closed_services
from orders.store.sites import kitchen_of_site, load_kitchens, load_sites
from telemetry.hold_facts import HoldVerdict
from telemetry.store.alarms import AlarmRow, alarm_rows
from telemetry.store.verdicts import latest_verdicts

NOON_S: dict[Meal, int] = {"breakfast": 7 * 3600, "lunch": 12 * 3600, "dinner": 18 * 3600}
AROUND_DAYS = 31


@dataclass(frozen=True, slots=True)
class Choice:
    """
    The service a page shows, and the others it could show.

    Parameters
    ----------
    kitchen
        Whose service.
    service
        The one asked for, else the one nearest to now; None while none is closed.
    others
        Services closed within a month around now, by date.
    """

    kitchen: Kitchen
    service: Service | None
    others: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class AlarmView:
    """
    One open alarm of one box.

    Parameters
    ----------
    alarm_id
        Row id.
    box_code, site_name
        Which box, on its way to where.
    alarm
        Its row: kind, severity, reason, instants.
    """

    alarm_id: str
    box_code: str
    site_name: str
    alarm: AlarmRow


@dataclass(frozen=True, slots=True)
class Round:
    """
    A published service with everything that people and sensors have said about it.

    Parameters
    ----------
    service, production
        Which, in which version.
    batches, slots
        What is cooked, and its planned minutes by batch id.
    boxes
        By id, in the order of codes, with the clocks that the reports give them.
    cooked, packed, started
        Reports that stand: by batch id, by box id, by batch id.
    receipts
        By box id.
    verdicts
        The latest of each box that was judged.
    alarms
        Not cleared, oldest first.
    sites
        By id.
    names
        Dish ids and allergen codes by name.
    """

    service: Service
    production: Production
    batches: tuple[Batch, ...]
    slots: Mapping[str, Slot]
    boxes: Mapping[str, Box]
    cooked: Mapping[str, Cooked]
    packed: Mapping[str, Packed]
    receipts: Mapping[str, Receipt]
    verdicts: Mapping[str, HoldVerdict]
    alarms: tuple[AlarmRow, ...]
    sites: Mapping[str, Site]
    names: Mapping[str, Named]
    started: Mapping[str, Started]

    def dish_of_line(self) -> dict[str, str]:
        """The dish of every portion that is cooked, by line id."""
        return {line_id: batch.dish_id for batch in self.batches for line_id in batch.line_ids}

    def box_cooked_at(self, box: Box) -> datetime:
        """Start of a box's clock: the earliest of its batches, as reported where it was reported."""
        reported = [self.cooked[one].happened_at for one in box.batch_ids if one in self.cooked]
        return min(reported, default=self.service.instant(box.cooked_s))

    def open_alarms(self) -> tuple[AlarmView, ...]:
        """The alarms with their boxes: unanswered first, of these the worst, of these the oldest."""
        return tuple(
            AlarmView(
                row.alarm_id, self.boxes[row.box_id].code, self.site_name(self.boxes[row.box_id].site_id), row
            )
            for row in sorted(self.alarms, key=_urgency)
        )

    def site_name(self, site_id: str) -> str:
        """A site's name, its code when the site is gone."""
        site = self.sites.get(site_id)
        return site.name if site else site_id

    def nameless(self, site_id: str) -> str:
        """A canteen's name; of a home its code, since a home is named after who lives there."""
        site = self.sites.get(site_id)
        return site.name if site and site.kind == "canteen" else site_id


def choose(session: Session, actor: Actor, now_at: datetime, wanted: str = "") -> Choice | None:
    """
    The service a person's page shows.

    Parameters
    ----------
    session
        Open transaction.
    actor
        Whose page; an actor without a kitchen sees the first one.
    now_at
        The present instant.
    wanted
        A service key, or empty for the nearest one; a key of another kitchen than the actor's is passed over.

    Returns
    -------
    Choice | None
        None while the house has no kitchen.
    """
    kitchens = {kitchen.kitchen_id: kitchen for kitchen in load_kitchens(session)}
    own_id = actor.kitchen_id or (kitchen_of_site(session, actor.site_id) if actor.site_id else None)
    if not kitchens:
        return None
    kitchen = kitchens.get(own_id or wanted.split("/", maxsplit=1)[0]) or next(iter(kitchens.values()))
    today_on = now_at.date()
    around = timedelta(days=AROUND_DAYS)
    keys = closed_services(session, today_on - around, today_on + around)
    others = [parse_service(key, kitchen.zone) for key in keys]
    others = [service for service in others if service.kitchen_id == kitchen.kitchen_id]
    named = next((service for service in others if service.key == wanted), None)
    nearest = min(others, key=lambda one: abs(one.instant(NOON_S[one.meal]) - now_at), default=None)
    return Choice(kitchen, named or nearest, tuple(others))


def load_round(session: Session, service: Service) -> Round | None:
    """Everything said about a service's published production, None when it has none yet."""
    production = load_production(session, service.key)
    if production is None:
        return None
    key = production.production_id
    batches = tuple(load_batches(session, key))
    slots = {slot.batch_id: slot for slot in load_slots(session, key)}
    sites = load_sites(session, service.kitchen_id, service.meal)
    cooked = {batch_id: act for batch_id, (_, act) in load_cooked(session, key).items()}
    packed = {box_id: act for box_id, (_, act) in load_packed(session, key).items()}
    planned = load_boxes(session, key)
    boxes = boxes_as_they_stand(session, service, planned, slots, sites, (cooked, packed))
    dishes = load_dishes(session, {batch.dish_id for batch in batches})
    names = {dish_id: Named(dish.name_zh, dish.name_en) for dish_id, dish in dishes.items()}
    return Round(
        service=service,
        production=production,
        batches=batches,
        slots=slots,
        boxes=boxes,
        cooked=cooked,
        packed=packed,
        receipts={receipt.box_id: receipt for receipt in load_receipts(session, service).values()},
        verdicts=latest_verdicts(session, list(packed)),
        alarms=tuple(alarm_rows(session, list(boxes), only_open=True)),
        sites=sites,
        names=names | dict(allergen_names()),
        started={batch_id: act for batch_id, (_, act) in load_started(session, key).items()},
    )


def _urgency(row: AlarmRow) -> tuple[bool, int]:
    return row.acknowledged_at is not None, ("critical", "warning", "info").index(row.severity)
