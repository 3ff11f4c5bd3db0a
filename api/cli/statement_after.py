"""What follows a statement at the terminal: random checks, adjustments, grants."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from api.settlement.views import Proposal
    from orders.store.adjustments import KeptAdjustment

StatementArgument = Annotated[str, typer.Argument(help="Its id, or its number as printed.")]
ProgrammeOption = Annotated[str, typer.Option(help="Id of the programme.")]
FromOption = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")]
ToOption = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")]
NoteOption = Annotated[str, typer.Option(help="Why, in words; kept with the act.")]


def check(
    statement: StatementArgument,
    size: Annotated[int, typer.Option(min=1, help="How many lines to visit.")] = 10,
    seed: Annotated[str, typer.Option(help="Draws the same lines again.")] = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Draws lines to visit, by a seed. Example: holdchain statement check 9A3F-0017 --size 20 --seed 7"""
    from api.people import OPERATOR
    from api.settlement.acts import find_statement
    from api.settlement.check import draw_check
    from api.settlement.listing import named_statement
    from api.settlement.papers import statement_paper

    with opened(data) as house, house.database.begin() as session:
        now_at = house.clock.now()
        statement_id = named_statement(session, statement)
        drawn = draw_check(session, OPERATOR, now_at, house.ids, statement_id, size=size, seed=seed)
        head = find_statement(session, OPERATOR, statement_id)
        lines = {line.line_no: line for line in statement_paper(session, head, now_at).lines}
    out = Out(json)
    out.line(f"seed {drawn.seed}")
    shown = [lines[number] for number in drawn.line_nos]
    for line in shown:
        where = line.site.called(cli_language())
        out.line(f"{line.line_no}  {line.service_on}  {line.order_code}  {line.diner_code}  {where}")
    out.result(
        {
            "check_id": drawn.check_id,
            "statement_id": statement_id,
            "seed": drawn.seed,
            "lines": [
                {
                    "line_no": line.line_no,
                    "service_on": line.service_on.isoformat(),
                    "order": line.order_code,
                    "diner": line.diner_code,
                    "site": line.site.called(cli_language()),
                }
                for line in shown
            ],
        }
    )


def adjust(
    programme: ProgrammeOption,
    from_on: FromOption,
    to_on: ToOption,
    note: NoteOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Settles closed periods anew and proposes what differs; nothing is paid by it.

    Example: holdchain statement adjust --programme changping-2023 --from 2023-04-01 --to 2023-06-30
    """
    from api.people import OPERATOR
    from api.settlement.adjust import propose_adjustments
    from api.settlement.views import proposals

    with opened(data) as house, house.database.begin(lock=f"statements/{programme}") as session:
        found = propose_adjustments(
            session,
            OPERATOR,
            house.clock.now(),
            house.ids,
            programme_id=programme,
            from_on=from_on.date(),
            to_on=to_on.date(),
            note=note,
        )
        shown = proposals(session, found)
    _told(Out(json), found, shown)


def decide(
    adjustments: Annotated[list[str], typer.Argument(help="Proposals, by id or number.")],
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse them instead of approving.")] = False,
    note: NoteOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Approves or refuses proposed adjustments. Example: holdchain statement decide ID --refuse"""
    from api.people import OPERATOR
    from api.settlement import adjust as adjusting
    from api.settlement.views import proposals
    from orders.store.adjustments import load_adjustments

    with opened(data) as house, house.database.begin() as session:
        wanted = [adjusting.named_adjustment(session, one) for one in adjustments]
        for one in wanted:
            adjusting.decide(session, OPERATOR, house.clock.now(), one, approved=not refuse, note=note)
        found = [one for one in load_adjustments(session) if one.adjustment_id in wanted]
        shown = proposals(session, found)
    _told(Out(json), found, shown)


def grant(
    programme: ProgrammeOption,
    benefit: Annotated[str, typer.Option(help="Id of the grant in the programme.")],
    to: Annotated[str, typer.Option(help="The site or person that gets it, by id.")],
    evidence: Annotated[str, typer.Option(help="What proves that its conditions are met.")],
    amount: Annotated[str, typer.Option(help="Yuan, for an award with tiers: what was decided.")] = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Gives a grant once, on evidence.

    Example: holdchain statement grant --programme P --benefit B --to C01 --evidence E7
    """
    from api.people import OPERATOR
    from api.settlement.grants import give_grant
    from api.settlement.papers import benefit_name
    from api.settlement.parties import body_names, party_name
    from api.settlement.rules import rules_at
    from orders.money import yuan

    with opened(data) as house, house.database.begin() as session:
        given = give_grant(
            session,
            OPERATOR,
            house.clock.now(),
            house.ids,
            programme_id=programme,
            benefit_id=benefit,
            subject=to,
            evidence=evidence,
            amount_fen=_fen(amount) if amount else None,
        )
        rules = rules_at(session, programme, given.granted_on)
        subject = party_name(rules, body_names(session), given.subject)
        name = benefit_name(rules, given.benefit_id)
    out = Out(json)
    out.line(f"{subject.called(cli_language())}  {name.called(cli_language())}  {yuan(given.amount_fen)}")
    granted_on = given.granted_on.isoformat()
    out.result({"grant_id": given.grant_id, "amount_fen": given.amount_fen, "granted_on": granted_on})


def asset(
    grant: Annotated[str, typer.Argument(help="Id of the grant.")],
    name: Annotated[str, typer.Option(help="What was bought.")],
    purpose: Annotated[str, typer.Option(help="One of the purposes that the programme names.")],
    cost: Annotated[str, typer.Option(help="Yuan.")],
    bought_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Day of the invoice.")],
    document: Annotated[str, typer.Option(help="Number of the invoice.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Records what a grant bought, and whose it is.

    Example: holdchain statement asset G --name Sign --purpose P --cost 80 --bought-on 2020-09-14 --document 7
    """
    from api.people import OPERATOR
    from api.settlement.grants import Purchase, add_asset

    bought = Purchase(name, purpose, _fen(cost), bought_on.date(), document)
    with opened(data) as house, house.database.begin() as session:
        kept = add_asset(session, OPERATOR, house.clock.now(), house.ids, grant, bought)
    out = Out(json)
    out.line(f"{kept.name}  {kept.owner}")
    out.result({"asset_id": kept.asset_id, "owner": kept.owner})


def _fen(text: str) -> int:
    from orders.money import fen

    try:
        return fen(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _told(out: Out, found: "Iterable[KeptAdjustment]", shown: "Iterable[Proposal]") -> None:
    from api.settlement.listing import adjustment_document
    from api.settlement.papers import number_of
    from orders.money import yuan

    for one in shown:
        due = one.kept.adjustment.due
        where = f"{due.service_on}  {one.payee.called(cli_language())}  {one.order_code}  {one.diner}"
        out.line(f"{number_of(one.kept.adjustment_id)}  {where}  {yuan(due.amount_fen)}")
    out.result({"adjustments": [adjustment_document(one) for one in found]})
