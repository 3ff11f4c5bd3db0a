"""``holdchain carrier``: where each carrier is, what was done with it, what sites owe."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.choosing import KitchenOption
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.carriers.desk import CarrierDesk


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Carriers: washed, packed, out, back, lost.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("event")(event)
    group.command("balance")(balance)
    app.add_typer(group, name="carrier")


def list_(
    code: Annotated[str | None, typer.Argument(help="One carrier, with its newest events.")] = None,
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Lists the carriers and how each stands. Example: holdchain carrier list G05"""
    from api.carriers.desk import need_carrier
    from api.carriers.documents import carrier_document, carriers_document, event_document
    from api.carriers.views import carrier_file, carriers_view

    out = Out(json)
    with _desk(data, kitchen) as (session, desk):
        if code is None:
            facts = carriers_document(carriers_view(session, desk), cli_language())
        else:
            view, events = carrier_file(session, desk, need_carrier(session, desk.kitchen.kitchen_id, code))
            one = carrier_document(view, cli_language())
            facts = {"carriers": [one], "events": [event_document(each) for each in events]}
    for one in facts["carriers"]:
        out.line(f"{one['code']}  {one['words']}  {one['since_at'] or '-'}  {one['site'] or ''}".rstrip())
    for each in facts.get("events", []):
        mark = "x" if each["withdrawn"] else " "
        out.line(f"  {mark} {each['at']}  {_word('carrier_act.' + each['act'])}  {each['person']}".rstrip())
    for finding in facts.get("findings", []):
        out.line(finding["words"])
    out.result(facts)


def event(
    act: Annotated[
        str, typer.Argument(help="vouch, preheat, return, wash, ready, repair, mend, lose, find or back.")
    ],
    codes: Annotated[list[str], typer.Argument(help="Codes of the carriers.")],
    method: Annotated[str, typer.Option(help="Of a wash: a code of carriers.toml.")] = "",
    person: Annotated[str, typer.Option(help="Of a wash: who did it, by name.")] = "",
    reason: Annotated[
        str, typer.Option(help="What is wrong, where it was seen last, why it goes back.")
    ] = "",
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Writes down what was done with carriers; ``back`` takes the last event of each back.

    Example: holdchain carrier event wash G05 G06 --method machine --person "Wang"
    """
    from api.carriers.desk import BY_HAND, CarrierTold, take_back_event, write_down

    told = next((one for one in BY_HAND if one == act), None)
    if told is None and act != "back":
        raise typer.BadParameter(f"one of {', '.join(BY_HAND)}, back", param_hint="ACT")
    out = Out(json)
    with _desk(data, kitchen) as (session, desk):
        if told is None:
            for code in codes:
                take_back_event(session, desk, code, reason)
            found: dict[str, str | None] = dict.fromkeys(codes)
        else:
            done = write_down(session, desk, codes, CarrierTold(told, method, person, reason))
            found = {code: one.state for code, one in done.items()}
    for code, state in found.items():
        out.line(f"{code}  {_word(f'carrier_state.{state}') if state else _word('Taken back')}")
    out.result({"act": act, "carriers": [{"code": code, "state": state} for code, state in found.items()]})


def balance(kitchen: KitchenOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """Says which carriers each site has of ours. Example: holdchain carrier balance"""
    from api.carriers.documents import balance_document
    from api.carriers.views import carriers_view

    with _desk(data, kitchen) as (session, desk):
        view = carriers_view(session, desk)
    facts = balance_document(view.owed)
    out = Out(json)
    for one in facts:
        words = _word("{site}: {empty} empty, {other} not empty").format(
            site=one["site"], empty=len(one["empty"]), other=len(one["not_empty"])
        )
        out.line(f"{words}  {' '.join([*one['empty'], *one['not_empty']])}")
    missing = [one.carrier.code for one in view.missing]
    if missing:
        out.line(_word("Not back since before today: {codes}").format(codes=" ".join(missing)))
    out.result({"sites": facts, "missing": missing})


@contextmanager
def _desk(data: Path | None, kitchen: str | None) -> "Iterator[tuple[Session, CarrierDesk]]":
    """One transaction at the carriers of the kitchen that is meant."""
    from api.carriers.desk import CarrierDesk
    from api.cli.choosing import kitchen_here
    from api.people import OPERATOR

    with opened(data) as house:
        desk = CarrierDesk(kitchen_here(house, kitchen), OPERATOR, house.clock.now(), house.ids)
        with house.database.begin() as session:
            yield session, desk


def _word(text: str) -> str:
    from api.words import gettext

    return gettext(text, cli_language())
