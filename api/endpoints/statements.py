"""Statements: made from bills, submitted, returned, signed, checked, adjusted, paid."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.permissions import Actor
from api.settlement.acts import find_statement, resubmit, send_back, sign, standing, submit
from api.settlement.adjust import claw_back_lines, decide, propose_adjustments
from api.settlement.check import draw_check, record_visit
from api.settlement.files import FileKind, check_list_file, pay_file, statement_file
from api.settlement.listing import (
    adjustment_document,
    list_statements,
    made_document,
    statement_document,
)
from api.settlement.make import make_statements
from api.settlement.pay import pay_statements, set_account
from api.web.access import HouseHere, LanguageHere, may
from api.web.downloads import download
from orders.statement_states import Standing
from orders.store.adjustments import load_adjustments
from orders.store.payments import PayeeAccount

router = APIRouter(prefix="/api/v1", tags=["statements"])
Reader = Annotated[Actor, may("statement.read")]
Maker = Annotated[Actor, may("statement.make")]
Payer = Annotated[Actor, may("statement.pay")]
Adjuster = Annotated[Actor, may("statement.adjust")]
Checker = Annotated[Actor, may("statement.check")]
CheckReader = Annotated[Actor, may("check.read")]
Note = Annotated[str, Field(max_length=500)]


class Asked(BaseModel):
    """Which programme and days."""

    programme: str
    from_on: date
    to_on: date


class Making(Asked):
    """Which programme and days, and whether to work out other readings of unclear clauses."""

    effects: bool | None = None


class Proposing(Asked):
    """Which programme and days, and why they are settled anew."""

    note: Note = ""


class Reason(BaseModel):
    """Why."""

    note: Note


class Signing(BaseModel):
    """What a signer adds."""

    note: Note = ""


class StandingOut(BaseModel):
    """Where a statement stands."""

    statement_id: str
    state: str
    signed: list[str]
    waiting_for: str | None


class TakenBack(BaseModel):
    """Lines of a closed statement to take back, and why."""

    lines: list[int] = Field(min_length=1, max_length=10_000)
    reason: Literal["fraud", "claw_back"] = "claw_back"
    note: Note


class Decision(BaseModel):
    """A decision on a proposal."""

    approved: bool
    note: Note = ""


class Paying(BaseModel):
    """Statements to pay together."""

    statements: list[str] = Field(min_length=1, max_length=1000)


class PaymentOut(BaseModel):
    """One row of the bank's file."""

    payer: str
    payee: str
    holder: str
    reference: str
    amount_fen: int
    purpose: str


class PaidOut(BaseModel):
    """A pay file, and who owes money back instead."""

    pay_file_id: str
    total_fen: int
    payments: list[PaymentOut]
    to_collect: list[tuple[str, str, int]]


class Account(BaseModel):
    """An account."""

    holder: str = Field(max_length=200)
    reference: str = Field(max_length=100)


class Drawing(BaseModel):
    """How many lines to visit, and by which seed."""

    size: int = Field(ge=1, le=1000)
    seed: str = Field(default="", max_length=100)


class CheckOut(BaseModel):
    """A random check."""

    check_id: str
    statement_id: str
    seed: str
    lines: list[int]


class Visit(BaseModel):
    """What a visit found."""

    line_no: int
    found: Literal["confirmed", "denied", "not_met"]
    note: Note = ""


@router.get("/statements")
def statements(
    house: HouseHere, actor: Reader, programme: str | None = None, state: str = ""
) -> list[dict[str, Any]]:
    """The newest version of each statement that the asking person may see, by due date."""
    with house.database.read() as session:
        found = list_statements(session, actor, house.clock.now(), programme_id=programme, state=state)
    return [statement_document(one.head, one.state, one.waiting_for) for one in found]


@router.post("/statements/make")
def make(house: HouseHere, actor: Maker, asked: Making) -> list[dict[str, Any]]:
    """Drafts from the kept bills of closed periods; made again, the same bills change nothing."""
    with house.database.begin(lock=f"statements/{asked.programme}") as session:
        made = make_statements(
            session,
            actor,
            house.clock.now(),
            house.ids,
            programme_id=asked.programme,
            from_on=asked.from_on,
            to_on=asked.to_on,
            effects=asked.effects,
        )
    return [made_document(one) for one in made]


@router.get("/statements/{statement_id}")
def statement(house: HouseHere, actor: Reader, statement_id: str) -> dict[str, Any]:
    """One statement; its lines are in its files."""
    with house.database.read() as session:
        head = find_statement(session, actor, statement_id)
        now = standing(session, head)
    return statement_document(head, now.state, now.waiting_for)


@router.get("/statements/{statement_id}/file.{kind}", response_class=Response)
def file(
    house: HouseHere,
    actor: Reader,
    language: LanguageHere,
    statement_id: str,
    kind: FileKind,
    by: Annotated[Literal["day", "person"], Query()] = "day",
) -> Response:
    """The paper for signature (PDF), the spreadsheet (XLSX) or the rows (CSV)."""
    with house.database.begin() as session:
        made = statement_file(
            session, actor, house.clock.now(), statement_id, kind=kind, language=language, grouping=by
        )
    return download(made.name, made.content, made.media_type)


@router.post("/statements/{statement_id}/submit")
def submit_statement(
    house: HouseHere,
    actor: Annotated[Actor, may("statement.submit")],
    statement_id: str,
    why: Signing | None = None,
) -> StandingOut:
    """Hands a draft in; one that lacks unsettled days needs a note that says why it goes without them."""
    note = why.note if why else ""
    with house.database.begin(lock=statement_id) as session:
        return _out(statement_id, submit(session, actor, house.clock.now(), statement_id, note))


@router.post("/statements/{statement_id}/return")
def return_statement(
    house: HouseHere, actor: Annotated[Actor, may("statement.return")], statement_id: str, why: Reason
) -> StandingOut:
    """Sends a submitted statement back, with the reason."""
    with house.database.begin(lock=statement_id) as session:
        return _out(statement_id, send_back(session, actor, house.clock.now(), statement_id, why.note))


@router.post("/statements/{statement_id}/resubmit")
def resubmit_statement(
    house: HouseHere, actor: Annotated[Actor, may("statement.submit")], statement_id: str, why: Signing
) -> StandingOut:
    """Hands a returned statement in again, made anew where its bills changed."""
    with house.database.begin(lock=statement_id) as session:
        head = resubmit(session, actor, house.clock.now(), house.ids, statement_id, why.note)
        return _out(head.statement_id, standing(session, head))


@router.post("/statements/{statement_id}/sign")
def sign_statement(
    house: HouseHere, actor: Annotated[Actor, may("statement.sign")], statement_id: str, why: Signing
) -> StandingOut:
    """Signs the step that is next."""
    with house.database.begin(lock=statement_id) as session:
        return _out(statement_id, sign(session, actor, house.clock.now(), statement_id, why.note))


@router.post("/statements/{statement_id}/claw-back")
def take_back(house: HouseHere, actor: Adjuster, statement_id: str, back: TakenBack) -> list[dict[str, Any]]:
    """Proposes to take lines of a closed statement back."""
    with house.database.begin(lock=statement_id) as session:
        found = claw_back_lines(
            session,
            actor,
            house.clock.now(),
            house.ids,
            statement_id,
            back.lines,
            reason=back.reason,
            note=back.note,
        )
    return [adjustment_document(one) for one in found]


@router.post("/statements/{statement_id}/checks")
def check(house: HouseHere, actor: Checker, statement_id: str, drawing: Drawing) -> CheckOut:
    """Draws lines to visit."""
    with house.database.begin() as session:
        drawn = draw_check(
            session,
            actor,
            house.clock.now(),
            house.ids,
            statement_id,
            size=drawing.size,
            seed=drawing.seed,
        )
    return CheckOut(
        check_id=drawn.check_id, statement_id=statement_id, seed=drawn.seed, lines=list(drawn.line_nos)
    )


@router.get("/random-checks/{check_id}.pdf", response_class=Response)
def check_paper(house: HouseHere, actor: CheckReader, language: LanguageHere, check_id: str) -> Response:
    """A random check as a paper for the visits."""
    with house.database.begin() as session:
        made = check_list_file(session, actor, house.clock.now(), check_id, language)
    return download(made.name, made.content, made.media_type)


@router.post("/random-checks/{check_id}/visits", status_code=204)
def visit(house: HouseHere, actor: Checker, check_id: str, seen: Visit) -> None:
    """Writes down what a visit found."""
    with house.database.begin() as session:
        record_visit(
            session, actor, house.clock.now(), check_id, seen.line_no, found=seen.found, note=seen.note
        )


@router.get("/adjustments")
def adjustments(house: HouseHere, actor: Adjuster, programme: str | None = None) -> list[dict[str, Any]]:
    """Every adjustment with its decision."""
    with house.database.read() as session:
        return [adjustment_document(one) for one in load_adjustments(session, programme)]


@router.post("/adjustments")
def propose(house: HouseHere, actor: Adjuster, asked: Proposing) -> list[dict[str, Any]]:
    """Settles closed periods anew and proposes what differs; nothing is paid by it."""
    with house.database.begin(lock=f"statements/{asked.programme}") as session:
        found = propose_adjustments(
            session,
            actor,
            house.clock.now(),
            house.ids,
            programme_id=asked.programme,
            from_on=asked.from_on,
            to_on=asked.to_on,
            note=asked.note,
        )
    return [adjustment_document(one) for one in found]


@router.post("/adjustments/{adjustment_id}/decision", status_code=204)
def decision(house: HouseHere, actor: Adjuster, adjustment_id: str, decided: Decision) -> None:
    """Approves or refuses a proposal."""
    with house.database.begin() as session:
        decide(session, actor, house.clock.now(), adjustment_id, approved=decided.approved, note=decided.note)


@router.post("/pay-files")
def pay(house: HouseHere, actor: Payer, paying: Paying) -> PaidOut:
    """Makes the bank's file for signed statements and marks them paid."""
    with house.database.begin(lock="pay-files") as session:
        paid = pay_statements(session, actor, house.clock.now(), house.ids, paying.statements)
    names = PaymentOut.model_fields
    rows = [PaymentOut(**{name: getattr(one, name) for name in names}) for one in paid.file.payments]
    return PaidOut(
        pay_file_id=paid.file.pay_file_id,
        total_fen=paid.file.total_fen,
        payments=rows,
        to_collect=list(paid.to_collect),
    )


@router.get("/pay-files/{pay_file_id}.csv", response_class=Response)
def bank_file(house: HouseHere, actor: Payer, language: LanguageHere, pay_file_id: str) -> Response:
    """A pay file as the bank takes it."""
    with house.database.begin() as session:
        made = pay_file(session, actor, house.clock.now(), pay_file_id, language)
    return download(made.name, made.content, made.media_type)


@router.put("/payee-accounts/{payee}", status_code=204)
def account(house: HouseHere, actor: Payer, payee: str, kept: Account) -> None:
    """Keeps where a payee is paid from now on."""
    with house.database.begin() as session:
        where = PayeeAccount(payee, kept.holder, kept.reference)
        set_account(session, actor, house.clock.now(), house.ids, where)


def _out(statement_id: str, now: Standing) -> StandingOut:
    return StandingOut(
        statement_id=statement_id, state=now.state, signed=list(now.signed), waiting_for=now.waiting_for
    )
