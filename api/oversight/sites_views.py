"""What the register shows: every site with what is due, and one site whole."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from api.oversight.site_defaults import Defaults, Ruled, register_defaults, ruled
from api.oversight.sites import need_file, opening_lacks
from api.oversight.siting import Checked, checked_area
from api.permissions import Actor, ensure
from api.reports.facts import Named
from orders.codes import Coded
from orders.oversight.checklists import ChecklistItem, checklist
from orders.oversight.inspections import FindingStatus, Inspection, LabTest, Shortcoming, overdue_on
from orders.oversight.inspections import status_on as shortcoming_on
from orders.oversight.licences import (
    Licence,
    LicenceParams,
    LicenceStatus,
    Staff,
    best_of,
    due_soon,
    hours_in_year,
    status_on,
)
from orders.oversight.life_cycle import (
    SiteAct,
    SiteEvent,
    Standing,
    announced_after,
    possible_on,
    standing_on,
)
from orders.oversight.site_file import Graded, SiteFile, SitePrice
from orders.oversight.siting import Check, check_site
from orders.oversight.supply import Supply, VanStop, licence_names
from orders.store.inspections import load_inspections, load_lab_tests, load_shortcomings
from orders.store.licences import load_grades, load_licences, load_staff, load_trainings
from orders.store.programmes import load_programmes
from orders.store.site_register import (
    load_notices,
    load_prices,
    load_site_events,
    load_site_files,
)
from orders.store.sites import canteen_names
from orders.store.supply import load_supplies, load_van_stops


@dataclass(frozen=True, slots=True)
class SiteRow:
    """
    One site in the list.

    Parameters
    ----------
    file, standing, announced
        The file, its state (None before it applied), states announced for later.
    grade
        Food-safety grade, None for none.
    due
        Licences and certificates that are over or nearly so.
    overdue
        Shortcomings past their deadline.
    """

    file: SiteFile
    standing: Standing | None
    announced: tuple[Standing, ...]
    grade: Graded | None
    due: tuple[tuple[LicenceStatus, Licence], ...]
    overdue: int


@dataclass(frozen=True, slots=True)
class RegisterView:
    """
    The whole register on a day.

    Parameters
    ----------
    day_on
        The day.
    rows
        Sites by code.
    states
        State to the number of sites in it.
    unfiled
        Canteens of the day's register that nobody filed: code to name.
    programmes
        Those in force: id to name.
    areas
        Each programme's area against its rules.
    """

    day_on: date
    rows: tuple[SiteRow, ...]
    states: Mapping[str, int]
    unfiled: Mapping[str, str]
    programmes: Mapping[str, Named]
    areas: tuple[Checked, ...]

    @property
    def due(self) -> int:
        """Licences and certificates that are over or nearly so, of all sites."""
        return sum(len(row.due) for row in self.rows)

    @property
    def overdue(self) -> int:
        """Shortcomings past their deadline, of all sites."""
        return sum(row.overdue for row in self.rows)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of a site with the certificate that counts, how it stands, and hours taught this year."""

    person: Staff
    certificate: Licence | None
    status: LicenceStatus | None
    hours: float


@dataclass(frozen=True, slots=True)
class VisitRow:
    """An inspection with what it found and how each stands."""

    inspection: Inspection
    shortcomings: tuple[tuple[Shortcoming, FindingStatus], ...]


@dataclass(frozen=True, slots=True)
class SiteView:
    """
    One site whole.

    Parameters
    ----------
    day_on, file, ruled
        The day, the file, its programme's rules (None when the programme is not in force).
    standing, announced, events, acts
        Its state, what is announced, what was done, what may be done now.
    checks, items, lacks
        Measures against the rules, the checklist, what keeps it from opening.
    supplies, stops, licences_wanted
        Who cooks, where a van halts, what the plan wants on the wall.
    licences, people
        Licences by row id with their status; its people with their certificates.
    grade, visits, tests
        Grade, inspections, samples.
    notices, prices
        Titles on the wall with their texts; the price list.
    """

    day_on: date
    file: SiteFile
    ruled: Ruled | None
    standing: Standing | None
    announced: tuple[Standing, ...]
    events: tuple[SiteEvent, ...]
    acts: tuple[SiteAct, ...]
    checks: tuple[Check, ...]
    items: tuple[ChecklistItem, ...]
    lacks: tuple[Coded, ...]
    supplies: tuple[Supply, ...]
    stops: tuple[VanStop, ...]
    licences_wanted: tuple[str, ...]
    licences: tuple[tuple[LicenceStatus, Licence], ...]
    people: tuple[PersonRow, ...]
    grade: Graded | None
    visits: tuple[VisitRow, ...]
    tests: tuple[LabTest, ...]
    notices: Mapping[str, str]
    prices: tuple[SitePrice, ...]

    @property
    def is_open(self) -> bool:
        """Whether it serves on the day."""
        return self.standing is not None and self.standing.state == "open"


def register_view(session: Session, actor: Actor, day_on: date) -> RegisterView:
    """Every site that the person may see, with what is due."""
    ensure(actor, "site.read")
    defaults = register_defaults(session)
    files = {
        site_id: file
        for site_id, file in load_site_files(session).items()
        if actor.site_id in (None, site_id)
    }
    events, grades = load_site_events(session, files), load_grades(session)
    licences, found = load_licences(session), load_shortcomings(session)
    rows = tuple(
        _row(file, events.get(site_id, ()), grades, licences, found, day_on, defaults.licences)
        for site_id, file in files.items()
    )
    names = {} if actor.site_id else canteen_names(session)
    programmes = load_programmes(session, day_on)
    kept = sorted({file.programme_id for file in files.values()} & programmes.keys())
    return RegisterView(
        day_on,
        rows,
        Counter(row.standing.state for row in rows if row.standing),
        {site_id: name for site_id, name in names.items() if site_id not in files},
        {one: _name(body) for one, (_, body) in programmes.items()},
        () if actor.site_id else tuple(checked_area(session, one, day_on) for one in kept),
    )


def site_view(session: Session, actor: Actor, site_id: str, day_on: date) -> SiteView:
    """
    One site whole.

    Raises
    ------
    NotFound
        When it is not on file.
    """
    ensure(actor, "site.read", site_id=site_id)
    file = need_file(session, site_id)
    rules = _ruled(session, file, day_on)
    events = load_site_events(session, [site_id]).get(site_id, ())
    supplies, defaults = load_supplies(session, site_id), register_defaults(session)
    kept = load_licences(session, site_id).get(site_id, {})
    return SiteView(
        day_on=day_on,
        file=file,
        ruled=rules,
        standing=standing_on(events, day_on),
        announced=announced_after(events, day_on),
        events=events,
        acts=possible_on(events, day_on),
        checks=check_site(rules.rules, file.measures) if rules else (),
        items=checklist(rules.rules, defaults.items) if rules else (),
        lacks=opening_lacks(session, file, rules, day_on) if rules else (),
        supplies=tuple(supplies),
        stops=tuple(load_van_stops(session, site_id)),
        licences_wanted=licence_names(supplies, rules.rules) if rules else (),
        licences=_licences(kept.values(), day_on, defaults),
        people=_people(session, site_id, tuple(kept.values()), day_on, defaults),
        grade=load_grades(session).get(site_id),
        visits=_visits(session, site_id, day_on),
        tests=tuple(load_lab_tests(session, site_id)),
        notices=_notices(session, site_id, rules, defaults),
        prices=tuple(load_prices(session, site_id)),
    )


def _row(
    file: SiteFile,
    events: tuple[SiteEvent, ...],
    grades: Mapping[str, Graded],
    licences: Mapping[str, Mapping[str, Licence]],
    found: Sequence[Shortcoming],
    day_on: date,
    params: LicenceParams,
) -> SiteRow:
    own = licences.get(file.site_id, {}).values()
    late = overdue_on((one for one in found if one.site_id == file.site_id), day_on)
    return SiteRow(
        file,
        standing_on(events, day_on),
        announced_after(events, day_on),
        grades.get(file.site_id),
        tuple(due_soon(own, day_on, params)),
        len(late),
    )


def _ruled(session: Session, file: SiteFile, day_on: date) -> Ruled | None:
    found = load_programmes(session, day_on).get(file.programme_id)
    return ruled(file.programme_id, found, register_defaults(session)) if found else None


def _name(body: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Named:
    name = body["programme"]["name"]
    return Named(name["zh"], name["en"])


def _licences(
    licences: Iterable[Licence], day_on: date, defaults: Defaults
) -> tuple[tuple[LicenceStatus, Licence], ...]:
    """Those of the site and its supplier; a person's stand beside the person."""
    return tuple((status_on(one, day_on, defaults.licences), one) for one in licences if one.kind != "health")


def _people(
    session: Session, site_id: str, licences: Sequence[Licence], day_on: date, defaults: Defaults
) -> tuple[PersonRow, ...]:
    taught = load_trainings(session, site_id)
    rows = []
    for person in load_staff(session, site_id):
        own = [one for one in licences if one.staff_id == person.staff_id]
        best = best_of(own, day_on)
        status = status_on(best, day_on, defaults.licences) if best else None
        hours = hours_in_year(taught, person.staff_id, day_on.year)
        rows.append(PersonRow(person, best, status, hours))
    return tuple(rows)


def _visits(session: Session, site_id: str, day_on: date) -> tuple[VisitRow, ...]:
    found = load_shortcomings(session, site_id)
    return tuple(
        VisitRow(
            visit,
            tuple(
                (one, shortcoming_on(one, day_on))
                for one in found
                if one.inspection_id == visit.inspection_id
            ),
        )
        for visit in load_inspections(session, site_id)
    )


def _notices(session: Session, site_id: str, rules: Ruled | None, defaults: Defaults) -> dict[str, str]:
    """Texts that the plan wants, empty where nobody wrote them, and further ones that were written."""
    wanted = rules.rules.notices if rules else ()
    texts = {title: "" for title in wanted if defaults.kind_of(title).kind == "text"}
    return texts | load_notices(session, site_id)
