"""Charities' funds: what came in, what the meals that stand drew, and never less than nothing left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.day.funds import hold_funds
from api.permissions import Actor, ensure
from api.reports.facts import Named
from api.settlement.parties import named_in
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.money import yuan
from orders.programmes.benefits import CostShare
from orders.programmes.schema import Programme, read_programme
from orders.store.funds import KeptMovement, load_movements, save_movement
from orders.store.ledger import paid_by
from orders.store.programmes import load_newest_revisions, load_revisions


@dataclass(frozen=True, slots=True)
class NewMovement:
    """
    Money that came in.

    Parameters
    ----------
    programme_id, fund
        Whose fund, by the name that the programme's share has.
    amount_fen
        How much, fen; below 0 takes an earlier entry back.
    reference
        Who gave it, and by which paper.
    at
        When it came; None for now.
    """

    programme_id: str
    fund: str
    amount_fen: int
    reference: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FundState:
    """
    A fund as it stands.

    Parameters
    ----------
    programme_id, fund
        Which.
    drawn_fen
        What the bills that stand drew, fen.
    movements
        What came in, the earliest first.
    """

    programme_id: str
    fund: str
    drawn_fen: int
    movements: Sequence[KeptMovement]

    @property
    def in_fen(self) -> int:
        """What came in, fen."""
        return sum(one.amount_fen for one in self.movements)

    @property
    def balance_fen(self) -> int:
        """What is left, fen."""
        return self.in_fen - self.drawn_fen


def add_to_fund(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, new: NewMovement
) -> FundState:
    """
    Writes down what came into a fund, or takes an entry back; gives the fund as it stands then.

    Raises
    ------
    NotFound
        When there is no such programme.
    BadInput
        When it has no such fund, the amount is 0, nobody is named, or the money is still to come.
    Conflict
        ``fund_short`` when less is left than is taken back.
    """
    ensure(actor, "fund.add")
    names = _funds_of(session, new.programme_id)
    if new.fund not in names:
        known = ", ".join(sorted(names)) or "-"
        raise BadInput("fund_unknown", programme=new.programme_id, fund=new.fund, funds=known)
    if not new.amount_fen or not new.reference.strip():
        raise BadInput("fund_incomplete")
    if new.at is not None and new.at > now_at:
        raise BadInput("fund_later", at=new.at.isoformat())
    hold_funds(session, new.programme_id)
    left_fen = fund_state(session, new.programme_id, new.fund).balance_fen
    if new.amount_fen < 0 and left_fen + new.amount_fen < 0:
        raise Conflict("fund_short", fund=new.fund, left=yuan(left_fen))
    kept = KeptMovement(
        movement_id=ids.new(),
        programme_id=new.programme_id,
        fund=new.fund,
        at=new.at or now_at,
        amount_fen=new.amount_fen,
        reference=new.reference.strip(),
        recorded_by=actor.user_id,
        recorded_at=now_at,
    )
    save_movement(session, kept)
    detail = {"fund": new.fund, "amount_fen": new.amount_fen, "movement": kept.movement_id}
    record(session, actor, "fund.add", new.programme_id, now_at, detail)
    return fund_state(session, new.programme_id, new.fund)


def fund_document(state: FundState) -> dict[str, Any]:
    """A fund as endpoints and commands tell of it."""
    return {
        "programme": state.programme_id,
        "fund": state.fund,
        "in_fen": state.in_fen,
        "drawn_fen": state.drawn_fen,
        "balance_fen": state.balance_fen,
        "movements": [
            {
                "movement_id": one.movement_id,
                "at": one.at.isoformat(),
                "amount_fen": one.amount_fen,
                "reference": one.reference,
                "recorded_by": one.recorded_by,
                "recorded_at": one.recorded_at.isoformat(),
            }
            for one in state.movements
        ],
    }


def list_funds(session: Session, actor: Actor, programme_id: str | None = None) -> list[FundState]:
    """
    Every fund that a programme draws on, empty ones too, by programme and name.

    Raises
    ------
    NotFound
        When there is no such programme.
    """
    ensure(actor, "fund.read")
    wanted = [programme_id] if programme_id else [one.programme_id for one in load_newest_revisions(session)]
    return [fund_state(session, one, fund) for one in wanted for fund in sorted(_funds_of(session, one))]


def fund_state(session: Session, programme_id: str, fund: str) -> FundState:
    """One fund, as it stands in this transaction."""
    movements = [one for one in load_movements(session, programme_id) if one.fund == fund]
    drawn = paid_by(session, programme_id, [fund])
    return FundState(programme_id, fund, drawn.get(fund, 0), movements)


def names_of_fund(session: Session, programme_id: str, fund: str) -> tuple[Named, Named]:
    """The names of a programme and of one of its funds."""
    programme = _revisions(session, programme_id)[-1]
    return Named(programme.programme.name.zh, programme.programme.name.en), named_in(programme, fund)


def _funds_of(session: Session, programme_id: str) -> set[str]:
    """The funds that any revision of a programme draws on."""
    programmes = _revisions(session, programme_id)
    shares = [one for read in programmes for one in read.benefits if isinstance(one, CostShare)]
    return {step.from_ for one in shares for step in one.steps if step.while_fund_lasts}


def _revisions(session: Session, programme_id: str) -> list[Programme]:
    kept = load_revisions(session, programme_id)
    if not kept:
        raise NotFound("programme", programme_id)
    return [read_programme({**one.body, "revision": one.revision}) for one in kept]
