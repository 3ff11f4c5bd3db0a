"""Every portion followed from stage to stage; a portion that goes missing is named."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from orders.codes import Coded, Excepted


@dataclass(frozen=True, slots=True)
class Trail:
    """
    What each stage's own rows say about portions.

    Parameters
    ----------
    ordered
        Line id to order code, of locked lines that are to be cooked.
    cooked
        Line id to batch code.
    extra_portions
        Portions cooked beyond the orders.
    cooked_portions
        Portions of all batches, as the batches themselves count them.
    boxed
        Line id to box code.
    not_boxed
        Findings of kitchen and packing, each with its portions.
    received
        Box code to portions a site accepted.
    excepted
        Findings after the boxes were closed: refused, short, unserved.
    served
        Line ids of the orders that reached their diner.
    thrown
        Box code to portions that nobody claimed and that were thrown away.
    due
        Codes of boxes that must have come: their table has begun, or the service is settled.
    over
        Codes of boxes that must be empty: their table is closed, or the service is settled.
    drawn
        Box code to portions that walk-ins ate out of it; no order had them cooked.
    spare_cooked, spare_boxed
        Portions cooked for walk-ins, a part of ``extra_portions``; those of them in boxes, by box code.
    """

    ordered: Mapping[str, str]
    cooked: Mapping[str, str]
    extra_portions: int
    cooked_portions: int
    boxed: Mapping[str, str]
    not_boxed: tuple[Excepted, ...]
    received: Mapping[str, int]
    excepted: tuple[Excepted, ...]
    served: frozenset[str]
    thrown: Mapping[str, int]
    due: Collection[str]
    over: Collection[str]
    drawn: Mapping[str, int] = field(default_factory=dict)
    spare_cooked: int = 0
    spare_boxed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """
    The day's portions by stage, each from that stage's rows alone, and whatever does not agree.

    Parameters
    ----------
    portions_ordered, portions_cooked, portions_extra, portions_boxed, portions_not_boxed
        Portions.
    portions_delivered, portions_excepted
        Portions, the spare ones among them.
    portions_spare, portions_spare_boxed
        Portions for walk-ins: cooked, and in boxes; the rest of them stayed in the kitchen.
    missing
        Portions that one stage has and the next has not, by the order or box that shows it.
    """

    portions_ordered: int
    portions_cooked: int
    portions_extra: int
    portions_boxed: int
    portions_not_boxed: int
    portions_delivered: int
    portions_excepted: int
    missing: tuple[Excepted, ...]
    portions_spare: int = 0
    portions_spare_boxed: int = 0


def reconcile(trail: Trail) -> Counts:
    """
    Counts each stage and names what went missing between two of them.

    Parameters
    ----------
    trail
        The stages' rows.
    """
    missing = [
        *_lost("cooked_not_ordered", set(trail.cooked) - set(trail.ordered), trail.cooked),
        *_lost("ordered_not_cooked", set(trail.ordered) - set(trail.cooked), trail.ordered),
        *_unboxed(trail),
        *_undelivered(trail),
        *_unserved(trail),
    ]
    spare_boxed = sum(trail.spare_boxed.values())
    if spare_boxed > trail.spare_cooked:
        beyond = spare_boxed - trail.spare_cooked
        missing.append(Excepted(Coded("spare_not_cooked", {"difference": beyond}), "spare", beyond))
    if counted := trail.cooked_portions - len(trail.cooked) - trail.extra_portions:
        missing.append(
            Excepted(Coded("batch_count_differs", {"difference": counted}), "batches", abs(counted))
        )
    return Counts(
        portions_ordered=len(trail.ordered),
        portions_cooked=trail.cooked_portions,
        portions_extra=trail.extra_portions,
        portions_boxed=len(trail.boxed),
        portions_not_boxed=sum(item.portions for item in trail.not_boxed),
        portions_delivered=sum(trail.received.values()),
        portions_excepted=sum(item.portions for item in trail.excepted),
        missing=tuple(missing),
        portions_spare=trail.spare_cooked,
        portions_spare_boxed=spare_boxed,
    )


def _lost(code: str, line_ids: Iterable[str], refs: Mapping[str, str]) -> list[Excepted]:
    by_ref = Counter(refs[line_id] for line_id in line_ids)
    return [Excepted(Coded(code, {"ref": ref}), ref, portions) for ref, portions in sorted(by_ref.items())]


def _unboxed(trail: Trail) -> list[Excepted]:
    gone = set(trail.ordered) - set(trail.boxed)
    explained = sum(item.portions for item in trail.not_boxed)
    strays = _lost("boxed_not_ordered", set(trail.boxed) - set(trail.ordered), trail.boxed)
    return strays if len(gone) == explained else strays + _lost("cooked_not_boxed", gone, trail.ordered)


def _undelivered(trail: Trail) -> list[Excepted]:
    boxed = Counter(trail.boxed.values()) + Counter(trail.spare_boxed)
    explained = Counter[str]()
    for item in trail.excepted:
        explained[item.ref] += item.portions
    gaps = {code: count - trail.received.get(code, 0) - explained[code] for code, count in boxed.items()}
    return [
        Excepted(Coded("boxed_not_delivered", {"ref": code}), code, abs(gap))
        for code, gap in sorted(gaps.items())
        if gap and code in trail.due
    ]


def _unserved(trail: Trail) -> list[Excepted]:
    """Boxes of which other portions arrived than were eaten or thrown away."""
    eaten = Counter(code for line_id, code in trail.boxed.items() if line_id in trail.served)
    gaps = {
        code: arrived - min(eaten[code] + trail.drawn.get(code, 0), arrived) - trail.thrown.get(code, 0)
        for code, arrived in trail.received.items()
    }
    return [
        Excepted(Coded("delivered_not_served", {"ref": code}), code, abs(gap))
        for code, gap in sorted(gaps.items())
        if gap and code in trail.over
    ]
