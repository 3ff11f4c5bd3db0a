"""The statements' pages: what is due, one statement with its lines and acts, checks, pay files."""

import re
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.permissions import Actor
from api.settlement.acts import resubmit, send_back, sign, submit
from api.settlement.adjust import claw_back_lines, decide, propose_adjustments
from api.settlement.check import draw_check, record_visit
from api.settlement.files import FileKind, check_list_file, pay_file, statement_file
from api.settlement.funds import NewMovement, add_to_fund
from api.settlement.grants import Purchase, add_asset, give_grant
from api.settlement.make import make_statements
from api.settlement.pay import pay_statements, set_account
from api.settlement.views import check_view, list_view, pay_file_view, statement_view
from api.web.access import HouseHere, LanguageHere, may
from api.web.downloads import download
from api.web.render import render
from orders.errors import BadInput
from orders.money import fen
from orders.store.payments import PayeeAccount

router = APIRouter(prefix="/statements", include_in_schema=False)
Reader = Annotated[Actor, may("statement.read")]
Maker = Annotated[Actor, may("statement.make")]
Submitter = Annotated[Actor, may("statement.submit")]
Payer = Annotated[Actor, may("statement.pay")]
Adjuster = Annotated[Actor, may("statement.adjust")]
Giver = Annotated[Actor, may("grant.give")]
Checker = Annotated[Actor, may("statement.check")]
CheckReader = Annotated[Actor, may("check.read")]
Text = Annotated[str, Form(max_length=500)]
STATES = ("draft", "submitted", "returned", "signed", "paid")
NUMBERS = re.compile(r"^\s*\d+(\s*-\s*\d+)?(\s*[,，、 ]\s*\d+(\s*-\s*\d+)?)*\s*$")
MOST_LINES = 10_000


@router.get("")
def statements(request: Request, house: HouseHere, actor: Reader, state: str = "") -> Response:
    """What is due, by date."""
    wanted = state if state in STATES else ""
    with house.database.read() as session:
        view = list_view(session, actor, house.clock.now(), wanted)
    return render(request, "statements.html", view=view, state=wanted, states=STATES, actor=actor)


@router.post("/make")
def make(
    house: HouseHere,
    actor: Maker,
    programme: Annotated[str, Form()],
    from_on: Annotated[date, Form()],
    to_on: Annotated[date, Form()],
) -> Response:
    """Drafts the statements of closed periods."""
    with house.database.begin(lock=f"statements/{programme}") as session:
        make_statements(
            session,
            actor,
            house.clock.now(),
            house.ids,
            programme_id=programme,
            from_on=from_on,
            to_on=to_on,
        )
    return _to("/statements")


@router.post("/adjust")
def adjust(
    house: HouseHere,
    actor: Adjuster,
    programme: Annotated[str, Form()],
    from_on: Annotated[date, Form()],
    to_on: Annotated[date, Form()],
    note: Text = "",
) -> Response:
    """Settles closed periods anew and proposes what differs."""
    with house.database.begin(lock=f"statements/{programme}") as session:
        propose_adjustments(
            session,
            actor,
            house.clock.now(),
            house.ids,
            programme_id=programme,
            from_on=from_on,
            to_on=to_on,
            note=note,
        )
    return _to("/statements#adjustments")


@router.post("/adjustments/{adjustment_id}")
def decision(
    house: HouseHere,
    actor: Adjuster,
    adjustment_id: str,
    decided: Annotated[Literal["approve", "refuse"], Form()],
) -> Response:
    """Approves or refuses a proposal."""
    with house.database.begin() as session:
        decide(session, actor, house.clock.now(), adjustment_id, approved=decided == "approve")
    return _to("/statements#adjustments")


@router.post("/accounts")
def account(
    house: HouseHere,
    actor: Payer,
    payee: Annotated[str, Form(max_length=100)],
    holder: Annotated[str, Form(max_length=200)],
    reference: Annotated[str, Form(max_length=100)],
) -> Response:
    """Keeps where a payee is paid."""
    with house.database.begin() as session:
        set_account(session, actor, house.clock.now(), house.ids, PayeeAccount(payee, holder, reference))
    return _to("/statements#accounts")


@router.post("/funds")
def fund(
    house: HouseHere,
    actor: Annotated[Actor, may("fund.add")],
    fund: Annotated[str, Form(max_length=200)],
    amount: Annotated[str, Form(max_length=20)],
    reference: Annotated[str, Form(max_length=200)],
) -> Response:
    """Writes down what came into a charity's fund, or takes an entry back."""
    programme_id, _, name = fund.partition("/")
    sign_of = -1 if amount.strip().startswith("-") else 1
    new = NewMovement(programme_id, name, sign_of * _amount(amount.strip().removeprefix("-")), reference)
    with house.database.begin() as session:
        add_to_fund(session, actor, house.clock.now(), house.ids, new)
    return _to("/statements#funds")


@router.post("/grants")
def grant(
    house: HouseHere,
    actor: Giver,
    rule: Annotated[str, Form(max_length=200)],
    subject: Annotated[str, Form(max_length=100)],
    evidence: Text,
    amount: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Gives a grant once and makes its statement."""
    programme_id, _, benefit_id = rule.partition("/")
    with house.database.begin(lock=f"statements/{programme_id}") as session:
        now_at = house.clock.now()
        given = give_grant(
            session,
            actor,
            now_at,
            house.ids,
            programme_id=programme_id,
            benefit_id=benefit_id,
            subject=subject,
            evidence=evidence,
            amount_fen=_amount(amount) if amount.strip() else None,
        )
        make_statements(
            session,
            actor,
            now_at,
            house.ids,
            programme_id=programme_id,
            from_on=given.granted_on,
            to_on=given.granted_on,
        )
    return _to("/statements")


@router.post("/{statement_id}/assets")
def asset(
    house: HouseHere,
    actor: Giver,
    statement_id: str,
    grant_id: Annotated[str, Form()],
    name: Annotated[str, Form(max_length=200)],
    purpose: Annotated[str, Form(max_length=200)],
    cost: Annotated[str, Form(max_length=20)],
    bought_on: Annotated[date, Form()],
    document: Annotated[str, Form(max_length=200)],
) -> Response:
    """Records what a grant bought."""
    bought = Purchase(name, purpose, _amount(cost), bought_on, document)
    with house.database.begin() as session:
        add_asset(session, actor, house.clock.now(), house.ids, grant_id, bought)
    return _to(f"/statements/{statement_id}")


@router.post("/pay")
def pay(house: HouseHere, actor: Payer, chosen: Annotated[list[str], Form()]) -> Response:
    """Makes the bank's file for the ticked statements."""
    with house.database.begin(lock="pay-files") as session:
        paid = pay_statements(session, actor, house.clock.now(), house.ids, chosen)
    return _to(f"/statements/pay-files/{paid.file.pay_file_id}")


@router.get("/pay-files/{pay_file_id}.csv")
def bank_file(house: HouseHere, actor: Payer, language: LanguageHere, pay_file_id: str) -> Response:
    """The bank's rows."""
    with house.database.begin() as session:
        made = pay_file(session, actor, house.clock.now(), pay_file_id, language)
    return download(made.name, made.content, made.media_type)


@router.get("/pay-files/{pay_file_id}")
def pay_file_page(request: Request, house: HouseHere, actor: Payer, pay_file_id: str) -> Response:
    """A pay file as it was made."""
    with house.database.read() as session:
        view = pay_file_view(session, pay_file_id)
    return render(request, "pay_file.html", view=view)


@router.get("/checks/{check_id}.pdf")
def check_paper(house: HouseHere, actor: CheckReader, language: LanguageHere, check_id: str) -> Response:
    """A random check to take along."""
    with house.database.begin() as session:
        made = check_list_file(session, actor, house.clock.now(), check_id, language)
    return download(made.name, made.content, made.media_type)


@router.get("/checks/{check_id}")
def check_page(request: Request, house: HouseHere, actor: CheckReader, check_id: str) -> Response:
    """A random check: whom to visit, and what was found."""
    with house.database.read() as session:
        view = check_view(session, actor, house.clock.now(), check_id)
    return render(request, "check.html", view=view, actor=actor)


@router.post("/checks/{check_id}")
def visit(
    house: HouseHere,
    actor: Checker,
    check_id: str,
    line_no: Annotated[int, Form()],
    found: Annotated[str, Form()],
    note: Text = "",
) -> Response:
    """Writes down what a visit found."""
    with house.database.begin() as session:
        record_visit(session, actor, house.clock.now(), check_id, line_no, found=found, note=note)
    return _to(f"/statements/checks/{check_id}")


@router.get("/{statement_id}")
def statement(request: Request, house: HouseHere, actor: Reader, statement_id: str) -> Response:
    """One statement."""
    with house.database.read() as session:
        view = statement_view(session, actor, house.clock.now(), statement_id)
    return render(request, "statement.html", view=view, actor=actor, zone=view.paper.zone)


@router.get("/{statement_id}/file.{kind}")
def file(
    house: HouseHere,
    actor: Reader,
    language: LanguageHere,
    statement_id: str,
    kind: FileKind,
    by: Literal["day", "person"] = "day",
) -> Response:
    """Its paper, spreadsheet or rows."""
    with house.database.begin() as session:
        made = statement_file(
            session, actor, house.clock.now(), statement_id, kind=kind, language=language, grouping=by
        )
    return download(made.name, made.content, made.media_type)


@router.post("/{statement_id}/submit")
def hand_in(house: HouseHere, actor: Submitter, statement_id: str, note: Text = "") -> Response:
    """Hands a draft in; a partial one with the reason."""
    with house.database.begin(lock=statement_id) as session:
        submit(session, actor, house.clock.now(), statement_id, note)
    return _to(f"/statements/{statement_id}")


@router.post("/{statement_id}/return")
def give_back(
    house: HouseHere, actor: Annotated[Actor, may("statement.return")], statement_id: str, note: Text
) -> Response:
    """Sends it back with a reason."""
    with house.database.begin(lock=statement_id) as session:
        send_back(session, actor, house.clock.now(), statement_id, note)
    return _to(f"/statements/{statement_id}")


@router.post("/{statement_id}/resubmit")
def hand_in_again(house: HouseHere, actor: Submitter, statement_id: str, note: Text = "") -> Response:
    """Hands a returned one in again, made anew where its bills changed."""
    with house.database.begin(lock=statement_id) as session:
        head = resubmit(session, actor, house.clock.now(), house.ids, statement_id, note)
    return _to(f"/statements/{head.statement_id}")


@router.post("/{statement_id}/sign")
def sign_it(house: HouseHere, actor: Annotated[Actor, may("statement.sign")], statement_id: str) -> Response:
    """Signs the step that is next."""
    with house.database.begin(lock=statement_id) as session:
        sign(session, actor, house.clock.now(), statement_id)
    return _to(f"/statements/{statement_id}")


@router.post("/{statement_id}/check")
def check(
    house: HouseHere,
    actor: Checker,
    statement_id: str,
    size: Annotated[int, Form(ge=1, le=1000)],
    seed: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Draws lines to visit."""
    with house.database.begin() as session:
        drawn = draw_check(session, actor, house.clock.now(), house.ids, statement_id, size=size, seed=seed)
    return _to(f"/statements/checks/{drawn.check_id}")


@router.post("/{statement_id}/claw-back")
def take_back(
    house: HouseHere,
    actor: Adjuster,
    statement_id: str,
    lines: Annotated[str, Form(max_length=2000)],
    reason: Annotated[Literal["fraud", "claw_back"], Form()],
    note: Text,
) -> Response:
    """Proposes to take lines back."""
    with house.database.begin(lock=statement_id) as session:
        claw_back_lines(
            session,
            actor,
            house.clock.now(),
            house.ids,
            statement_id,
            _line_numbers(lines),
            reason=reason,
            note=note,
        )
    return _to(f"/statements/{statement_id}#corrections")


def _amount(text: str) -> int:
    """Yuan as a person writes them, in fen; `BadInput` when it is no amount."""
    try:
        return fen(text)
    except ValueError as error:
        raise BadInput("yuan_unreadable", text=text) from error


def _line_numbers(text: str) -> list[int]:
    """Line numbers as people write them, ``3, 7-9``; `BadInput` when it is anything else."""
    if not NUMBERS.match(text):
        raise BadInput("line_numbers", text=text)
    found: list[int] = []
    for first, last in re.findall(r"(\d+)\s*(?:-\s*(\d+))?", text):
        found += range(int(first), min(int(last or first), int(first) + MOST_LINES) + 1)
    return found


def _to(path: str) -> Response:
    return RedirectResponse(path, status_code=303)
