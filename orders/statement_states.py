"""The life of a statement: drafted, submitted, returned, resubmitted, signed step by step, paid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from orders.codes import Coded
from orders.errors import BadInput, Conflict
from orders.programmes.paying import Settlement

ActKind = Literal["submit", "return", "resubmit", "sign", "pay"]
State = Literal["draft", "submitted", "returned", "signed", "paid"]
OPEN: frozenset[State] = frozenset({"draft", "returned"})
"""States in which a statement may still be made anew from its meals."""


@dataclass(frozen=True, slots=True)
class StatementAct:
    """
    What a person did with a statement.

    Parameters
    ----------
    kind
        Submitted, returned, submitted again, signed or paid.
    step
        Which approval a signature is; empty for other acts.
    note
        Why it was returned; reference of the pay file.
    user_id, user_name, role
        Who.
    at
        When.
    """

    kind: ActKind
    step: str
    note: str
    user_id: str
    user_name: str
    role: str
    at: datetime

    def __post_init__(self) -> None:
        if self.kind == "return" and not self.note.strip():
            raise BadInput("return_needs_reason")


@dataclass(frozen=True, slots=True)
class Standing:
    """
    Where a statement stands.

    Parameters
    ----------
    state
        Name.
    signed
        Steps signed since it was last submitted.
    waiting_for
        The step whose signature is next, None when none is.
    """

    state: State
    signed: tuple[str, ...] = ()
    waiting_for: str | None = None


def steps_of(settlement: Settlement) -> tuple[str, ...]:
    """
    Whose signatures a settlement needs, in order.

    The programme's approvals; else the hands the money goes through before the payee; else the payer alone.
    """
    if settlement.approvals:
        return settlement.approvals
    hands = tuple(hand for hand in settlement.flow if hand != settlement.payee)
    return hands or settlement.payers


def standing_of(acts: Iterable[StatementAct], steps: Sequence[str]) -> Standing:
    """Where a statement stands after these acts; without steps a submitted one is signed at once."""
    state: State = "draft"
    signed: tuple[str, ...] = ()
    for act in acts:
        if act.kind in ("submit", "resubmit"):
            state, signed = ("submitted" if steps else "signed"), ()
        elif act.kind == "return":
            state, signed = "returned", ()
        elif act.kind == "sign":
            signed = (*signed, act.step)
            state = "signed" if len(signed) == len(steps) else "submitted"
        else:
            state = "paid"
    return Standing(state, signed, steps[len(signed)] if state == "submitted" else None)


MAY: dict[ActKind, frozenset[State]] = {
    "submit": frozenset({"draft"}),
    "return": frozenset({"submitted"}),
    "resubmit": frozenset({"returned"}),
    "sign": frozenset({"submitted"}),
    "pay": frozenset({"signed"}),
}


def ensure_act(standing: Standing, kind: ActKind, step: str = "") -> None:
    """
    Refuses an act that the statement's standing does not allow.

    Raises
    ------
    Conflict
        ``statement_state``, or ``statement_step`` when another signature comes first.
    """
    if standing.state not in MAY[kind]:
        raise Conflict("statement_state", state=standing.state, act=kind)
    if kind == "sign" and step != standing.waiting_for:
        raise Conflict("statement_step", step=step, waiting_for=standing.waiting_for or "")


def four_eyes(acts: Iterable[StatementAct], user_id: str, *, payers_step: bool) -> Coded | None:
    """
    Why a person may not sign a statement: what one hands in another signs, and each step is another's.

    Parameters
    ----------
    acts
        What was done with it, in order.
    user_id
        Who wants to sign.
    payers_step
        Whether the signature is the payer's side's; a payee may sign what it handed in itself.

    Returns
    -------
    Coded | None
        ``you_handed_it_in`` or ``you_signed_before``; None when the person may sign.
    """
    handed_in, signed = False, ""
    for act in acts:
        if act.kind in ("submit", "resubmit"):
            handed_in, signed = handed_in or act.user_id == user_id, ""
        elif act.kind == "return":
            signed = ""
        elif act.kind == "sign" and act.user_id == user_id:
            signed = act.step
    if signed:
        return Coded("you_signed_before", {"step": signed})
    return Coded("you_handed_it_in") if handed_in and payers_step else None
