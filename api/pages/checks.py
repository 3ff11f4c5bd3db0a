"""The page of checks: what is due and missing first, each with its form, then batches, samples and papers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.checks.desk import CheckDesk
from api.checks.floor import limits_words
from api.checks.keeping import SampleTold, change_sample, destroy_samples, take_sample
from api.checks.records import Entry, act_on_check, sign_check, write_check
from api.checks.views import checks_view
from api.checks.withholding import WithheldTold, end_hold, withhold
from api.day.lift import lift_discard
from api.day.measure import StepTold, act_on_step, record_step
from api.pages.shell import answer
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from api.web.forms import FieldsHere
from api.web.render import render
from api.words import gettext, say, say_all
from kitchen.store.steps import find_step
from orders.errors import BadInput, NotFound
from orders.service import Service, parse_service
from orders.store.sites import load_kitchens
from orders.typed import typed_number

router = APIRouter(prefix="/checks", include_in_schema=False)
Reader = Annotated[Actor, may("checks.read")]
ANSWER, SAMPLE = "a-", "sample-"
WRITTEN, FAILED = "It is written down.", "It is written down as failed. Say what was done about it."


@dataclass(frozen=True, slots=True)
class Form:
    """
    A form of the page as it was sent.

    Parameters
    ----------
    fields, language
        Every field by its name, those of the address among them; of whoever sent it.
    """

    fields: Mapping[str, str]
    language: str

    def text(self, name: str) -> str:
        """What was typed into a field."""
        return self.fields.get(name, "").strip()[:1000]

    def number(self, name: str) -> float:
        """The figure in a field; `BadInput` when it is none, or may be two."""
        text = self.text(name)
        value = typed_number(text)
        if value is None or not -100 <= value <= 100_000:
            raise BadInput("not_understood", where=name, what=text[:40])
        return float(value)

    def service(self, desk: CheckDesk) -> Service:
        """The service that the form is about; `NotFound` when it is none of the kitchen's."""
        key = self.text("service")
        try:
            service = parse_service(key, desk.kitchen.zone)
        except ValueError as error:
            raise NotFound("service", key) from error
        if service.kitchen_id != desk.kitchen.kitchen_id:
            raise NotFound("service", key)
        return service


Deed = Callable[[Session, CheckDesk, Form], tuple[str, ...]]


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader, kitchen: str = "") -> Response:
    """The checks of the actor's kitchen."""
    with house.database.read() as session:
        facts = _facts(session, house, actor, kitchen)
    return render(request, "checks.html", **facts)


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Reader, kitchen: str = "") -> Response:
    """The part of the page that acts change."""
    with house.database.read() as session:
        facts = _facts(session, house, actor, kitchen)
    return render(request, "checks_live.html", done="", **facts)


def deed(path: str, act: str) -> Callable[[Deed], Deed]:
    """Lets whoever may do an act send a form to a path; the answer is the page as it is after the deed."""

    def kept(do: Deed) -> Deed:
        @router.post(path, name=do.__name__)
        def done(
            request: Request,
            house: HouseHere,
            language: LanguageHere,
            actor: Annotated[Actor, may(act)],
            fields: FieldsHere,
        ) -> Response:
            form = Form(fields | request.path_params, language)
            kitchen = form.text("kitchen")
            with house.database.begin() as session:
                said = do(session, _desk(session, house, actor, kitchen), form)
            words = " ".join(gettext(one, language) for one in said)
            with house.database.read() as session:
                facts = _facts(session, house, actor, kitchen)
            return answer(request, f"/checks?kitchen={kitchen}", "checks_live.html", words, **facts)

        return do

    return kept


@deed("/entries", "checks.keep")
def written(session: Session, desk: CheckDesk, form: Form) -> tuple[str, ...]:
    """An entry of a register, or the correction of one."""
    answers = {
        name.removeprefix(ANSWER): text
        for name, text in form.fields.items()
        if name.startswith(ANSWER) and text.strip()
    }
    told = Entry(
        register=form.text("register"),
        subject=form.text("subject"),
        answers=answers,
        person=form.text("person"),
        replaces=form.text("replaces") or None,
        reason=form.text("reason"),
    )
    kept = write_check(session, desk, told)
    return (WRITTEN,) if kept.passed else (FAILED, *say_all(kept.wrong, form.language))


@deed("/sign", "checks.sign")
def signed(session: Session, desk: CheckDesk, form: Form) -> tuple[str, ...]:
    """An entry that somebody signs off."""
    sign_check(session, desk, form.text("check"), form.text("person"), form.text("note"))
    return ("It is signed.",)


@deed("/action", "checks.keep")
def acted(session: Session, desk: CheckDesk, form: Form) -> tuple[str, ...]:
    """What was done about something that failed: an entry, or a measurement of a service."""
    ref, action, person, note = (form.text(name) for name in ("ref", "action", "person", "note"))
    if form.text("service"):
        act_on_step(session, desk, form.service(desk), ref, action, person, note)
    else:
        act_on_check(session, desk, ref, action, person, note)
    return (WRITTEN,)


@deed("/step", "checks.keep")
def measured(session: Session, desk: CheckDesk, form: Form) -> tuple[str, ...]:
    """A measurement at a control point."""
    told = StepTold(
        form.text("point") or _corrected_point(session, form),
        form.text("ref"),
        form.number("value_c"),
        form.text("probe"),
        form.text("person"),
        replaces=form.text("replaces") or None,
        reason=form.text("reason"),
    )
    step = record_step(session, desk, form.service(desk), told)
    said = say_all((*step.wrong, *step.warnings), form.language)
    return (WRITTEN if step.passed else FAILED, *said)


@deed("/lift", "checks.lift")
def lifted(session: Session, desk: CheckDesk, form: Form) -> tuple[str, ...]:
    """A discard that a named person lifts."""
    service, ref = form.service(desk), form.text("ref")
    lift_discard(session, desk, service, ref, form.text("person"), form.text("reason"))
    return ("The discard is lifted. Samples stay frozen until somebody sets them free.",)


@deed("/sample", "checks.keep")
def sampled(session: Session, desk: CheckDesk, form: Form) -> tuple[str, ...]:
    """A sample that was taken."""
    told = SampleTold(
        form.text("batch"),
        round(form.number("g")),
        form.text("fridge"),
        form.text("place"),
        form.text("person"),
        reason=form.text("reason"),
    )
    kept = take_sample(session, desk, form.service(desk), told)
    return (gettext("Sample {code} is kept.", form.language).format(code=kept.code),)


@deed("/samples/destroyed", "checks.keep")
def destroyed(session: Session, desk: CheckDesk, form: Form) -> tuple[str, ...]:
    """The samples that were ticked are destroyed."""
    ticked = [name.removeprefix(SAMPLE) for name in form.fields if name.startswith(SAMPLE)]
    gone = destroy_samples(session, desk, ticked, form.text("person"))
    return (gettext("Samples destroyed: {count}.", form.language).format(count=len(gone)),)


@deed("/samples/{sample_id}", "checks.keep")
def changed(session: Session, desk: CheckDesk, form: Form) -> tuple[str, ...]:
    """A sample that is frozen, set free or destroyed."""
    for kind in ("frozen", "released", "destroyed"):
        if form.text("kind") == kind:
            told = (form.text("reason"), form.text("person"))
            change_sample(session, desk, form.text("sample_id"), kind, *told)
            return (WRITTEN,)
    raise BadInput("not_understood", where="kind", what=form.text("kind"))


@deed("/withheld", "food.hold")
def put_on_hold(session: Session, desk: CheckDesk, form: Form) -> tuple[str, ...]:
    """A batch or a box that is put on hold."""
    told = WithheldTold(form.text("ref"), form.text("reason"), form.text("person"))
    kept = withhold(session, desk, form.service(desk), told)
    return (say(kept.words, form.language),)


@deed("/withheld/{withheld_id}", "food.lift")
def ended(session: Session, desk: CheckDesk, form: Form) -> tuple[str, ...]:
    """A hold that is lifted, or food that was discarded on hold."""
    for kind in ("lifted", "discarded"):
        if form.text("kind") == kind:
            told = (form.text("reason"), form.text("person"))
            kept = end_hold(session, desk, form.text("withheld_id"), kind, *told)
            return (say(kept.words, form.language),)
    raise BadInput("not_understood", where="kind", what=form.text("kind"))


def _facts(session: Session, house: HouseHere, actor: Actor, wanted: str) -> dict[str, Any]:
    desk = _desk(session, house, actor, wanted)
    view = checks_view(session, desk)
    return {
        "view": view,
        "kitchen": desk.kitchen,
        "kitchens": () if actor.kitchen_id else load_kitchens(session),
        "zone": desk.kitchen.zone,
        "watch": view.registry.watch,
        "registers": view.registry.registers,
        "limits_words": limits_words,
    }


def _desk(session: Session, house: HouseHere, actor: Actor, wanted: str) -> CheckDesk:
    own = actor.kitchen_id or wanted
    found = next((one for one in load_kitchens(session) if not own or one.kitchen_id == own), None)
    if found is None:
        raise NotFound("kitchen", own or "-")
    return CheckDesk(found, actor, house.clock.now(), house.ids)


def _corrected_point(session: Session, form: Form) -> str:
    """The control point of the measurement that a correction names."""
    found = find_step(session, form.text("replaces"))
    return found.point if found else ""
