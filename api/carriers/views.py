"""What the carriers' page shows: each carrier where it stands, what sites owe, what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.carriers.desk import BY_HAND, CarrierDesk
from api.carriers.round import carrier_findings
from kitchen.boxes import Carrier
from kitchen.carriers import (
    CarrierAct,
    CarrierEvent,
    CarrierState,
    CarrierStatus,
    SiteBalance,
    acts_open,
    balances,
    missing,
)
from kitchen.store.carriers import load_carrier_history, load_statuses
from kitchen.store.equipment import load_carriers
from orders.codes import Coded
from orders.service import Meal, Service
from orders.sites import Site
from orders.store.sites import load_sites
from routing.loads import Empties, empties_of

MEALS: tuple[Meal, ...] = ("breakfast", "lunch", "dinner")
# In this order the washing place works: what came back first, what is fit last.
ORDER: tuple[tuple[str, tuple[CarrierState | None, ...]], ...] = (
    ("to_wash", ("back",)),
    ("to_dry", ("washed",)),
    ("away", ("at_site", "out")),
    ("packed", ("packed",)),
    ("unknown", (None,)),
    ("fit", ("clean", "ready", "preheated")),
    ("unfit", ("repair", "lost")),
)


@dataclass(frozen=True, slots=True)
class CarrierView:
    """
    One carrier as the washing place sees it.

    Parameters
    ----------
    carrier, status
        Which, and how it stands.
    site_name
        Where it is, empty when it is here.
    acts
        What may be written down of it by hand.
    """

    carrier: Carrier
    status: CarrierStatus
    site_name: str
    acts: tuple[CarrierAct, ...]


@dataclass(frozen=True, slots=True)
class SiteOwes:
    """A site's balance with its name and the codes of the carriers."""

    balance: SiteBalance
    name: str
    empty: tuple[str, ...]
    not_empty: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CarriersView:
    """
    The carriers' page.

    Parameters
    ----------
    groups
        Name of a group and its carriers, in the order of work; empty ones are left out.
    owed
        By site, what is away longest first.
    missing
        Carriers that went out before today and are not back.
    findings
        What is not watched.
    washers
        Who washed lately, by name.
    """

    groups: tuple[tuple[str, tuple[CarrierView, ...]], ...]
    owed: tuple[SiteOwes, ...]
    missing: tuple[CarrierView, ...]
    findings: tuple[Coded, ...]
    washers: tuple[str, ...]

    @property
    def every(self) -> tuple[CarrierView, ...]:
        """All carriers, by group."""
        return tuple(one for _, members in self.groups for one in members)

    @property
    def fit(self) -> int:
        """How many may be packed now."""
        return sum(len(members) for name, members in self.groups if name == "fit")


def carriers_view(session: Session, desk: CarrierDesk) -> CarriersView:
    """The carriers of a kitchen."""
    kitchen_id = desk.kitchen.kitchen_id
    carriers = load_carriers(session, kitchen_id)
    found = load_statuses(session, kitchen_id, [one.carrier_id for one in carriers])
    sites = sites_of(session, kitchen_id)
    views = {
        one.carrier_id: _view(one, found[one.carrier_id], sites)
        for one in sorted(carriers, key=lambda c: c.code)
    }
    groups = (
        (name, tuple(one for one in views.values() if one.status.state in states)) for name, states in ORDER
    )
    today_at = Service(kitchen_id, _today(desk).date(), "lunch", desk.kitchen.zone).start_at
    return CarriersView(
        groups=tuple((name, members) for name, members in groups if members),
        owed=owed_by_sites(found.values(), carriers, sites),
        missing=tuple(views[one.carrier_id] for one in missing(found.values(), today_at)),
        findings=carrier_findings(session, kitchen_id),
        washers=tuple(dict.fromkeys(one.washed.person for one in found.values() if one.washed)),
    )


def carrier_file(
    session: Session, desk: CarrierDesk, carrier: Carrier
) -> tuple[CarrierView, list[CarrierEvent]]:
    """One carrier with its newest events, taken back ones among them."""
    kitchen_id = desk.kitchen.kitchen_id
    status = load_statuses(session, kitchen_id, [carrier.carrier_id])[carrier.carrier_id]
    view = _view(carrier, status, sites_of(session, kitchen_id))
    return view, load_carrier_history(session, kitchen_id, carrier.carrier_id)


def owed_by_sites(
    found: Iterable[CarrierStatus], carriers: Sequence[Carrier], sites: dict[str, Site]
) -> tuple[SiteOwes, ...]:
    """Each site's balance by name, the one whose carrier is away longest first."""
    codes = {one.carrier_id: one.code for one in carriers}
    owed = [
        SiteOwes(
            one,
            _name(one.site_id, sites),
            tuple(sorted(codes[key] for key in one.empty)),
            tuple(sorted(codes[key] for key in one.not_empty)),
        )
        for one in balances(found)
    ]
    return tuple(sorted(owed, key=lambda one: (one.balance.oldest_at, one.name)))


def missing_at(session: Session, service: Service) -> dict[str, tuple[str, ...]]:
    """Codes of carriers that earlier services left at each site and that are not back, by site id."""
    carriers = {one.carrier_id: one.code for one in load_carriers(session, service.kitchen_id)}
    found = load_statuses(session, service.kitchen_id, carriers)
    late: dict[str, list[str]] = {}
    for one in missing(found.values(), service.start_at):
        late.setdefault(one.site_id, []).append(carriers[one.carrier_id])
    return {site_id: tuple(sorted(codes)) for site_id, codes in late.items()}


def empties_at(session: Session, service: Service) -> dict[str, Empties]:
    """Room and weight of what `missing_at` names, empty, by site id."""
    carriers = {one.code: one for one in load_carriers(session, service.kitchen_id)}
    return {site_id: empties_of(codes, carriers) for site_id, codes in missing_at(session, service).items()}


def sites_of(session: Session, kitchen_id: str) -> dict[str, Site]:
    """The sites of a kitchen's meals, by id."""
    found: dict[str, Site] = {}
    for meal in MEALS:
        found |= load_sites(session, kitchen_id, meal)
    return found


def _view(carrier: Carrier, status: CarrierStatus, sites: dict[str, Site]) -> CarrierView:
    name = _name(status.site_id, sites) if status.site_id else ""
    acts = tuple(act for act in acts_open(status.state) if act in BY_HAND)
    return CarrierView(carrier, status, name, acts)


def _name(site_id: str, sites: dict[str, Site]) -> str:
    """A canteen by name; a home by its code, since it is named after who lives there."""
    site = sites.get(site_id)
    return site.name if site is not None and site.kind == "canteen" else site_id


def _today(desk: CarrierDesk) -> datetime:
    zone = Service(desk.kitchen.kitchen_id, desk.now_at.date(), "lunch", desk.kitchen.zone)
    return zone.local(desk.now_at)
