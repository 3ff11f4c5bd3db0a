"""``holdchain check``: registers, control points and samples of the floor, and the file for an inspector."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, service_opened
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.checks.desk import CheckDesk

OnOption = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Date (default: today).")
]
PersonOption = Annotated[str, typer.Option(help="Code or name of who does it.")]
DaysOption = Annotated[int, typer.Option(min=1, max=92, help="How many days, today included.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Checks on the floor: due, written, signed, missing.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("record")(record)
    group.command("sign")(sign)
    group.command("lift")(lift)
    group.command("gaps")(gaps)
    group.command("watch")(watch)
    group.command("inspector")(inspector)
    app.add_typer(group, name="check")


def list_(kitchen: KitchenOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """Lists what is due today, what was written, and how the batches stand. Example: holdchain check list"""
    from api.checks.documents import view_document
    from api.checks.views import checks_view

    with _desk(data, kitchen) as (session, desk):
        facts = view_document(checks_view(session, desk), cli_language())
    out = Out(json)
    for one in facts["unwatched"]:
        out.line(f"! {one['words']}")
    for one in facts["due"]:
        late = _word("late") if one["late"] else _word("due")
        out.line(f"{one['to_on']}  {late}  {one['register']}  {one['name']} {one['about']}".rstrip())
    for one in facts["entries"]:
        mark = _word("mark.passed") if one["passed"] else _word("mark.failed")
        out.line(f"{one['on']}  {mark}  {one['register']}  {one['about']}  {one['check_id']}")
    for service in facts["services"]:
        for batch in service["batches"]:
            held = "; ".join(reason["words"] for reason in batch["held_back"])
            out.line(f"{service['service']}  {batch['code']}  {batch['dish']}  {held}".rstrip())
        for ref, what in _discarded(service):
            out.line(f"{service['service']}  {what}  {_word('Discarded')}  {ref}")
    out.result(facts)


def record(
    register_code: Annotated[str, typer.Argument(metavar="REGISTER", help="Code of the register.")],
    answers: Annotated[list[str] | None, typer.Argument(metavar="KEY=ANSWER", help="Answers.")] = None,
    about: Annotated[str, typer.Option(help="Whom or what it is about: code or name.")] = "",
    by: PersonOption = "",
    on: OnOption = None,
    action: Annotated[str, typer.Option(help="What was done when it failed.")] = "",
    replaces: Annotated[str | None, typer.Option(help="Id of the entry that it corrects.")] = None,
    reason: Annotated[str, typer.Option(help="Why it corrects it.")] = "",
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Writes into a register.

    Example: holdchain check record morning_check temperature_c=36.5 no_illness=yes no_wound=yes
    clean_dress=yes --about S1 --by S2
    """
    from api.checks.documents import check_document
    from api.checks.records import Entry, write_check

    told = Entry(
        register=register_code,
        subject=about,
        answers=_answers(answers or []),
        person=by,
        on=on.date() if on else None,
        action=action,
        replaces=replaces,
        reason=reason,
    )
    with _desk(data, kitchen) as (session, desk):
        facts = check_document(write_check(session, desk, told), cli_language())
    out = Out(json)
    out.line(f"{facts['check_id']}  {_word('mark.passed' if facts['passed'] else 'mark.failed')}")
    for one in facts["wrong"]:
        out.line(f"  {one['words']}")
    out.result(facts)


def sign(
    check: Annotated[str, typer.Argument(metavar="ENTRY", help="Id of the entry.")],
    by: PersonOption = "",
    note: Annotated[str, typer.Option(help="What there is to say.")] = "",
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Signs an entry off. Example: holdchain check sign 0193... --by S2"""
    from api.checks.records import sign_check

    with _desk(data, kitchen) as (session, desk):
        kept = sign_check(session, desk, check, by, note)
    out = Out(json)
    out.line(_word("Signed by {person}").format(person=kept.person))
    out.result({"check_id": kept.check_id, "person": kept.person, "at": kept.at.isoformat()})


def lift(
    ref: Annotated[str, typer.Argument(metavar="MEASUREMENT", help="Its id, as check list gives it.")],
    by: PersonOption = "",
    reason: Annotated[str, typer.Option(help="Why the food need not be discarded.")] = "",
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Lifts a discard: the food stands by its newest measurement again; its samples stay frozen.

    Example: holdchain check lift 0193... --by S2 --reason "typed wrong"
    """
    from api.checks.desk import CheckDesk
    from api.day.lift import lift_discard
    from api.day.services import find_kitchen
    from api.people import OPERATOR

    with (
        service_opened(data, kitchen, date, meal) as (house, service),
        house.database.begin(lock=service.key) as session,
    ):
        owner = find_kitchen(session, service.kitchen_id)
        desk = CheckDesk(owner, OPERATOR, house.clock.now(), house.ids)
        done = lift_discard(session, desk, service, ref, by, reason)
    out = Out(json)
    out.line(_word("The discard is lifted. Samples stay frozen until somebody sets them free."))
    lifted = [{"ref": one.ref, "person": one.person, "reason": one.note} for one in done]
    out.result({"service": service.key, "lifted": lifted})


def gaps(
    days: DaysOption = 30,
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Says what is missing from the last days. Example: holdchain check gaps --days 7"""
    from api.checks.documents import gap_document
    from api.checks.gaps import find_gaps

    with _desk(data, kitchen) as (session, desk):
        from_on = desk.today_on - timedelta(days=days - 1)
        found = [
            gap_document(one, cli_language()) for one in find_gaps(session, desk, from_on, desk.today_on)
        ]
    out = Out(json)
    for one in found:
        out.line(f"{one['on']}  {one['words']}")
    if not found:
        out.line(_word("Nothing is missing."))
    out.result({"gaps": found})


def watch(
    file: Annotated[
        Path | None,
        typer.Argument(help="A kitchen.toml with staff, hand_probe and fridge; the example's when missing."),
    ] = None,
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Lists a kitchen's people, probes and fridges: from then on they are watched.

    Example: holdchain check watch kitchen.toml
    """
    from api.checks.watch_file import read_watch
    from api.checks.watching import list_fridges, list_people, list_probes

    with _desk(data, kitchen) as (session, desk):
        people, probes, fridges = read_watch(file, desk.kitchen.kitchen_id)
        list_people(session, desk, people)
        list_probes(session, desk, probes)
        list_fridges(session, desk, fridges)
    counts = {"workers": len(people), "probes": len(probes), "fridges": len(fridges)}
    out = Out(json)
    out.line(_word("Watched: {workers} people, {probes} probes, {fridges} fridges").format(**counts))
    out.result(counts)


def inspector(
    target: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the PDF files go.")] = Path(),
    days: DaysOption = 30,
    on: OnOption = None,
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Prints the file for an inspector, or with --on the HACCP record of a date.

    Example: holdchain check inspector --out papers
    """
    from api.checks.paper import print_inspector, print_record
    from api.words import LANGUAGES

    target.mkdir(parents=True, exist_ok=True)
    out, files = Out(json), []
    with _desk(data, kitchen) as (session, desk):
        for language in LANGUAGES:
            if on is None:
                made, name = print_inspector(session, desk, language, days), "inspector-file"
            else:
                made, name = print_record(session, desk, on.date(), on.date(), language), "haccp-record"
            path = target / f"{name}.{language}.pdf"
            path.write_bytes(made.pdf)
            files.append({"file": str(path), "pages": made.pages})
            out.line(f"{path}  {made.pages}")
    out.result({"files": files})


@contextmanager
def _desk(data: Path | None, kitchen: str | None) -> "Iterator[tuple[Session, CheckDesk]]":
    """One transaction on the floor of the kitchen that is meant."""
    from api.checks.desk import CheckDesk
    from api.cli.choosing import kitchen_here
    from api.people import OPERATOR

    with opened(data) as house:
        owner = kitchen_here(house, kitchen)
        desk = CheckDesk(owner, OPERATOR, house.clock.now(), house.ids)
        with house.database.begin(lock=f"checks/{owner.kitchen_id}") as session:
            yield session, desk


def _discarded(service: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is discarded: the id to lift it by, and the batch or box with the control point."""
    for batch in service["batches"]:
        for point in batch["points"]:
            if point["state"] == "discard":
                yield point["ref"], f"{batch['code']} {point['name']}"
    for box in service["boxes"]:
        if box["state"] == "discard":
            yield box["ref"], f"{box['code']} {box['name']}"


def _answers(texts: list[str]) -> dict[str, str]:
    for text in texts:
        if "=" not in text:
            raise typer.BadParameter("key=answer", param_hint="KEY=ANSWER")
    return {key.strip(): answer for key, _, answer in (text.partition("=") for text in texts)}


def _word(text: str) -> Any:
    from api.words import gettext

    return gettext(text, cli_language())
