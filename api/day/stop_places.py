"""Whom a stop concerns: the sites and vans that have the food, and whether each has said that it knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from api.day.stop_boxes import StoppedBox
from api.permissions import Actor
from api.reports.facts import Named
from kitchen.withheld import PlaceKind, StopSeen
from orders.service import Service
from orders.store.sites import load_sites
from routing.store.fleet import load_vans

Answer = Literal["seen", "waiting", "late", "not_asked"]
TOLD_OF_PEOPLE = "people.read"


@dataclass(frozen=True, slots=True)
class StopPlace:
    """
    A site or a van that a stop concerns.

    Parameters
    ----------
    kind, place_id, name
        Which; a home goes by its code for who may not know who lives there.
    contact
        Whom to ring, empty where there is none or the reader may not see it.
    boxes
        Its boxes with the food.
    seen
        Its word, None before it.
    """

    kind: PlaceKind
    place_id: str
    name: Named
    contact: str
    boxes: tuple[StoppedBox, ...]
    seen: StopSeen | None

    @property
    def is_asked(self) -> bool:
        """Whether it has the food in its hands: on its road, or signed for."""
        reached = ("road",) if self.kind == "van" else ("road", "table")
        return any(box.where in reached for box in self.boxes)

    def answer(self, stopped_at: datetime, now_at: datetime, within_s: int) -> Answer:
        """What it has said: seen, still waited for, overdue, or nothing, since it has none of the food."""
        if self.seen is not None:
            return "seen"
        if not self.is_asked:
            return "not_asked"
        return "late" if (now_at - stopped_at).total_seconds() > within_s else "waiting"


def places_of(
    session: Session,
    service: Service,
    boxes: Iterable[StoppedBox],
    seen: Mapping[tuple[str, str], StopSeen],
    actor: Actor,
) -> tuple[StopPlace, ...]:
    """
    The vans and sites that boxes on hold concern, vans first, each kind by code.

    Parameters
    ----------
    session, service
        Open transaction; of which service.
    boxes
        Where the food is, as far as the reader may know.
    seen
        The places' words, by kind and id.
    actor
        Who reads: somebody of one site is told of no van, and of homes by name who may know people.
    """
    known = list(boxes)
    sites = load_sites(session, service.kitchen_id, service.meal, {one.site_id for one in known})
    vans = {van.van_id: van for van in load_vans(session, service.kitchen_id)}
    knows_people = actor.may(TOLD_OF_PEOPLE)
    found = []
    for van_id in sorted({one.van_id for one in known if one.van_id in vans}):
        van, own = vans[van_id], tuple(one for one in known if one.van_id == van_id)
        contact = " ".join(filter(None, (van.driver, van.phone)))
        name = Named(van.name_zh or van.van_id, van.name_en or van.van_id)
        if not actor.site_id:
            found.append(StopPlace("van", van_id, name, contact, own, seen.get(("van", van_id))))
    for site_id in sorted({one.site_id for one in known}):
        site, own = sites.get(site_id), tuple(one for one in known if one.site_id == site_id)
        named = site is not None and (site.kind == "canteen" or knows_people)
        title = site.name if site is not None and named else site_id
        contact = site.contact if site is not None and named else ""
        found.append(
            StopPlace("site", site_id, Named(title, title), contact, own, seen.get(("site", site_id)))
        )
    return tuple(found)


def concerns(actor: Actor, box: StoppedBox) -> bool:
    """Whether a box is anything to a person: one at a site or in a van sees the own ones, others all."""
    if actor.site_id:
        return box.site_id == actor.site_id
    return not actor.vehicle_id or box.van_id == actor.vehicle_id
