"""What a closed statement should have been: differences that name it, for a person to approve."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from orders.dues import Due

Reason = Literal["settled_again", "fraud", "claw_back"]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """
    An amount that a later statement pays or takes back for a closed one.

    Parameters
    ----------
    due
        What changes: its amount is the difference, negative where money comes back.
    statement_id
        The closed statement; empty where the meal's accounts are closed and its statement is still to come.
    line_no
        Its line, None where it has none for this meal.
    was_fen, now_fen
        What was paid for it so far, and what should have been, fen.
    reason
        ``"settled_again"`` (a backdated fact, a refund, a review that ended), ``"fraud"`` (confirmed), or
        ``"claw_back"``.
    """

    due: Due
    statement_id: str
    line_no: int | None
    was_fen: int
    now_fen: int
    reason: Reason

    def __post_init__(self) -> None:
        if self.due.amount_fen != self.now_fen - self.was_fen or not self.due.amount_fen:
            raise ValueError(f"{self.due.amount_fen} fen is not {self.was_fen} to {self.now_fen}, or is 0.")


def differences(
    statement_id: str,
    kept: Mapping[int, Due],
    fresh: Iterable[Due],
    adjusted: Iterable[Due] = (),
) -> list[Adjustment]:
    """
    What a closed statement's lines would be if its period were settled today.

    A meal that a review now holds is left as it was paid: holding takes nothing back.

    Parameters
    ----------
    statement_id
        The closed statement.
    kept
        Its own lines by number.
    fresh
        The same payer's dues to the same payee in the same period, settled anew.
    adjusted
        Earlier adjustments of this statement, waiting or approved, so that none is proposed twice.

    Returns
    -------
    list[Adjustment]
        By day, order and benefit; empty when nothing differs.
    """
    line_of: dict[Key, int] = {}
    paid: dict[Key, int] = {}
    example: dict[Key, Due] = {}
    for line_no, due in kept.items():
        key = _key(due)
        line_of.setdefault(key, line_no)
        example.setdefault(key, due)
        paid[key] = paid.get(key, 0) + (0 if due.held else due.amount_fen)
    for due in adjusted:
        paid[_key(due)] = paid.get(_key(due), 0) + due.amount_fen
        example.setdefault(_key(due), due)
    wanted: dict[Key, int] = {}
    held: set[Key] = set()
    for due in fresh:
        key = _key(due)
        example[key] = due
        wanted[key] = wanted.get(key, 0) + due.amount_fen
        if due.held:
            held.add(key)
    found = [
        _adjustment(example[key], statement_id, line_of.get(key), paid.get(key, 0), wanted.get(key, 0))
        for key in example
        if key not in held and paid.get(key, 0) != wanted.get(key, 0)
    ]
    return sorted(found, key=lambda one: _key(one.due))


def claw_back(
    statement_id: str,
    kept: Mapping[int, Due],
    line_nos: Iterable[int],
    adjusted: Iterable[Due] = (),
    *,
    reason: Reason = "claw_back",
) -> list[Adjustment]:
    """
    Takes whole lines of a closed statement back; what was taken back before is not taken twice.

    Raises
    ------
    KeyError
        When the statement has no such line.
    """
    before: dict[Key, int] = {}
    for due in adjusted:
        before[_key(due)] = before.get(_key(due), 0) + due.amount_fen
    found = []
    for line_no in sorted(set(line_nos)):
        due = kept[line_no]
        paid_fen = (0 if due.held else due.amount_fen) + before.pop(_key(due), 0)
        if paid_fen > 0:
            found.append(_adjustment(due, statement_id, line_no, paid_fen, 0, reason))
    return found


def _adjustment(
    due: Due,
    statement_id: str,
    line_no: int | None,
    was_fen: int,
    now_fen: int,
    reason: Reason = "settled_again",
) -> Adjustment:
    changed = replace(due, amount_fen=now_fen - was_fen, held=False, minutes=0)
    return Adjustment(changed, statement_id, line_no, was_fen, now_fen, reason)


def _key(due: Due) -> Key:
    return (
        due.service_on.isoformat(),
        due.order_id,
        due.benefit_id,
        due.diner_id,
        due.site_id,
    )
