"""``holdchain statement``: what the payers owe, from draft to the bank's file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import statement_after as after
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened
from api.cli.statement_after import FromOption, NoteOption, ProgrammeOption, StatementArgument, ToOption
from api.limits import EFFECTS_UP_TO

if TYPE_CHECKING:
    from api.settlement.listing import Listed
    from orders.statement_states import Standing


ByOption = Annotated[
    str, typer.Option("--by", help="Login of the person who does it; empty is the house's own user.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="What payers owe payees, from draft to payment.", no_args_is_help=True)
    for name, command in (
        ("make", make),
        ("list", list_),
        ("print", print_),
        ("submit", submit),
        ("return", return_),
        ("sign", sign),
        ("account", account),
        ("pay", pay),
        ("check", after.check),
        ("adjust", after.adjust),
        ("decide", after.decide),
        ("grant", after.grant),
        ("asset", after.asset),
    ):
        group.command(name)(command)
    app.add_typer(group, name="statement")


def make(
    programme: ProgrammeOption,
    from_on: FromOption,
    to_on: ToOption,
    effects: Annotated[
        bool | None,
        typer.Option(
            "--effects/--no-effects",
            help=f"Work out what other readings change (default: up to {EFFECTS_UP_TO} meals).",
        ),
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Drafts the statements of closed periods; made again, nothing changes.

    Example: holdchain statement make --programme changping-2023 --from 2023-04-01 --to 2023-06-30
    """
    from api.people import OPERATOR
    from api.settlement.listing import listed, made_document
    from api.settlement.make import make_statements

    with opened(data) as house, house.database.begin(lock=f"statements/{programme}") as session:
        made = make_statements(
            session,
            OPERATOR,
            house.clock.now(),
            house.ids,
            programme_id=programme,
            from_on=from_on.date(),
            to_on=to_on.date(),
            effects=effects,
        )
        shown = listed(session, [one.head for one in made], house.clock.now())
    out = Out(json)
    for one, known in zip(made, shown, strict=True):
        mark = "+" if one.is_new else "!" if one.differs else "="
        out.line(f"{mark} {_line(known)}  v{one.head.version}")
    out.result({"programme": programme, "statements": [made_document(one) for one in made]})


def list_(
    programme: Annotated[str | None, typer.Option(help="Only of this programme.")] = None,
    state: Annotated[str, typer.Option(help="Only draft, submitted, returned, signed or paid.")] = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Lists statements by due date. Example: holdchain statement list --state submitted"""
    from api.people import OPERATOR
    from api.settlement.listing import list_statements, statement_document
    from api.words import gettext

    with opened(data) as house, house.database.read() as session:
        found = list_statements(session, OPERATOR, house.clock.now(), programme_id=programme, state=state)
    out = Out(json)
    for one in found:
        out.line(f"{_line(one)}  {gettext('statement_state.' + one.state, cli_language())}")
    out.result({"statements": [statement_document(one.head, one.state, one.waiting_for) for one in found]})


def print_(
    statement: StatementArgument,
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")] = Path(),
    by: Annotated[str, typer.Option(help="Lines of the paper by day or by person.")] = "day",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Writes a statement's PDF, XLSX and CSV. Example: holdchain statement print 9A3F-0017 --out papers"""
    from api.people import OPERATOR
    from api.settlement.files import MEDIA_TYPES, statement_file
    from api.settlement.listing import named_statement
    from orders.errors import BadInput

    if by not in ("day", "person"):
        raise typer.BadParameter("day or person", param_hint="--by")
    out, files = Out(json), []
    with opened(data) as house, house.database.begin() as session:
        statement_id = named_statement(session, statement)
        for kind in MEDIA_TYPES:
            made = statement_file(
                session,
                OPERATOR,
                house.clock.now(),
                statement_id,
                kind=kind,
                language=cli_language(),
                grouping="person" if by == "person" else "day",
            )
            try:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / made.name).write_bytes(made.content)
            except OSError as error:
                raise BadInput("papers_out", out=str(folder)) from error
            files.append(str(folder / made.name))
            out.line(files[-1])
    out.result({"statement_id": statement_id, "files": files})


def submit(
    statement: StatementArgument,
    note: NoteOption = "",
    by: ByOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Hands a draft or a returned statement in. Example: holdchain statement submit 9A3F-0017 --by li"""
    from api.people import person_called
    from api.settlement import acts
    from api.settlement.listing import named_statement

    with opened(data) as house, house.database.begin() as session:
        now_at = house.clock.now()
        actor, statement_id = person_called(session, by), named_statement(session, statement)
        head = acts.find_statement(session, actor, statement_id)
        if acts.standing(session, head).state == "returned":
            head = acts.resubmit(session, actor, now_at, house.ids, statement_id, note)
        else:
            acts.submit(session, actor, now_at, statement_id, note)
        now = acts.standing(session, head)
    _said(Out(json), head.statement_id, now)


def return_(
    statement: StatementArgument,
    note: Annotated[str, typer.Option(help="What is wrong with it.")],
    by: ByOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Sends a statement back with a reason. Example: holdchain statement return 9A3F-0017 --note late"""
    from api.people import person_called
    from api.settlement.acts import send_back
    from api.settlement.listing import named_statement

    with opened(data) as house, house.database.begin() as session:
        actor, statement_id = person_called(session, by), named_statement(session, statement)
        now = send_back(session, actor, house.clock.now(), statement_id, note)
    _said(Out(json), statement_id, now)


def sign(
    statement: StatementArgument,
    note: NoteOption = "",
    by: ByOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Signs the step that is next; another person than who handed it in.

    Example: holdchain statement sign 9A3F-0017 --by wang
    """
    from api.people import person_called
    from api.settlement import acts
    from api.settlement.listing import named_statement

    with opened(data) as house, house.database.begin() as session:
        actor, statement_id = person_called(session, by), named_statement(session, statement)
        now = acts.sign(session, actor, house.clock.now(), statement_id, note)
    _said(Out(json), statement_id, now)


def account(
    payee: Annotated[str, typer.Argument(help="A site's id, or the programme's word for the payee.")],
    holder: Annotated[str, typer.Option(help="Name of the account's holder.")],
    reference: Annotated[str, typer.Option(help="How the bank knows the account.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Keeps where a payee is paid. Example: holdchain statement account C01 --holder NAME --reference 6222"""
    from api.people import OPERATOR
    from api.settlement.pay import set_account
    from orders.store.payments import PayeeAccount

    with opened(data) as house, house.database.begin() as session:
        kept = PayeeAccount(payee, holder, reference)
        set_account(session, OPERATOR, house.clock.now(), house.ids, kept)
    out = Out(json)
    out.line(f"{payee}  {holder}")
    out.result({"payee": payee})


def pay(
    statements: Annotated[list[str], typer.Argument(help="Signed statements, by id or number.")],
    file: Annotated[Path, typer.Option("--out", metavar="FILE", help="The bank's file, CSV.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Writes the bank's file for signed statements.

    Example: holdchain statement pay 9A3F-0017 --out pay.csv
    """
    from api.people import OPERATOR
    from api.reports.statement_tables import pay_file_csv
    from api.settlement.listing import named_statement
    from api.settlement.pay import pay_statements
    from orders.errors import BadInput
    from orders.money import yuan

    out = Out(json)
    with opened(data) as house, house.database.begin(lock="pay-files") as session:
        wanted = [named_statement(session, one) for one in statements]
        paid = pay_statements(session, OPERATOR, house.clock.now(), house.ids, wanted)
        try:
            file.write_bytes(pay_file_csv(paid.file, cli_language()))
        except OSError as error:
            raise BadInput("papers_out", out=str(file)) from error
    for one in paid.file.payments:
        out.line(f"{one.holder}  {one.reference}  {yuan(one.amount_fen)}")
    out.result(
        {
            "pay_file_id": paid.file.pay_file_id,
            "file": str(file),
            "payments": len(paid.file.payments),
            "total_fen": paid.file.total_fen,
            "statements": list(paid.file.statements),
            "to_collect": [
                {"payer": payer, "payee": payee, "amount_fen": -sum_fen}
                for payer, payee, sum_fen in paid.to_collect
            ],
        }
    )


def _line(one: "Listed") -> str:
    """One statement for people: number, day to pay by, whom, period, amount, and whether days are lacking."""
    from api.words import gettext
    from orders.money import yuan
    from orders.statements import said_days

    language, head = cli_language(), one.head
    whom = f"{one.payer.called(language)} -> {one.payee.called(language)}"
    once = head.period.label == "once"
    period = gettext("period.once", language) if once else head.period.label
    line = f"{one.number}  {head.due_on or '-'}  {whom}  {period}  {yuan(head.total_fen)}"
    if not head.is_partial:
        return line
    said = gettext("Partial: not settled when it was made: {days}", language)
    return f"{line}  {said.format(days=said_days(head.unsettled))}"


def _said(out: Out, statement_id: str, now: "Standing") -> None:
    from api.settlement.papers import number_of
    from api.words import gettext

    out.line(f"{number_of(statement_id)}  {gettext('statement_state.' + now.state, cli_language())}")
    out.result(
        {
            "statement_id": statement_id,
            "number": number_of(statement_id),
            "state": now.state,
            "signed": list(now.signed),
            "waiting_for": now.waiting_for,
        }
    )
