"""``holdchain oversight``: flags and their decisions, complaints, surveys."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from api.permissions import Actor

DAY_FORMATS = ["%Y-%m-%d"]
ByOption = Annotated[str, typer.Option("--by", help="Login of the person who does it.")]
FromOption = Annotated[
    datetime | None, typer.Option("--from", formats=DAY_FORMATS, help="First day, included.")
]
EatenOption = Annotated[
    datetime | None, typer.Option(formats=DAY_FORMATS, help="Date of the meal that the new one is about.")
]
ToOption = Annotated[datetime | None, typer.Option("--to", formats=DAY_FORMATS, help="Last day, included.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Flags, complaints, surveys.", no_args_is_help=True)
    group.command("flags")(flags)
    group.command("decide")(decide)
    group.command("complaint")(complaint)
    group.command("survey")(survey)
    app.add_typer(group, name="oversight")


def flags(
    find: Annotated[bool, typer.Option("--find", help="Look at the servings of these days first.")] = False,
    from_on: FromOption = None,
    to_on: ToOption = None,
    state: Annotated[str, typer.Option(help="open, cleared, confirmed or all.")] = "open",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Lists flags by urgency. Example: holdchain oversight flags --find --from 2026-11-23 --to 2026-11-23"""
    from api.oversight.documents import flag_document
    from api.oversight.flags import flags_of_days, look_for_flags
    from api.oversight.rules import local_day
    from api.people import OPERATOR

    if state not in ("open", "cleared", "confirmed", "all"):
        raise typer.BadParameter("one of open, cleared, confirmed, all", param_hint="--state")
    first, last = _day(from_on), _day(to_on)
    found = 0
    with opened(data) as house:
        now_at = house.clock.now()
        with house.database.begin() as session:
            if find:
                today_on = local_day(session, now_at)
                looked = look_for_flags(
                    session, first or today_on, last or today_on, actor=OPERATOR, now_at=now_at, ids=house.ids
                )
                found = len(looked)
            every = flags_of_days(session, first, last, actor=OPERATOR)
    shown = [flag_document(one, cli_language()) for one in every if state in ("all", one.state)]
    out = Out(json)
    for one in shown:
        out.line(f"{one['flag_id']}  {one['service_on']}  {one['kind']}  {one['state']}  {one['words']}")
    out.result({"found": found, "flags": shown})


def decide(
    flag_id: Annotated[str, typer.Argument(help="Which flag, as the list gives it.")],
    verdict: Annotated[str, typer.Argument(help="cleared or confirmed.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    by: ByOption,
    consequence: Annotated[
        list[str] | None,
        typer.Option(help="Of a confirmed flag; all that the programme names when none is given."),
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Decides a flag by name. Example: holdchain oversight decide ID confirmed --reason "..." --by li"""
    from api.oversight.documents import flag_document
    from api.oversight.flags import decide_flag
    from api.people import person_called

    if verdict not in ("cleared", "confirmed"):
        raise typer.BadParameter("one of cleared, confirmed", param_hint="VERDICT")
    with opened(data) as house, house.database.begin() as session:
        decided = decide_flag(
            session,
            flag_id,
            "confirmed" if verdict == "confirmed" else "cleared",
            reason,
            consequence or None,
            actor=person_called(session, by),
            now_at=house.clock.now(),
            ids=house.ids,
        )
    document = flag_document(decided, cli_language())
    out = Out(json)
    out.line(f"{flag_id}: {verdict}")
    out.result(document)


def complaint(
    code: Annotated[str, typer.Argument(help="Number of a complaint, to note a step of it.")] = "",
    kind: Annotated[str, typer.Option(help="Takes a new one of this kind, for example food.")] = "",
    text: Annotated[str, typer.Option(help="The new one, in the person's words.")] = "",
    channel: Annotated[str, typer.Option(help="How the new one came: 12345, site, phone ...")] = "12345",
    ref: Annotated[str, typer.Option(help="The channel's own number; sent twice it is one.")] = "",
    site: Annotated[str, typer.Option(help="Site that the new one is about.")] = "",
    place: Annotated[str, typer.Option(help="Street or community of the new one.")] = "",
    eaten_on: EatenOption = None,
    meal: Annotated[str, typer.Option(help="That meal: breakfast, lunch or dinner.")] = "",
    step: Annotated[str, typer.Option(help="verified, unfounded, assigned, solved, satisfied ...")] = "",
    note: Annotated[str, typer.Option(help="What was found or done.")] = "",
    to: Annotated[str, typer.Option(help="Who it is assigned to.")] = "",
    by: ByOption = "",
    from_on: FromOption = None,
    to_on: ToOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Takes a complaint, notes a step, or lists complaints with their rates.

    Example: holdchain oversight complaint --kind food --text "..." --ref 2311-07
    """
    from api.oversight.complaints import (
        NewComplaint,
        complaints_of_days,
        samples_frozen,
        take_complaint,
        take_step,
    )
    from api.oversight.documents import complaint_document, rates_document
    from api.oversight.rules import local_day
    from api.people import person_called
    from orders.oversight.complaints import STEP_KINDS

    if bool(code) != bool(step) or (code and kind):
        raise typer.BadParameter("a CODE goes with --step, --kind stands alone", param_hint="CODE")
    taken = next((one for one in STEP_KINDS if one == step), None)
    if step and taken is None:
        raise typer.BadParameter(f"one of {', '.join(STEP_KINDS)}", param_hint="--step")
    with opened(data) as house, house.database.begin() as session:
        actor, now_at = person_called(session, by), house.clock.now()
        if taken is not None:
            take_step(session, code, taken, note, to, actor=actor, now_at=now_at)
        elif kind:
            new = NewComplaint(kind, text, channel, ref, site, place, eaten_on=_day(eaten_on), meal=meal)
            code = take_complaint(session, new, actor=actor, now_at=now_at, ids=house.ids).code
        every, rates = complaints_of_days(session, _day(from_on), _day(to_on), actor=actor, now_at=now_at)
        today_on, frozen = local_day(session, now_at), samples_frozen(session, every)
    shown = [complaint_document(one, today_on, frozen) for one in every if not code or one.code == code]
    out = Out(json)
    for one in shown:
        out.line(f"{one['code']}  {one['due_on']}  {one['state']}  {one['kind']}  {one['text']}")
    out.result({"complaints": shown, "rates": rates_document(rates)})


def survey(
    code: Annotated[str, typer.Argument(help="Code of a survey; all of them when it is left out.")] = "",
    begin: Annotated[bool, typer.Option("--begin", help="Begins a survey from --from to --to.")] = False,
    programme: Annotated[str, typer.Option(help="Whose metrics and targets it takes over.")] = "",
    papers: Annotated[int, typer.Option(help="Prints so many new papers into --out.")] = 0,
    out_file: Annotated[Path, typer.Option("--out", help="PDF of the papers.")] = Path("survey.pdf"),
    number: Annotated[int | None, typer.Option(help="Keys in this paper's answers.")] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(help="question=choice, once a question; without --number an interview."),
    ] = None,
    by: ByOption = "",
    from_on: FromOption = None,
    to_on: ToOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Begins a survey, prints its papers, keys in answers, or shows what it says.

    Example: holdchain oversight survey S01 --papers 20 --out papers.pdf
    """
    from api.oversight.survey_papers import survey_papers
    from api.oversight.surveys import begin_survey, key_in, print_copies
    from api.people import person_called

    if (papers or answer) and not code:
        raise typer.BadParameter("which survey?", param_hint="CODE")
    answers = _answers(answer or [])
    pdf = None
    with opened(data) as house, house.database.begin() as session:
        actor, now_at = person_called(session, by), house.clock.now()
        if begin:
            days = (_required(from_on, "--from"), _required(to_on, "--to"))
            code = begin_survey(session, programme, *days, actor=actor, now_at=now_at, ids=house.ids).code
        if papers:
            asked, numbers = print_copies(session, code, papers, actor=actor, now_at=now_at)
            base = f"http://{house.settings.host}:{house.settings.port}/"
            pdf = survey_papers(asked, numbers, base, cli_language()).pdf
        if answers:
            key_in(session, code, number, answers, actor=actor, now_at=now_at, ids=house.ids)
        shown = _surveys(session, code, actor)
    if pdf is not None:
        out_file.write_bytes(pdf)
    out = Out(json)
    for one in shown:
        out.line(f"{one['code']}  {one['from_on']} - {one['to_on']}  {one['answered']} / {one['copies']}")
        for metric in one["metrics"]:
            out.line(f"  {metric['metric']}  {metric['favourable']} / {metric['answered']}")
    out.result({"surveys": shown, "papers": str(out_file) if pdf is not None else None})


def _surveys(session: "Session", code: str, actor: "Actor") -> list[dict[str, Any]]:
    from api.oversight.documents import survey_document
    from api.oversight.surveys import find_survey, survey_result, survey_results

    if code:
        return [survey_document(survey_result(session, find_survey(session, code)))]
    return [survey_document(one) for one in survey_results(session, actor=actor)]


def _day(given: datetime | None) -> "date | None":
    return given.date() if given else None


def _required(given: datetime | None, option: str) -> "date":
    if given is None:
        raise typer.BadParameter("a survey has a first and a last day", param_hint=option)
    return given.date()


def _answers(given: list[str]) -> dict[str, int]:
    answers = {}
    for one in given:
        question, _, choice = one.partition("=")
        if not choice.isdigit():
            raise typer.BadParameter(f"question=choice, got {one}", param_hint="--answer")
        answers[question] = int(choice)
    return answers
