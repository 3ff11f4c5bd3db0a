"""Pages of oversight: flags and their decisions, complaints, surveys, the blacklist, and the rules of all."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.oversight.blacklist import entry_for, let_in, shut_out
from api.oversight.complaints import (
    NewComplaint,
    complaints_of_days,
    find_complaint,
    samples_frozen,
    take_complaint,
    take_step,
)
from api.oversight.flags import carry_out, decide_flag, find_flag, look_for_flags
from api.oversight.rules import change_rules, local_day, oversight_rules, thresholds, zone_of
from api.oversight.views import complaint_view, flag_page, flag_views, site_names
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from api.web.forms import FieldsHere, OpenDay
from api.web.render import render
from api.words import gettext
from orders.errors import BadInput
from orders.oversight.blacklist import SubjectKind
from orders.oversight.complaints import StepKind
from orders.store.blacklist import load_blacklist
from orders.store.decisions import Verdict

router = APIRouter(prefix="/oversight", include_in_schema=False)
Reader = Annotated[Actor, may("oversight.read")]
Decider = Annotated[Actor, may("flag.decide")]
Worker = Annotated[Actor, may("complaint.work")]
Taker = Annotated[Actor, may("complaint.take")]
Editor = Annotated[Actor, may("blacklist.edit")]
RulesEditor = Annotated[Actor, may("config.edit")]
DECIDED_DAYS = 92
LOOK_DAYS = 7


@router.get("")
def flags(request: Request, house: HouseHere, actor: Reader) -> Response:
    """Open flags by urgency, and what was decided in the last quarter."""
    with house.database.read() as session:
        today_on = local_day(session, house.clock.now())
        views = flag_views(session, today_on - timedelta(days=DECIDED_DAYS), actor=actor)
        names = site_names(session)
    return render(
        request,
        "oversight_flags.html",
        open=[view for view in views if view.flag.state == "open"],
        to_do=[view for view in views if view.to_do],
        decided=[view for view in views if view.flag.state != "open" and not view.to_do],
        names=names,
        look_from=(today_on - timedelta(days=LOOK_DAYS)).isoformat(),
        look_to=today_on.isoformat(),
        **_rights(actor),
    )


@router.post("/look")
def look(
    house: HouseHere,
    actor: Annotated[Actor, may("flag.find")],
    from_on: Annotated[date, Form()],
    to_on: Annotated[date, Form()],
) -> Response:
    """Looks at the servings of these days; what was found before is not found again."""
    with house.database.begin() as session:
        look_for_flags(session, from_on, to_on, actor=actor, now_at=house.clock.now(), ids=house.ids)
    return _to("/oversight")


@router.get("/flags/{flag_id}")
def flag(request: Request, house: HouseHere, language: LanguageHere, actor: Reader, flag_id: str) -> Response:
    """One flag: sentence, evidence, decision and what follows."""
    with house.database.read() as session:
        view = flag_page(session, flag_id, actor=actor)
        names, zone = site_names(session), zone_of(session)
    proposed = [(one, gettext(f"consequence.{one}", language)) for one in view.proposed]
    return render(
        request,
        "oversight_flag.html",
        view=view,
        proposed=proposed,
        names=names,
        zone=zone,
        **_rights(actor),
    )


@router.post("/flags/{flag_id}/decision")
def decide(
    house: HouseHere,
    actor: Decider,
    flag_id: str,
    decision: Annotated[Verdict, Form()],
    reason: Annotated[str, Form()],
    consequences: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Clears or confirms a flag."""
    chosen = (consequences or []) if decision == "confirmed" else []
    with house.database.begin() as session:
        decide_flag(
            session,
            flag_id,
            decision,
            reason,
            chosen,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
        )
    return _to(f"/oversight/flags/{flag_id}")


@router.post("/flags/{flag_id}/consequences")
def consequence(
    house: HouseHere,
    actor: Decider,
    flag_id: str,
    consequence: Annotated[str, Form()],
    note: Annotated[str, Form()],
    subject_kind: Annotated[SubjectKind | None, Form()] = None,
    subject: Annotated[str, Form()] = "",
    to_on: Annotated[OpenDay, Form()] = None,
) -> Response:
    """Notes that a consequence was carried out; the blacklist is written with it."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        shut = None
        if subject_kind is not None:
            made = find_flag(session, flag_id).decision
            why = made.reason if made else note
            shut = entry_for(subject_kind, subject, local_day(session, now_at), to_on, why)
        carry_out(session, flag_id, consequence, note, shut, actor=actor, now_at=now_at, ids=house.ids)
    return _to(f"/oversight/flags/{flag_id}")


@router.get("/complaints")
def complaints(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Reader,
    from_on: Annotated[OpenDay, Query()] = None,
    to_on: Annotated[OpenDay, Query()] = None,
) -> Response:
    """Complaints of some days with their rates, late ones first."""
    now_at = house.clock.now()
    with house.database.read() as session:
        every, rates = complaints_of_days(session, from_on, to_on, actor=actor, now_at=now_at)
        rules, names, today_on = oversight_rules(session), site_names(session), local_day(session, now_at)
    return render(
        request,
        "oversight_complaints.html",
        complaints=[complaint_view(one, rules, names, today_on, language) for one in every],
        rates=rates,
        from_on=from_on,
        to_on=to_on,
        kinds=list(rules.complaints.values()),
        channels=rules.channels,
        sites=[(site_id, name.called(language)) for site_id, name in names.items()],
        **_rights(actor),
    )


@router.post("/complaints")
def take(
    house: HouseHere,
    actor: Taker,
    kind: Annotated[str, Form()],
    text: Annotated[str, Form()],
    channel: Annotated[str, Form()],
    external_ref: Annotated[str, Form()] = "",
    site_id: Annotated[str, Form()] = "",
    place: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
    eaten_on: Annotated[OpenDay, Form()] = None,
    meal: Annotated[str, Form()] = "",
) -> Response:
    """Takes a complaint."""
    new = NewComplaint(
        kind, text, channel, external_ref.strip(), site_id, place, contact, eaten_on=eaten_on, meal=meal
    )
    with house.database.begin() as session:
        kept = take_complaint(session, new, actor=actor, now_at=house.clock.now(), ids=house.ids)
    return _to(f"/oversight/complaints/{kept.code}")


@router.get("/complaints/{code}")
def complaint(
    request: Request, house: HouseHere, language: LanguageHere, actor: Reader, code: str
) -> Response:
    """One complaint and what was done about it."""
    now_at = house.clock.now()
    with house.database.read() as session:
        kept, rules = find_complaint(session, code), oversight_rules(session)
        names, zone, today_on = site_names(session), zone_of(session), local_day(session, now_at)
        frozen = samples_frozen(session, [kept]).get(code, [])
    view = complaint_view(kept, rules, names, today_on, language)
    steps = [(one, gettext(f"complaint_step.{one}", language)) for one in view.next_steps]
    return render(
        request,
        "oversight_complaint.html",
        view=view,
        steps=steps,
        zone=zone,
        frozen=frozen,
        **_rights(actor),
    )


@router.post("/complaints/{code}")
def step(
    house: HouseHere,
    actor: Worker,
    code: str,
    kind: Annotated[StepKind, Form()],
    note: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "",
) -> Response:
    """Notes the next step of a complaint."""
    with house.database.begin() as session:
        take_step(session, code, kind, note, to, actor=actor, now_at=house.clock.now())
    return _to(f"/oversight/complaints/{code}")


@router.get("/blacklist")
def blacklist(request: Request, house: HouseHere, actor: Reader) -> Response:
    """Who is shut out."""
    with house.database.read() as session:
        entries, names = load_blacklist(session), site_names(session)
        today_on = local_day(session, house.clock.now())
    return render(
        request,
        "oversight_blacklist.html",
        entries=entries,
        names=names,
        today_on=today_on,
        **_rights(actor),
    )


@router.post("/blacklist")
def put_on(
    house: HouseHere,
    actor: Editor,
    subject_kind: Annotated[SubjectKind, Form()],
    subject: Annotated[str, Form()],
    from_on: Annotated[date, Form()],
    reason: Annotated[str, Form()],
    to_on: Annotated[OpenDay, Form()] = None,
) -> Response:
    """Puts somebody on the blacklist."""
    shut = entry_for(subject_kind, subject, from_on, to_on, reason)
    with house.database.begin() as session:
        shut_out(session, shut, actor=actor, now_at=house.clock.now(), ids=house.ids)
    return _to("/oversight/blacklist")


@router.post("/blacklist/{entry_id}/end")
def end(house: HouseHere, actor: Editor, entry_id: str, reason: Annotated[str, Form()]) -> Response:
    """Ends an entry."""
    with house.database.begin() as session:
        let_in(session, entry_id, reason, actor=actor, now_at=house.clock.now(), ids=house.ids)
    return _to("/oversight/blacklist")


@router.get("/rules")
def rules(request: Request, house: HouseHere, actor: RulesEditor) -> Response:
    """Thresholds and due days."""
    with house.database.read() as session:
        in_force = oversight_rules(session)
    return render(request, "oversight_rules.html", rules=in_force, thresholds=thresholds(in_force))


@router.post("/rules")
def change(house: HouseHere, actor: RulesEditor, fields: FieldsHere) -> Response:
    """Changes thresholds and due days."""
    with house.database.begin() as session:
        change_rules(
            session,
            flags=_figures(fields, "flags."),
            days=_figures(fields, "days."),
            actor=actor,
            now_at=house.clock.now(),
        )
    return _to("/oversight/rules")


def _figures(fields: Mapping[str, str], prefix: str) -> dict[str, int]:
    """The whole numbers among the fields whose names begin so, without the beginning."""
    figures = {}
    for name, text in fields.items():
        if name.startswith(prefix):
            if not (text.isascii() and text.isdigit()):
                raise BadInput("oversight_rule_wrong", why=f"{name} = {text}")
            figures[name.removeprefix(prefix)] = int(text)
    return figures


def _rights(actor: Actor) -> dict[str, bool]:
    """What the page offers to this person."""
    return {
        "may_look": actor.may("flag.find"),
        "may_decide": actor.may("flag.decide"),
        "may_take": actor.may("complaint.take"),
        "may_work": actor.may("complaint.work"),
        "may_edit": actor.may("blacklist.edit"),
        "may_edit_rules": actor.may("config.edit"),
    }


def _to(path: str) -> Response:
    return RedirectResponse(path, status_code=303)
