"""Deliver: a meal is carried to its diner's door, handed over with proof, or comes back undelivered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hmac import compare_digest

from sqlmodel import Session

from api.audit import record
from api.day.hand_over import HandOver, sign
from api.day.judging import judge_boxes
from api.day.second_meals import programmes_at_table
from api.day.serve import Answer, Claim, give
from api.day.table import Desk, Table, ensure_here, free_probes, judged, load_table
from api.moments import happened
from orders.codes import Coded
from orders.diners import Diner
from orders.drops import (
    LARGEST_PROOF_BYTES,
    MOST_WRONG_WORDS,
    WORD_WRONG,
    Drop,
    DropOutcome,
    Proof,
    ProofKind,
    code_word,
    picture,
)
from orders.errors import BadInput, Conflict, NotFound
from orders.order import Order
from orders.receipts import TurnedAway
from orders.store.diners import load_diners
from orders.store.drops import count_turned_away, save_drop, save_proof, save_turned_away
from orders.store.receipts import Discard, save_discard
from orders.store.sites import load_sites

OWN_KIND = {"volunteer": "volunteer", "driver": "driver"}
STAFF = "site_staff"


@dataclass(frozen=True, slots=True)
class Told:
    """
    What a carrier says about one meal.

    Parameters
    ----------
    order_code, outcome
        Whose meal, and what became of it at the door.
    signature, photo
        Bytes of a picture that proves the hand-over; empty for none.
    word
        What the diner said, to be compared with the order's code word; empty for none.
    reason
        What the carrier adds.
    carrier_kind
        As the programme names its carriers; empty goes by the carrier's role.
    core_c
        Core of the box, where the van hands it over itself; None when nobody measured.
    happened_at, offline
        When; whether a phone without network kept it.
    """

    order_code: str
    outcome: DropOutcome
    signature: bytes = b""
    photo: bytes = b""
    word: str = ""
    reason: str = ""
    carrier_kind: str = ""
    core_c: float | None = None
    happened_at: datetime | None = None
    offline: bool = False


def take_along(
    session: Session,
    desk: Desk,
    order_codes: Sequence[str],
    carrier_kind: str = "",
    happened_at: datetime | None = None,
) -> list[Answer]:
    """
    A carrier takes meals from a site to their doors.

    Parameters
    ----------
    session, desk, order_codes
        Open transaction; from where and by whom; which meals.
    carrier_kind, happened_at
        As on `Told`.

    Returns
    -------
    list[Answer]
        One an order: taken, with its portions, or refused because it is unknown here, was served, has not
        come, is carried by another, has nothing left or only what was discarded, is not reheated, has an
        open clash, or cannot be at the last door by its last moment. Refusals are kept.
    """
    service, site_id, actor = desk.service, desk.site_id, desk.actor
    ensure_here(session, actor, "drop.deliver", service, site_id)
    at = happened(happened_at, desk.now_at)
    table = load_table(session, service, site_id, to_judge=True)
    own = load_diners(session, [site_id]) if actor.role == "volunteer" else None
    wanted = [table.orders[code] for code in order_codes if code in table.orders]
    boxes = {packing.box.box_id for order in wanted for packing in table.boxes_of(order)}
    table = judged(session, table, boxes, desk.now_at, desk.ids)
    answers = [_taken(session, desk, table, code, own, (carrier_kind, at)) for code in order_codes]
    detail = {"taken": sum(one.refused is None for one in answers), "asked": len(answers)}
    record(session, actor, "drop.deliver/take", f"{service.key}/{site_id}", desk.now_at, detail)
    return answers


def report_drop(session: Session, desk: Desk, told: Told, word_key: bytes) -> Answer:
    """
    A carrier's word from the door, of a meal from the desk's canteen or of the home where the van stops,
    which is signed for in the same act.

    Parameters
    ----------
    session, desk, told
        Open transaction, whose refusals the caller commits; where and by whom; the word.
    word_key
        The house's key for code words.

    Returns
    -------
    Answer
        Of a hand-over as of a serving; a refusal is kept and leaves the meal with its carrier. Of any other
        word: nothing given, and the meal thrown away.

    Raises
    ------
    MealError
        When the order is unknown or ended before, its proof is none, or the van's box cannot be accepted.
    """
    ensure_here(session, desk.actor, "drop.deliver", desk.service, desk.site_id)
    table = load_table(session, desk.service, desk.site_id, to_judge=True)
    order = _reportable(session, desk, table, told)
    if told.outcome == "taken":
        return take_along(session, desk, [order.code], told.carrier_kind, told.happened_at)[0]
    at = happened(told.happened_at, desk.now_at)
    wrong = _wrong_word(session, order, told, word_key)
    if wrong is not None:
        return _turned_away(session, desk, order, wrong)
    return _told(session, desk, table, order, told, at)


def _told(session: Session, desk: Desk, table: Table, order: Order, told: Told, at: datetime) -> Answer:
    """The word of a meal's end is kept with its proof and in the audit."""
    proof, kept = _proof(order, told)
    table = _signed_for(session, desk, table, told, at)
    if told.outcome == "handed_over":
        claim = Claim(order.code, at, told.offline, "door")
        [answer] = give(session, table, [claim], desk.actor.user_id, desk.now_at, desk.ids)
    else:
        answer = Answer(order.code, 0, None)
        _thrown(session, desk, table, order, told, at)
    if answer.refused is None:
        if kept is not None:
            save_proof(session, kept, desk.now_at)
        drop = _drop(session, desk, table, order, told)
        drop = replace(drop, happened_at=at, proof=proof, proof_digest=kept.digest if kept else "")
        save_drop(session, desk.service, desk.ids.new(), drop)
    outcome = answer.refused.code if answer.refused else told.outcome
    detail = {"order": order.code, "outcome": outcome, "proof": proof or ""}
    record(session, desk.actor, "drop.deliver", f"{desk.service.key}/{desk.site_id}", desk.now_at, detail)
    return answer


def _reportable(session: Session, desk: Desk, table: Table, told: Told) -> Order:
    """The order that a word is about, which has not ended in another word yet."""
    order = table.orders.get(told.order_code)
    if order is None:
        raise NotFound("order", told.order_code)
    if desk.actor.role == "volunteer" and not _is_carried(order, load_diners(session, [desk.site_id])):
        raise Conflict("not_for_delivery", order=order.code)
    earlier = table.drops.get(order.order_id)
    if earlier is not None and earlier.outcome not in ("taken", "handed_over"):
        raise Conflict("drop_ended", order=order.code, outcome=earlier.outcome)
    if earlier is not None and desk.actor.role == "volunteer" and earlier.carried_by != desk.actor.user_id:
        raise Conflict("carried_by_another", order=order.code)
    return order


def _drop(session: Session, desk: Desk, table: Table, order: Order, told: Told) -> Drop:
    """A word without its proof; what staff note for somebody else stays with who took it."""
    earlier = table.drops.get(order.order_id)
    by_other = earlier is not None and desk.actor.role not in OWN_KIND
    return Drop(
        order_id=order.order_id,
        site_id=desk.site_id,
        outcome=told.outcome,
        carrier_kind=_carrier_kind(session, desk, order, told.carrier_kind, earlier),
        carried_by=earlier.carried_by if earlier is not None and by_other else desk.actor.user_id,
        happened_at=desk.now_at,
        recorded_at=desk.now_at,
        reason=told.reason,
        offline=told.offline,
    )


def _taken(
    session: Session,
    desk: Desk,
    table: Table,
    code: str,
    own: Mapping[str, Diner] | None,
    by: tuple[str, datetime],
) -> Answer:
    """
    One meal is taken along, or the refusal is kept; ``own`` is None for who may take any meal.

    ``by`` is the kind of carrier, and when.
    """
    order, (carrier_kind, at) = table.orders.get(code), by
    refused = _not_to_be_taken(table, code, order, at)
    if order is None:
        return Answer(code, 0, refused)
    if refused is None and own is not None and not _is_carried(order, own):
        refused = Coded("not_for_delivery", {"order": code})
    if refused is None:
        told = Told(code, "taken", carrier_kind=carrier_kind)
        drop = replace(_drop(session, desk, table, order, told), happened_at=at)
        save_drop(session, desk.service, desk.ids.new(), drop)
        return Answer(code, table.portions(order), None)
    return _turned_away(session, desk, order, refused)


def _turned_away(session: Session, desk: Desk, order: Order, refused: Coded) -> Answer:
    """A refusal at the door is kept."""
    away = TurnedAway(
        site_id=desk.site_id,
        reason=refused,
        happened_at=desk.now_at,
        recorded_at=desk.now_at,
        by=desk.actor.user_id,
        order_id=order.order_id,
        diner_id=order.diner_id,
        identified_by="door",
    )
    save_turned_away(session, desk.service, desk.ids.new(), away)
    return Answer(order.code, 0, refused)


def _is_carried(order: Order, diners: Mapping[str, Diner]) -> bool:
    """Whether a volunteer is to bring the meal."""
    diner = diners.get(order.diner_id)
    return order.delivery == "volunteer" or (diner is not None and order.brought(diner) == "volunteer")


def _not_to_be_taken(table: Table, code: str, order: Order | None, now_at: datetime) -> Coded | None:
    """What speaks against carrying an order away now."""
    if order is None:
        return Coded("order_not_here", {"order": code})
    if order.order_id in table.acts.servings:
        return Coded("served_already_here", {"order": code})
    drop = table.drops.get(order.order_id)
    if drop is not None:
        return Coded("on_its_way" if drop.outcome == "taken" else "drop_ended_before", {"order": code})
    boxes = table.boxes_of(order)
    if not boxes:
        return Coded("nothing_to_serve", {"order": code})
    if not any(table.left(packing) > table.carried(packing) for packing in boxes):
        return Coded("nothing_left", {"order": code})
    if withheld := table.not_to_give(order, now_at):
        return withheld
    if code in table.clashing:
        return Coded("clash_unsettled", {"order": code})
    eat_by_at, way = table.eat_by_at(boxes), table.second_leg()
    if eat_by_at is not None and now_at + way > eat_by_at:
        minutes = int(way.total_seconds()) // 60
        return Coded(
            "too_late_to_carry", {"order": code, "eat_by_at": eat_by_at.isoformat(), "minutes": minutes}
        )
    return None


def _carrier_kind(session: Session, desk: Desk, order: Order, wanted: str, earlier: Drop | None) -> str:
    """
    The kind of carrier: a volunteer is one, a driver may be another of the programme's carriers.

    Raises
    ------
    BadInput
        When somebody claims a kind that the programme does not name.
    """
    actor = desk.actor
    if actor.role == "volunteer":
        return OWN_KIND["volunteer"]
    if not wanted:
        return earlier.carrier_kind if earlier else OWN_KIND.get(actor.role, STAFF)
    programme = programmes_at_table(session, desk.service, [order.diner_id]).get(order.diner_id)
    carriers = programme.delivery.carriers if programme else ()
    named = (
        {kind for leg in carriers.values() for kind in leg} if isinstance(carriers, dict) else set(carriers)
    )
    if wanted in named | {STAFF, *OWN_KIND.values()} and (actor.role != "driver" or wanted != "volunteer"):
        return wanted
    raise BadInput("carrier_unknown", carrier=wanted, known=", ".join(sorted(named)) or "-")


def _proof(order: Order, told: Told) -> tuple[ProofKind | None, Proof | None]:
    """What proves the hand-over: a picture that is one, or the word, which was found right."""
    if told.outcome != "handed_over":
        return None, None
    if body := told.signature or told.photo:
        if len(body) > LARGEST_PROOF_BYTES:
            raise BadInput("proof_too_large", bytes=len(body), limit=LARGEST_PROOF_BYTES)
        kept = picture(body)
        if kept is None:
            raise BadInput("proof_no_picture", order=order.code)
        return ("signature" if told.signature else "photo"), kept
    return ("code_word" if told.word else None), None


def _wrong_word(session: Session, order: Order, told: Told, word_key: bytes) -> Coded | None:
    """What speaks against the word of a hand-over; after some wrong ones only a picture proves it."""
    if told.outcome != "handed_over" or told.signature or told.photo:
        return None
    if count_turned_away(session, order.order_id, WORD_WRONG) >= MOST_WRONG_WORDS:
        return Coded("code_word_spent", {"order": order.code, "tries": MOST_WRONG_WORDS})
    right = code_word(order.order_id, word_key)
    if told.word and not compare_digest(told.word.strip().encode(), right.encode()):
        return Coded("code_word_wrong", {"order": order.code})
    return None


def _signed_for(session: Session, desk: Desk, table: Table, told: Told, at: datetime) -> Table:
    """The table once the boxes of a home are signed for; a canteen signs for its own."""
    sites = load_sites(session, desk.service.kitchen_id, desk.service.meal)
    unsigned = [box_id for box_id in table.boxes if box_id not in table.acts.receipts]
    if sites[desk.site_id].kind != "home" or not unsigned:
        return table
    accepted = told.outcome == "handed_over"
    said = HandOver(
        condition="accepted" if accepted else "refused",
        core_c=told.core_c,
        reason="" if accepted else told.reason or told.outcome,
    )
    for box_id in unsigned:
        sign(session, box_id, said, actor=desk.actor, now_at=desk.now_at, ids=desk.ids, happened_at=at)
    return load_table(session, desk.service, desk.site_id, to_judge=True)


def _thrown(session: Session, desk: Desk, table: Table, order: Order, told: Told, at: datetime) -> None:
    """What left the site and was not eaten is thrown away: nobody else may have it."""
    if order.order_id in table.acts.servings:
        raise Conflict("drop_ended", order=order.code, outcome="handed_over")
    boxes = table.boxes_of(order)
    for packing in boxes:
        portions = sum(one == order.order_id for one in packing.order_of.values())
        left = min(portions, table.left(packing))
        if left:
            box_id, by = packing.box.box_id, desk.actor.user_id
            note = Discard(desk.site_id, box_id, left, told.outcome, by, at, desk.now_at)
            save_discard(session, desk.service, desk.ids.new(), note)
    here = [packing.box.box_id for packing in boxes]
    free_probes(session, judge_boxes(session, here, desk.now_at, desk.ids), desk.now_at, desk.ids)
