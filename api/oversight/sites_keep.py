"""What is kept of a site, by the name of the form it comes in: alike for pages and the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast, get_args

from sqlmodel import Session

from api.oversight.inspections import inspect_site, put_right, report_sample, send_sample
from api.oversight.licences import add_licence, add_person, end_person, grade_site, teach
from api.oversight.sites import correct_site, measure_site, need_file
from api.oversight.sites_forms import (
    halts_of,
    measures_of,
    need_day,
    open_day,
    prices_of,
    shortcomings_of,
    whole_number,
)
from api.oversight.sites_wall import set_notice, set_prices, set_supply, set_timetable
from api.permissions import Actor
from orders.errors import BadInput, NotFound
from orders.ids import IdSource
from orders.oversight.inspections import KINDS, RESULTS, InspectionKind, TestResult
from orders.oversight.licences import GRADES, Grade, LicenceKind, Training
from orders.oversight.site_file import SiteFile
from orders.oversight.supply import FORMS, Supply, SupplyForm
from orders.service import MEALS, Meal


@dataclass(frozen=True, slots=True)
class Told:
    """
    A form that somebody sent about a site.

    Parameters
    ----------
    session
        Open transaction.
    site_id, fields
        About which site, and what was typed, by field.
    actor, now_at, ids
        Who is signed in, when, and the source of row ids.
    """

    session: Session
    site_id: str
    fields: Mapping[str, str]
    actor: Actor
    now_at: datetime
    ids: IdSource

    def text(self, name: str) -> str:
        """A field without the blanks around it; empty when it was not sent."""
        return self.fields.get(name, "").strip()

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        """
        A field that is one of some words.

        Raises
        ------
        BadInput
            When it is another.
        """
        word = self.text(name)
        if word not in choices:
            raise BadInput("not_understood", where=name, what=word)
        return word


def keep(what: str, told: Told) -> None:
    """
    Keeps what a form of the bureau says.

    Raises
    ------
    NotFound
        When there is no form of this name, or no such site.
    BadInput
        When a field cannot be used as it is.
    """
    if what not in EDITS:
        raise NotFound("form", what)
    EDITS[what](told)


def keep_inspection(what: str, told: Told) -> None:
    """
    Keeps what a form of an inspector says.

    Raises
    ------
    NotFound
        When there is no form of this name, or no such site.
    BadInput
        When a field cannot be used as it is.
    """
    if what not in INSPECTIONS:
        raise NotFound("form", what)
    INSPECTIONS[what](told)


def _file(told: Told) -> None:
    kept = need_file(told.session, told.site_id)
    names = ("name", "street", "village", "operator", "contact", "phone")
    changed = {name: told.text(name) if name in told.fields else getattr(kept, name) for name in names}
    file = SiteFile(
        site_id=kept.site_id,
        programme_id=kept.programme_id,
        address=kept.address,
        district=kept.district,
        measures=kept.measures,
        **changed,
    )
    correct_site(told.session, file, actor=told.actor, now_at=told.now_at)


def _measures(told: Told) -> None:
    measures = measures_of(told.fields)
    measure_site(told.session, told.site_id, measures, actor=told.actor, now_at=told.now_at)


def _supply(told: Told) -> None:
    meal = cast(Meal, told.one_of("meal", MEALS))
    form = cast(SupplyForm, told.one_of("form", FORMS))
    supply = Supply(meal, form, told.text("supplier"))
    set_supply(told.session, told.site_id, supply, actor=told.actor, now_at=told.now_at)


def _timetable(told: Told) -> None:
    halts = halts_of(told.text("halts"))
    set_timetable(told.session, told.site_id, halts, actor=told.actor, now_at=told.now_at)


def _prices(told: Told) -> None:
    prices = prices_of(told.text("prices"))
    set_prices(told.session, told.site_id, prices, actor=told.actor, now_at=told.now_at)


def _notice(told: Told) -> None:
    title, body = told.text("title"), told.text("body")
    set_notice(told.session, told.site_id, title, body, actor=told.actor, now_at=told.now_at)


def _licence(told: Told) -> None:
    add_licence(
        told.session,
        told.site_id,
        cast(LicenceKind, told.one_of("kind", get_args(LicenceKind))),
        number=told.text("number"),
        holder=told.text("holder"),
        from_on=need_day(told.fields, "from_on"),
        to_on=open_day(told.fields, "to_on"),
        staff_id=told.text("staff_id") or None,
        replaces=told.text("replaces") or None,
        actor=told.actor,
        now_at=told.now_at,
        ids=told.ids,
    )


def _person(told: Told) -> None:
    add_person(
        told.session,
        told.site_id,
        name=told.text("name"),
        job=told.text("job"),
        from_on=need_day(told.fields, "from_on"),
        actor=told.actor,
        now_at=told.now_at,
        ids=told.ids,
    )


def _person_left(told: Told) -> None:
    to_on = need_day(told.fields, "to_on")
    end_person(told.session, told.site_id, told.text("staff_id"), to_on, actor=told.actor, now_at=told.now_at)


def _training(told: Told) -> None:
    minutes = whole_number("minutes", told.text("minutes"))
    held_on = need_day(told.fields, "held_on")
    training = Training(told.text("staff_id"), held_on, minutes, told.text("topic"))
    teach(told.session, told.site_id, training, actor=told.actor, now_at=told.now_at, ids=told.ids)


def _grade(told: Told) -> None:
    grade_site(
        told.session,
        told.site_id,
        grade=cast(Grade, told.one_of("grade", GRADES)),
        graded_on=need_day(told.fields, "graded_on"),
        office=told.text("office"),
        actor=told.actor,
        now_at=told.now_at,
        ids=told.ids,
    )


def _inspection(told: Told) -> None:
    inspect_site(
        told.session,
        told.site_id,
        cast(InspectionKind, told.one_of("kind", KINDS)),
        inspected_on=need_day(told.fields, "inspected_on"),
        inspector=told.text("inspector"),
        office=told.text("office"),
        note=told.text("note"),
        found=shortcomings_of(told.text("found"), open_day(told.fields, "due_on")),
        actor=told.actor,
        now_at=told.now_at,
        ids=told.ids,
    )


def _put_right(told: Told) -> None:
    put_right(
        told.session,
        told.text("shortcoming_id"),
        site_id=told.site_id,
        done_on=need_day(told.fields, "done_on"),
        done_by=told.text("done_by"),
        remedy=told.text("remedy"),
        actor=told.actor,
        now_at=told.now_at,
    )


def _sample(told: Told) -> None:
    send_sample(
        told.session,
        told.site_id,
        sample=told.text("sample"),
        taken_on=need_day(told.fields, "taken_on"),
        laboratory=told.text("laboratory"),
        actor=told.actor,
        now_at=told.now_at,
        ids=told.ids,
    )


def _result(told: Told) -> None:
    report_sample(
        told.session,
        told.site_id,
        told.text("test_id"),
        result=cast(TestResult, told.one_of("result", RESULTS[1:])),
        reported_on=need_day(told.fields, "reported_on"),
        report=told.text("report"),
        actor=told.actor,
        now_at=told.now_at,
    )


EDITS: dict[str, Callable[[Told], None]] = {
    "file": _file,
    "measures": _measures,
    "supply": _supply,
    "timetable": _timetable,
    "prices": _prices,
    "notice": _notice,
    "licence": _licence,
    "person": _person,
    "person-left": _person_left,
    "training": _training,
}
INSPECTIONS: dict[str, Callable[[Told], None]] = {
    "grade": _grade,
    "inspection": _inspection,
    "put-right": _put_right,
    "sample": _sample,
    "result": _result,
}
