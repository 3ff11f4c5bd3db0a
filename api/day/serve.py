"""Serve: a diner gets the meal, once, and not past its time; the table closes and leftovers are counted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from api.audit import record
from api.day.holds_facts import CONDEMNED, SPARE_LEFT
from api.day.judging import judge_boxes
from api.day.sealed import Guard, guards, meal_scanned
from api.day.second_meals import meals_of_day, programmes_at_table
from api.day.services import find_kitchen
from api.day.table import Table, emptied, ensure_here, free_probes, judge_table, judged, load_table
from api.moments import happened
from api.oversight.blacklist import persons_shut
from api.permissions import Actor, ensure
from orders.codes import Coded, Excepted, Param
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.order import Order
from orders.programmes.schema import Programme
from orders.receipts import IdentifiedBy, Serving, TurnedAway
from orders.service import Service, parse_service
from orders.store.drops import save_turned_away
from orders.store.ledger import load_bills
from orders.store.receipts import Discard, save_discard, save_servings, serving_of
from orders.store.services import save_order_exceptions
from orders.store.sites import load_sites

LEFT_OVER = "not_claimed"
UNDO_FOR = timedelta(seconds=10)
TRAVEL_FOR = timedelta(seconds=5)  # the tap of the tenth second is still on its way
ASKED = "scan_meal"
NEVER_GIVEN = frozenset({"order_not_here", "served_already", "nothing_to_serve"})


@dataclass(frozen=True, slots=True)
class Claim:
    """
    One diner at the table or at the door.

    Parameters
    ----------
    order_code
        Number of the order.
    happened_at
        When the meal was given; None is now.
    offline
        Whether a tablet without network kept it: then it has happened, and is noted in any case, with
        whatever speaks against it.
    identified_by, credential_id
        How the diner was known, and by which credential.
    meal
        What was scanned or typed from the sealed container that is given; empty before it is asked for.
    """

    order_code: str
    happened_at: datetime | None = None
    offline: bool = False
    identified_by: IdentifiedBy = "order_code"
    credential_id: str = ""
    meal: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What became of a claim.

    Parameters
    ----------
    order_code, portions
        Whose meal, and how many portions were given.
    refused
        Why it was not given, None when it was.
    serving_id
        Row of the serving, empty when refused: what an undo names.
    notes
        What the table should know of a meal that was given.
    """

    order_code: str
    portions: int
    refused: Coded | None
    serving_id: str = ""
    notes: tuple[Coded, ...] = ()


@dataclass(slots=True)
class _Round:
    """The claims of one message, answered one after the other."""

    table: Table
    by: str
    now_at: datetime
    site_names: Mapping[str, str]
    programmes: Mapping[str, Programme]
    eaten: dict[str, list[Serving]]
    shut: Collection[str]
    guards: Mapping[str, Guard]


def serve_meals(
    session: Session,
    service: Service,
    site_id: str,
    claims: Sequence[Claim],
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> list[Answer]:
    """
    Gives meals out at one site; each claim is answered on its own.

    Parameters
    ----------
    session
        Open transaction.
    service, site_id
        Which meal, where.
    claims
        Who stands at the table.
    actor, now_at, ids
        Who serves, when we learn of it, with which row ids.

    Returns
    -------
    list[Answer]
        One a claim, in order: given, or refused because the order is unknown here, was served before,
        was not delivered, has nothing left, is on hold or not reheated, has an open clash, suits its diner
        no more, is carried to its door, is past its last moment, or is a second meal that the programme
        refuses. Refused claims are kept too. A sealed meal is given only when its own container was scanned.
    """
    ensure_here(session, actor, "meal.serve", service, site_id)
    table = load_table(session, service, site_id, to_judge=True)
    answers = give(session, table, claims, actor.user_id, now_at, ids)
    refused = sum(answer.refused is not None for answer in answers)
    served = {"served": len(answers) - refused, "refused": refused}
    record(session, actor, "meal.serve", f"{service.key}/{site_id}", now_at, served)
    return answers


def give(
    session: Session, table: Table, claims: Sequence[Claim], by: str, now_at: datetime, ids: IdSource
) -> list[Answer]:
    """
    Answers claims at a table whose actor is known to be allowed, as `serve_meals` does.

    Parameters
    ----------
    session
        Open transaction.
    table
        As it stands, read `to_judge`.
    claims
        Who stands there.
    by, now_at, ids
        Who serves, as a user id; when we learn of it, with which row ids.
    """
    claimed = [table.orders[claim.order_code] for claim in claims if claim.order_code in table.orders]
    here = {packing.box.box_id for order in claimed for packing in table.boxes_of(order)}
    around = _round(session, judged(session, table, here, now_at, ids), claimed, by, now_at)
    answers = [_answered(session, around, claim, ids) for claim in claims]
    over = emptied(session, table, around.table)
    free_probes(session, judge_table(session, around.table, over, now_at, ids), now_at, ids)
    return answers


def take_back(
    session: Session, serving_id: str, reason: str = "", *, actor: Actor, now_at: datetime, ids: IdSource
) -> str:
    """
    Takes a serving back: within ten seconds as a slip of the hand, later with a reason.

    Returns
    -------
    str
        Id of the order, which may be served again.

    Raises
    ------
    NotFound
        When there is no such serving.
    Conflict
        When it was taken back before, or the service is settled.
    BadInput
        When ten seconds are over and no reason is given.
    """
    found = serving_of(session, serving_id)
    if found is None:
        raise NotFound("serving", serving_id)
    key, serving, stands = found
    service = parse_service(key, find_kitchen(session, parse_service(key).kitchen_id).zone)
    ensure_here(session, actor, "meal.serve", service, serving.site_id)
    table = load_table(session, service, serving.site_id)
    if not stands or not serving.portions:
        raise Conflict("serving_taken_back", at=serving.happened_at.isoformat())
    if load_bills(session, service):
        raise Conflict("settled_already", service=service.key)
    if not reason and now_at > serving.recorded_at + UNDO_FOR + TRAVEL_FOR:
        raise BadInput("undo_too_late", seconds=int(UNDO_FOR.total_seconds()))
    back = replace(serving, portions=0, recorded_at=now_at, drawn={})
    save_servings(session, service, [(ids.new(), back)], actor.user_id, serving_id, reason)
    judge_boxes(session, list(table.boxes), now_at, ids)
    subject = f"{service.key}/{serving.site_id}"
    record(session, actor, "meal.serve/take_back", subject, now_at, {"serving": serving_id})
    return serving.order_id


def close_table(
    session: Session,
    service: Service,
    site_id: str,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    happened_at: datetime | None = None,
    counted: int | None = None,
) -> int:
    """
    Closes a site's table: what nobody claimed is thrown away and counted, its probes are free again.

    What was discarded on hold is thrown away as such, and what was packed for walk-ins and that none of them
    got by itself: nobody's meal is lost so. What is on hold or on its way to a door stays: somebody's word
    ends it. Where somebody ``counted`` other portions than should be left, the difference is kept as an
    exception.

    Returns
    -------
    int
        Portions thrown away.
    """
    ensure(actor, "portions.discard", kitchen_id=service.kitchen_id, site_id=site_id)
    table, at = load_table(session, service, site_id), happened(happened_at, now_at)
    thrown = 0
    for box_id, packing in table.boxes.items():
        left = max(0, table.left(packing) - table.carried(packing) - table.held(packing))
        condemned = min(left, table.discarded(packing))
        spare = min(left - condemned, table.spare_left(packing))
        parts = (LEFT_OVER, left - condemned - spare), (SPARE_LEFT, spare), (CONDEMNED, condemned)
        for reason, portions in parts:
            if portions:
                note = Discard(site_id, box_id, portions, reason, actor.user_id, at, now_at)
                save_discard(session, service, ids.new(), note)
        thrown += left
    if counted is not None and counted != thrown:
        differs = Coded("left_over_differs", {"site": site_id, "counted": counted, "expected": thrown})
        save_order_exceptions(session, service, [(ids.new(), Excepted(differs, site_id, 0))], now_at)
    here = table.acts.receipts.keys() & table.boxes.keys()
    free_probes(session, judge_boxes(session, here, now_at, ids), now_at, ids)
    record(session, actor, "portions.discard", f"{service.key}/{site_id}", now_at, {"portions": thrown})
    return thrown


def _round(session: Session, table: Table, claimed: Sequence[Order], by: str, now_at: datetime) -> _Round:
    service, diners = table.service, sorted({order.diner_id for order in claimed})
    eaten = meals_of_day(session, service, diners)
    here = {packing.site.site_id: packing.site for packing in table.boxes.values()}
    given = (*eaten.values(), table.acts.servings.values())
    away = {serving.site_id for meals in given for serving in meals} - here.keys()
    sites = here | (load_sites(session, service.kitchen_id, service.meal, away) if away else {})
    return _Round(
        table=table,
        by=by,
        now_at=now_at,
        site_names={site_id: site.name for site_id, site in sites.items() if site.kind == "canteen"},
        programmes=programmes_at_table(session, service, diners),
        eaten=eaten,
        shut=persons_shut(session, diners, service.service_on),
        guards=guards(session, service, claimed),
    )


def _answered(session: Session, around: _Round, claim: Claim, ids: IdSource) -> Answer:
    """One claim: a serving is kept, or that it was refused."""
    table = around.table
    order, at = table.orders.get(claim.order_code), happened(claim.happened_at, around.now_at)
    doubt = Coded("order_not_here", {"order": claim.order_code})
    if order is not None:
        refused = _refusal(around, order, at, claim)
        if refused is None or (claim.offline and refused.code not in NEVER_GIVEN):
            return _given(session, around, claim, order, refused, ids)
        doubt = refused
        if refused.code == ASKED:
            return Answer(claim.order_code, 0, refused)
    claimed = TurnedAway(
        site_id=table.site_id,
        reason=doubt,
        happened_at=at,
        recorded_at=around.now_at,
        by=around.by,
        order_id=order.order_id if order else "",
        diner_id=order.diner_id if order else "",
        identified_by=claim.identified_by,
        offline=claim.offline,
    )
    save_turned_away(session, table.service, ids.new(), claimed)
    return Answer(claim.order_code, 0, doubt)


def _given(
    session: Session, around: _Round, claim: Claim, order: Order, doubt: Coded | None, ids: IdSource
) -> Answer:
    table, serving_id = around.table, ids.new()
    serving = Serving(
        order_id=order.order_id,
        site_id=table.site_id,
        portions=table.portions(order, believed=claim.offline),
        happened_at=happened(claim.happened_at, around.now_at),
        recorded_at=around.now_at,
        offline=claim.offline,
        identified_by=claim.identified_by,
        credential_id=claim.credential_id,
        doubt=doubt,
        drawn=table.draws(order),
    )
    replaces = table.acts.reopened.get(order.order_id)
    save_servings(session, table.service, [(serving_id, serving)], around.by, replaces)
    notes = _notes(around, order, serving)
    around.eaten.setdefault(order.diner_id, []).append(serving)
    served = {**table.acts.servings, order.order_id: serving}
    around.table = replace(table, acts=replace(table.acts, servings=served))
    return Answer(order.code, serving.portions, None, serving_id, notes)


def _refusal(around: _Round, order: Order, at: datetime, claim: Claim) -> Coded | None:
    """What speaks against giving an order out at this instant."""
    table = around.table
    if earlier := table.acts.servings.get(order.order_id):
        return Coded("served_already", _where(around, order, earlier))
    boxes = table.boxes_of(order)
    if not boxes or not table.portions(order, believed=True):
        return Coded("nothing_to_serve", {"order": order.code})
    if table.on_the_way(order) and claim.identified_by != "door":
        return Coded("on_its_way", {"order": order.code})
    if withheld := table.not_to_give(order, at):
        return withheld
    if order.code in table.clashing:
        return Coded("clash_unsettled", {"order": order.code})
    if unfit := around.guards[order.order_id].unfit:
        return unfit
    eat_by_at = table.eat_by_at(boxes)
    if eat_by_at is not None and at > eat_by_at:
        return Coded("past_eat_by", {"order": order.code, "eat_by_at": eat_by_at.isoformat()})
    programme, eaten = around.programmes.get(order.diner_id), around.eaten.get(order.diner_id, [])
    if programme is not None and programme.meals.second_meal == "refuse" and eaten:
        return Coded("ate_already_today", _where(around, order, eaten[0]))
    return _unscanned(around, order, claim)


def _unscanned(around: _Round, order: Order, claim: Claim) -> Coded | None:
    """At a table a sealed meal is scanned to its diner; at the door it carries the name of the house."""
    if not around.guards[order.order_id].sealed or claim.identified_by == "door":
        return None
    if not claim.meal:
        return Coded(ASKED, {"order": order.code})
    scanned = meal_scanned(around.table.service, claim.meal)
    return None if scanned == order.code else Coded("wrong_meal", {"order": order.code, "scanned": scanned})


def _notes(around: _Round, order: Order, serving: Serving) -> tuple[Coded, ...]:
    """What the table should know although the meal is given."""
    notes = []
    if eaten := around.eaten.get(order.diner_id, []):
        notes.append(Coded("second_meal", _where(around, order, eaten[0])))
    if serving.portions < order.portions:
        notes.append(
            Coded(
                "meal_incomplete",
                {"order": order.code, "portions": serving.portions, "ordered": order.portions},
            )
        )
    programme = around.programmes.get(order.diner_id)
    asked = programme is not None and programme.registration.identity_check_at_serving == "required"
    unproven = asked and serving.identified_by in ("order_code", "name")
    if unproven or order.diner_id in around.shut:
        notes.append(Coded("identity_to_check", {"order": order.code}))
    return tuple(notes)


def _where(around: _Round, order: Order, earlier: Serving) -> dict[str, Param]:
    """Where and when a diner was served before; a home goes by its code."""
    return {
        "order": order.code,
        "site": earlier.site_id,
        "where": around.site_names.get(earlier.site_id, earlier.site_id),
        "at": earlier.happened_at.isoformat(),
    }
