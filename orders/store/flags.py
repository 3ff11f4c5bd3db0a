"""Rows of flags with their evidence, and which orders' fees they hold."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, select

from orders.codes import Coded
from orders.oversight.flags import WARNINGS, Finding, FlagKind, FlagState, ServedMeal
from orders.sites import Place
from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows
from orders.store.decisions import Decision, Done, load_done, standing_decisions
from orders.store.diners import DinerRow
from orders.store.drops import TurnedAwayRow
from orders.store.orders import OrderRow
from orders.store.prepayments import PrepaymentRow
from orders.store.receipts import ServingRow
from orders.store.sites import SiteRow
from orders.store.triggers import APPEND_ONLY

# Why a table refuses who has eaten already; other refusals are mistakes, not second meals.
SECOND_CLAIMS = ("served_already", "ate_already_today")


class FlagRow(Row, table=True):
    """One finding, as it was found; later finds of the same key are further parts."""

    __tablename__ = "flags"
    __table_args__ = (UniqueConstraint("key", "part"), {"info": APPEND_ONLY})

    flag_id: str = Field(primary_key=True)
    key: str
    part: int
    kind: str
    service_on: date = Field(index=True)
    reason: dict[str, Any] = Field(sa_type=JsonColumn)
    evidence: list[dict[str, Any]] = Field(sa_type=JsonColumn)
    programme_id: str
    programme_revision: int
    rules_revision: int
    found_by: str
    found_at: datetime = Field(sa_type=UtcDateTime)


class FlagOrderRow(Row, table=True):
    """An order whose fees a flag holds."""

    __tablename__ = "flag_orders"
    __table_args__ = ({"info": APPEND_ONLY},)

    flag_id: str = Field(primary_key=True, foreign_key="flags.flag_id")
    order_id: str = Field(primary_key=True, foreign_key="orders.order_id", index=True)


@dataclass(frozen=True, slots=True)
class FlagRules:
    """
    By which rules a flag was found.

    Parameters
    ----------
    programme_id, programme_revision
        The programme that names its kind.
    rules_revision
        Revision of the thresholds; 0 is the packaged file.
    """

    programme_id: str
    programme_revision: int
    rules_revision: int


@dataclass(frozen=True, slots=True)
class KeptFlag:
    """
    A flag as it is kept.

    Parameters
    ----------
    flag_id, service_on
        Row id; the day it is about.
    finding
        What was found, with its evidence.
    rules
        By which rules.
    found_at
        When.
    decision
        The decision that stands, None while it is open.
    done
        Consequences that were carried out.
    """

    flag_id: str
    service_on: date
    finding: Finding
    rules: FlagRules
    found_at: datetime
    decision: Decision | None = None
    done: tuple[Done, ...] = ()

    @property
    def state(self) -> FlagState:
        """Open, or as decided."""
        return self.decision.decision if self.decision else "open"

    @property
    def holds(self) -> bool:
        """Whether fees wait for its decision."""
        return self.state == "open" and self.finding.kind not in WARNINGS


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """
    What one flag does to one order's fees.

    Parameters
    ----------
    order_id, flag_id
        Which order, by which flag.
    kind
        Of the flag.
    state
        Open holds the fees, cleared releases them, confirmed voids them.
    """

    order_id: str
    flag_id: str
    kind: FlagKind
    state: FlagState


def load_served(session: Session, from_on: date, to_on: date) -> list[ServedMeal]:
    """The meals served on these days, both included, that stand and were not taken back, as recorded."""
    bound = _bound(session, from_on, to_on)
    later = aliased(ServingRow)
    query = (
        select(ServingRow, OrderRow, DinerRow.delivery)
        .join(OrderRow, col(OrderRow.order_id) == col(ServingRow.order_id))
        .join(DinerRow, col(DinerRow.diner_id) == col(OrderRow.diner_id))
        .outerjoin(later, col(later.replaces) == col(ServingRow.serving_id))
        .where(col(OrderRow.service_on).between(from_on, to_on))
        .where(col(later.serving_id).is_(None), col(ServingRow.portions) > 0)
        .order_by(col(ServingRow.recorded_at), col(ServingRow.order_id))
    )
    return [
        ServedMeal(
            serving_id=serving.serving_id,
            order_id=serving.order_id,
            diner_id=order.diner_id,
            site_id=serving.site_id,
            service_on=order.service_on,
            meal=cast(Any, order.meal),
            happened_at=serving.happened_at,
            served_by=serving.served_by,
            delivered=(order.delivery or usual) != "dine_in",
            bound=bound.get(serving.order_id),
        )
        for serving, order, usual in session.exec(query)
    ]


def load_second_claims(session: Session, from_on: date, to_on: date) -> list[ServedMeal]:
    """
    Second claims of these days, both included: refused, or let pass by a tablet without network.

    A claim that a tablet sent twice is the serving itself and is left out.
    """
    query = (
        select(TurnedAwayRow, OrderRow, ServingRow)
        .join(OrderRow, col(OrderRow.order_id) == col(TurnedAwayRow.order_id))
        .outerjoin(ServingRow, col(ServingRow.order_id) == col(TurnedAwayRow.order_id))
        .where(col(OrderRow.service_on).between(from_on, to_on))
        .where(col(TurnedAwayRow.code).in_(SECOND_CLAIMS))
        .order_by(col(TurnedAwayRow.recorded_at), col(TurnedAwayRow.claim_id))
    )
    found: dict[str, ServedMeal] = {}
    sent_twice = set()
    for claim, order, serving in session.exec(query):
        if serving and (serving.site_id, serving.happened_at) == (claim.site_id, claim.happened_at):
            sent_twice.add(claim.claim_id)
        found[claim.claim_id] = ServedMeal(
            serving_id=claim.claim_id,
            order_id=order.order_id,
            diner_id=order.diner_id,
            site_id=claim.site_id,
            service_on=order.service_on,
            meal=cast(Any, order.meal),
            happened_at=claim.happened_at,
            served_by=claim.refused_by,
            refused=not claim.offline,
        )
    return [one for claim_id, one in found.items() if claim_id not in sent_twice]


def load_grounds(session: Session) -> dict[str, tuple[Place, int]]:
    """Every site's place and its most diners of a service, by id."""
    query = select(SiteRow.site_id, SiteRow.lat, SiteRow.lon, SiteRow.capacity)
    return {site_id: (Place(lat, lon), capacity) for site_id, lat, lon, capacity in session.exec(query)}


def save_flags(
    session: Session, found: Iterable[tuple[str, Finding, FlagRules]], found_by: str, found_at: datetime
) -> None:
    """
    Keeps findings, each given with its new row id and the rules it was found by.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When somebody else kept the same finding in the same moment.
    """
    kept = list(found)
    parts = _parts(session, {finding.key for _, finding, _ in kept})
    rows = []
    for flag_id, finding, rules in kept:
        parts[finding.key] += 1
        rows.append(
            {
                "flag_id": flag_id,
                "key": finding.key,
                "part": parts[finding.key],
                "kind": finding.kind,
                "service_on": finding.servings[0].service_on,
                "reason": {"code": finding.reason.code, "params": dict(finding.reason.params)},
                "evidence": [_plain(one) for one in finding.servings],
                "found_by": found_by,
                "found_at": found_at,
                **asdict(rules),
            }
        )
    insert_rows(session, FlagRow, rows)
    orders = [{"flag_id": flag_id, "order_id": o} for flag_id, finding, _ in kept for o in finding.order_ids]
    insert_rows(session, FlagOrderRow, orders)


def seen_orders(session: Session, from_on: date, to_on: date) -> dict[str, set[str]]:
    """Key of each flag kept about these days to the ids of its orders, for `unseen`."""
    query = (
        select(FlagRow.key, FlagOrderRow.order_id)
        .join(FlagOrderRow, col(FlagOrderRow.flag_id) == col(FlagRow.flag_id))
        .where(col(FlagRow.service_on).between(from_on, to_on))
    )
    found: dict[str, set[str]] = defaultdict(set)
    for key, order_id in session.exec(query):
        found[key].add(order_id)
    return found


def load_flags(
    session: Session,
    from_on: date | None = None,
    to_on: date | None = None,
    flag_ids: Collection[str] | None = None,
) -> list[KeptFlag]:
    """Flags about these days (both included, None is open), or those named, the latest day first."""
    query = select(FlagRow)
    if from_on is not None:
        query = query.where(col(FlagRow.service_on) >= from_on)
    if to_on is not None:
        query = query.where(col(FlagRow.service_on) <= to_on)
    if flag_ids is not None:
        query = query.where(col(FlagRow.flag_id).in_(flag_ids))
    rows = session.exec(query.order_by(col(FlagRow.service_on).desc(), col(FlagRow.key), col(FlagRow.part)))
    kept = rows.all()
    wanted = None if from_on is None and to_on is None and flag_ids is None else [r.flag_id for r in kept]
    orders, decisions = _orders_of(session, wanted), standing_decisions(session, wanted)
    done = load_done(session, [one.decision_id for one in decisions.values()])
    flags = []
    for row in kept:
        decision = decisions.get(row.flag_id)
        carried = tuple(done[decision.decision_id]) if decision else ()
        flags.append(_flag(row, orders[row.flag_id], decision, carried))
    return flags


def load_flag(session: Session, flag_id: str) -> KeptFlag | None:
    """The flag with this row id, or None."""
    return next(iter(load_flags(session, flag_ids=[flag_id])), None)


def held_orders(
    session: Session,
    order_ids: Collection[str] | None = None,
    *,
    from_on: date | None = None,
    to_on: date | None = None,
) -> dict[str, tuple[HeldOrder, ...]]:
    """
    The orders that flags name, for settlement (`orders.oversight.flags.fees_stand`).

    Parameters
    ----------
    session
        Open transaction.
    order_ids
        Only these orders; None for all.
    from_on, to_on
        Only flags about these days, both included; None is open.

    Returns
    -------
    dict[str, tuple[HeldOrder, ...]]
        Order's id to each of its flags, but open ones that only warn; an order without one is left out.
    """
    query = select(FlagRow.flag_id, FlagRow.kind, FlagOrderRow.order_id).join(
        FlagOrderRow, col(FlagOrderRow.flag_id) == col(FlagRow.flag_id)
    )
    if from_on is not None:
        query = query.where(col(FlagRow.service_on) >= from_on)
    if to_on is not None:
        query = query.where(col(FlagRow.service_on) <= to_on)
    if order_ids is not None and len(order_ids) <= 500:
        query = query.where(col(FlagOrderRow.order_id).in_(order_ids))
    wanted = None if order_ids is None else set(order_ids)
    decisions = standing_decisions(session, None)
    found: dict[str, list[HeldOrder]] = defaultdict(list)
    for flag_id, kind, order_id in session.exec(query.order_by(col(FlagRow.key), col(FlagRow.part))):
        if wanted is None or order_id in wanted:
            decision = decisions.get(flag_id)
            state: FlagState = decision.decision if decision else "open"
            if state == "open" and kind in WARNINGS:
                continue
            found[order_id].append(HeldOrder(order_id, flag_id, cast(FlagKind, kind), state))
    return {order_id: tuple(flags) for order_id, flags in found.items()}


def _bound(session: Session, from_on: date, to_on: date) -> dict[str, bool]:
    """Order's id to whether every card or account that paid for it is bound to its diner."""
    query = (
        select(PrepaymentRow.order_id, PrepaymentRow.bound)
        .join(OrderRow, col(OrderRow.order_id) == col(PrepaymentRow.order_id))
        .where(col(OrderRow.service_on).between(from_on, to_on))
        .where(PrepaymentRow.kind == "payment", PrepaymentRow.method != "cash")
    )
    found: dict[str, bool] = {}
    for order_id, bound in session.exec(query):
        found[order_id] = found.get(order_id, True) and bound
    return found


def _parts(session: Session, keys: Collection[str]) -> dict[str, int]:
    query = select(FlagRow.key, FlagRow.part).where(col(FlagRow.key).in_(keys))
    parts: dict[str, int] = defaultdict(int)
    for key, part in session.exec(query):
        parts[key] = max(parts[key], part)
    return parts


def _orders_of(session: Session, flag_ids: Collection[str] | None) -> Mapping[str, list[str]]:
    query = select(FlagOrderRow)
    if flag_ids is not None:
        query = query.where(col(FlagOrderRow.flag_id).in_(flag_ids))
    found: dict[str, list[str]] = defaultdict(list)
    for row in session.exec(query.order_by(col(FlagOrderRow.order_id))):
        found[row.flag_id].append(row.order_id)
    return found


def _flag(
    row: FlagRow, order_ids: Collection[str], decision: Decision | None, done: tuple[Done, ...]
) -> KeptFlag:
    finding = Finding(
        cast(FlagKind, row.kind),
        row.key,
        Coded(row.reason["code"], row.reason["params"]),
        tuple(order_ids),
        tuple(_served(one) for one in row.evidence),
    )
    rules = FlagRules(row.programme_id, row.programme_revision, row.rules_revision)
    return KeptFlag(row.flag_id, row.service_on, finding, rules, row.found_at, decision, done)


def _plain(one: ServedMeal) -> dict[str, Any]:
    return asdict(one) | {
        "service_on": one.service_on.isoformat(),
        "happened_at": one.happened_at.isoformat(),
    }


def _served(one: Mapping[str, Any]) -> ServedMeal:
    return ServedMeal(
        **{
            **one,
            "service_on": date.fromisoformat(one["service_on"]),
            "happened_at": datetime.fromisoformat(one["happened_at"]),
        }
    )
