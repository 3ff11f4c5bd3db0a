"""The page of checks: what is due and missing first, each with its form, then batches, samples and papers."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.checks.desk import CheckDesk
from api.checks.floor import limits_words
from api.checks.keeping import SampleTold, change_sample, take_sample
from api.checks.records import Entry, act_on_check, sign_check, write_check
from api.checks.views import checks_view
from api.day.lift import lift_discard
from api.day.measure import StepTold, act_on_step, record_step
from api.pages.shell import answer
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from api.web.forms import FieldsHere
from api.web.render import render
from api.words import gettext, say_all
from kitchen.store.steps import find_step
from orders.errors import BadInput, NotFound
from orders.service import Service, parse_service
from orders.store.sites import load_kitchens

router = APIRouter(prefix="/checks", include_in_schema=False)
Reader = Annotated[Actor, may("checks.read")]
Keeper = Annotated[Actor, may("checks.keep")]
Lifter = Annotated[Actor, may("checks.lift")]
Signer = Annotated[Actor, may("checks.sign")]
ANSWER = "a-"
WRITTEN, FAILED = "It is written down.", "It is written down as failed. Say what was done about it."
Act = Callable[[Session, CheckDesk], tuple[str, ...]]


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


@router.post("/entries")
def written(
    request: Request, house: HouseHere, language: LanguageHere, actor: Keeper, fields: FieldsHere
) -> Response:
    """An entry of a register, or the correction of one."""

    def act(session: Session, desk: CheckDesk) -> tuple[str, ...]:
        answers = {
            name.removeprefix(ANSWER): text
            for name, text in fields.items()
            if name.startswith(ANSWER) and text.strip()
        }
        told = Entry(
            register=_text(fields, "register"),
            subject=_text(fields, "subject"),
            answers=answers,
            person=_text(fields, "person"),
            replaces=_text(fields, "replaces") or None,
            reason=_text(fields, "reason"),
        )
        kept = write_check(session, desk, told)
        return (WRITTEN,) if kept.passed else (FAILED, *say_all(kept.wrong, language))

    return _act(request, house, language, actor, fields, act)


@router.post("/sign")
def signed(
    request: Request, house: HouseHere, language: LanguageHere, actor: Signer, fields: FieldsHere
) -> Response:
    """An entry that somebody signs off."""

    def act(session: Session, desk: CheckDesk) -> tuple[str, ...]:
        sign_check(session, desk, _text(fields, "check"), _text(fields, "person"), _text(fields, "note"))
        return ("It is signed.",)

    return _act(request, house, language, actor, fields, act)


@router.post("/action")
def acted(
    request: Request, house: HouseHere, language: LanguageHere, actor: Keeper, fields: FieldsHere
) -> Response:
    """What was done about something that failed: an entry, or a measurement of a service."""

    def act(session: Session, desk: CheckDesk) -> tuple[str, ...]:
        ref, action, person, note = (_text(fields, name) for name in ("ref", "action", "person", "note"))
        if fields.get("service"):
            act_on_step(session, desk, _service(desk, fields), ref, action, person, note)
        else:
            act_on_check(session, desk, ref, action, person, note)
        return (WRITTEN,)

    return _act(request, house, language, actor, fields, act)


@router.post("/step")
def measured(
    request: Request, house: HouseHere, language: LanguageHere, actor: Keeper, fields: FieldsHere
) -> Response:
    """A measurement at a control point."""

    def act(session: Session, desk: CheckDesk) -> tuple[str, ...]:
        told = StepTold(
            _text(fields, "point") or _corrected_point(session, fields),
            _text(fields, "ref"),
            _degrees(_text(fields, "value_c")),
            _text(fields, "probe"),
            _text(fields, "person"),
            replaces=_text(fields, "replaces") or None,
            reason=_text(fields, "reason"),
        )
        step = record_step(session, desk, _service(desk, fields), told)
        said = say_all((*step.wrong, *step.warnings), language)
        return (WRITTEN if step.passed else FAILED, *said)

    return _act(request, house, language, actor, fields, act)


@router.post("/lift")
def lifted(
    request: Request, house: HouseHere, language: LanguageHere, actor: Lifter, fields: FieldsHere
) -> Response:
    """A discard that a named person lifts."""

    def act(session: Session, desk: CheckDesk) -> tuple[str, ...]:
        ref, person, reason = (_text(fields, name) for name in ("ref", "person", "reason"))
        lift_discard(session, desk, _service(desk, fields), ref, person, reason)
        return ("The discard is lifted. Samples stay frozen until somebody sets them free.",)

    return _act(request, house, language, actor, fields, act)


@router.post("/sample")
def sampled(
    request: Request, house: HouseHere, language: LanguageHere, actor: Keeper, fields: FieldsHere
) -> Response:
    """A sample that was taken."""

    def act(session: Session, desk: CheckDesk) -> tuple[str, ...]:
        told = SampleTold(
            _text(fields, "batch"),
            round(_degrees(_text(fields, "g"))),
            _text(fields, "fridge"),
            _text(fields, "place"),
            _text(fields, "person"),
            reason=_text(fields, "reason"),
        )
        kept = take_sample(session, desk, _service(desk, fields), told)
        return (gettext("Sample {code} is kept.", language).format(code=kept.code),)

    return _act(request, house, language, actor, fields, act)


@router.post("/samples/{sample_id}")
def changed(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Keeper,
    sample_id: str,
    fields: FieldsHere,
) -> Response:
    """A sample that is frozen, set free or destroyed."""

    def act(session: Session, desk: CheckDesk) -> tuple[str, ...]:
        for kind in ("frozen", "released", "destroyed"):
            if fields.get("kind") == kind:
                reason, person = _text(fields, "reason"), _text(fields, "person")
                change_sample(session, desk, sample_id, kind, reason, person)
                return (WRITTEN,)
        raise BadInput("not_understood", where="kind", what=_text(fields, "kind"))

    return _act(request, house, language, actor, fields, act)


def _act(
    request: Request, house: HouseHere, language: str, actor: Actor, fields: Mapping[str, str], act: Act
) -> Response:
    """Does one thing on the floor and answers with the page as it then is."""
    kitchen = _text(fields, "kitchen")
    with house.database.begin() as session:
        said = act(session, _desk(session, house, actor, kitchen))
    words = " ".join(gettext(one, language) for one in said)
    with house.database.read() as session:
        facts = _facts(session, house, actor, kitchen)
    return answer(request, f"/checks?kitchen={kitchen}", "checks_live.html", words, **facts)


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


def _service(desk: CheckDesk, fields: Mapping[str, str]) -> Service:
    key = _text(fields, "service")
    try:
        service = parse_service(key, desk.kitchen.zone)
    except ValueError as error:
        raise NotFound("service", key) from error
    if service.kitchen_id != desk.kitchen.kitchen_id:
        raise NotFound("service", key)
    return service


def _corrected_point(session: Session, fields: Mapping[str, str]) -> str:
    """The control point of the measurement that a correction names."""
    found = find_step(session, _text(fields, "replaces"))
    return found.point if found else ""


def _text(fields: Mapping[str, str], name: str) -> str:
    return fields.get(name, "").strip()[:1000]


def _degrees(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise BadInput("not_understood", where="value_c", what=text[:40]) from None
    if not -100 <= value <= 100_000:
        raise BadInput("not_understood", where="value_c", what=text[:40])
    return value
