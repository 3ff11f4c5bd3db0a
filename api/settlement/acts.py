"""What people do with a statement: submit, return with a reason, submit again, sign step by step."""

from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor, Role, ensure
from api.reports.facts import Named
from api.settlement.make import remake
from api.settlement.parties import body_names, party_name
from api.settlement.rules import rules_at
from api.store.users import load_users
from orders.codes import Coded
from orders.errors import Conflict, Forbidden, NotFound
from orders.ids import IdSource
from orders.statement_states import ActKind, Standing, StatementAct, ensure_act, four_eyes, standing_of
from orders.statements import SITE, said_days
from orders.store.sites import kitchen_of_site, load_kitchen
from orders.store.statements import (
    StatementHead,
    load_statement,
    load_statement_acts,
    newest_version,
    save_statement_act,
)

BUREAUS: frozenset[Role] = frozenset({"bureau", "admin"})
SIGNERS: dict[str, frozenset[Role]] = {
    "site": frozenset({"canteen", "admin"}),
    "operator": frozenset({"kitchen", "admin"}),
    "volunteer": frozenset({"canteen", "kitchen", "admin"}),
}
"""Who signs a payee's own step; every other step is a bureau's."""


def find_statement(session: Session, actor: Actor, statement_id: str) -> StatementHead:
    """
    A statement that the actor may see: a canteen's person its own, a kitchen's those of its sites.

    Raises
    ------
    NotFound
        When there is none.
    Forbidden
        When it is another's.
    """
    ensure(actor, "statement.read")
    head = load_statement(session, statement_id)
    if head is None:
        raise NotFound("statement", statement_id)
    kitchen_id = head.payee if _pays_kitchen(session, head) else kitchen_of_site(session, head.payee)
    ensure(actor, "statement.read", site_id=head.payee, kitchen_id=kitchen_id)
    return head


def standing(session: Session, head: StatementHead) -> Standing:
    """Where a statement stands now."""
    return standing_of(
        load_statement_acts(session, [head.statement_id]).get(head.statement_id, ()), head.steps
    )


def submit(session: Session, actor: Actor, now_at: datetime, statement_id: str, note: str = "") -> Standing:
    """
    Hands a draft in; from here on it never changes.

    Raises
    ------
    Conflict
        ``statement_partial`` when it lacks days and no note says why it goes without them.
    """
    ensure(actor, "statement.submit")
    _ensure_said(find_statement(session, actor, statement_id), note)
    return act_on(session, actor, now_at, statement_id, "submit", note=note)


def send_back(session: Session, actor: Actor, now_at: datetime, statement_id: str, reason: str) -> Standing:
    """Returns a submitted statement with a reason; its signatures start again."""
    ensure(actor, "statement.return")
    return act_on(session, actor, now_at, statement_id, "return", note=reason)


def resubmit(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, statement_id: str, note: str = ""
) -> StatementHead:
    """
    Hands a returned statement in again, made anew from its bills when they changed.

    Returns
    -------
    StatementHead
        The version that was handed in: a new one when anything changed, else the same.
    """
    ensure(actor, "statement.submit")
    head = find_statement(session, actor, statement_id)
    ensure_act(standing(session, head), "resubmit")
    made = remake(
        session,
        actor,
        now_at,
        ids,
        programme_id=head.programme_id,
        from_on=head.period.from_on,
        to_on=head.period.to_on,
        payee=head.payee,
    )
    newest = next((one.head for one in made if one.head.key == head.key), head)
    _ensure_said(newest, note)
    if newest.statement_id == head.statement_id:
        act_on(session, actor, now_at, statement_id, "resubmit", note=note)
    else:
        act_on(session, actor, now_at, newest.statement_id, "submit", note=note)
    return newest


def sign(session: Session, actor: Actor, now_at: datetime, statement_id: str, note: str = "") -> Standing:
    """
    Signs the step that is next.

    Raises
    ------
    Forbidden
        ``not_your_step`` when the step is another's; ``you_handed_it_in`` or ``you_signed_before`` when a
        second person must sign, with ``_alone`` where nobody else could.
    """
    ensure(actor, "statement.sign")
    head = find_statement(session, actor, statement_id)
    step = standing(session, head).waiting_for or ""
    if not may_sign(session, actor, head, step):
        raise Forbidden(
            "not_your_step", role=actor.role, step=step, **_in_two("step", name_of(session, head, step))
        )
    if refused := second_person(session, actor, head, step):
        raise Forbidden(refused.code, **refused.params)
    return act_on(session, actor, now_at, statement_id, "sign", step=step, note=note)


def may_sign(session: Session, actor: Actor, head: StatementHead, step: str | None) -> bool:
    """Whether this person may sign this step; a kitchen's own people sign where the kitchen is paid."""
    if step is None or not actor.may("statement.sign") or actor.site_id not in (None, head.payee):
        return False
    if not _pays_kitchen(session, head):
        return actor.role in SIGNERS.get(step, BUREAUS)
    roles = SIGNERS["operator" if step == SITE else step] if step in SIGNERS else BUREAUS
    return actor.role in roles and actor.kitchen_id in (None, head.payee)


def name_of(session: Session, head: StatementHead, step: str) -> Named:
    """Who signs a step, by name; the payee's own step bears the payee's."""
    rules = rules_at(session, head.programme_id, head.period.to_on)
    own = step == rules.settlement(head.settlement_id).payee
    return party_name(rules, body_names(session), head.payee if own else step)


def second_person(session: Session, actor: Actor, head: StatementHead, step: str) -> Coded | None:
    """Why another than this person must sign a step, None when this one may; says when nobody else could."""
    acts = load_statement_acts(session, [head.statement_id]).get(head.statement_id, [])
    payers_step = step not in SIGNERS
    refused = four_eyes(acts, actor.user_id, payers_step=payers_step)
    if refused is None:
        return None
    others = (
        user.actor
        for user in load_users(session)
        if user.disabled_at is None and may_sign(session, user.actor, head, step)
    )
    if signed := refused.params.get("step"):
        names = _in_two("step", name_of(session, head, str(signed)))
        refused = Coded(refused.code, {**refused.params, **names})
    if any(four_eyes(acts, one.user_id, payers_step=payers_step) is None for one in others):
        return refused
    payees = SIGNERS["operator"] if _pays_kitchen(session, head) else SIGNERS.get(step, BUREAUS)
    role = "bureau" if payers_step else min(payees - {"admin"})
    return Coded(f"{refused.code}_alone", {**refused.params, "role": role})


def act_on(
    session: Session,
    actor: Actor,
    now_at: datetime,
    statement_id: str,
    kind: ActKind,
    *,
    step: str = "",
    note: str = "",
) -> Standing:
    """Does one act, if the statement's standing allows it; the caller has checked the person's right."""
    head = find_statement(session, actor, statement_id)
    if newest_version(session, head) != head.version:
        raise Conflict("statement_replaced", version=head.version)
    acts = load_statement_acts(session, [statement_id]).get(statement_id, [])
    ensure_act(standing_of(acts, head.steps), kind, step)
    act = StatementAct(kind, step, note.strip(), actor.user_id, actor.name, actor.role, now_at)
    save_statement_act(session, statement_id, len(acts) + 1, act)
    detail = {"step": step, "period": head.period.label, "payee": head.payee, "version": head.version}
    record(session, actor, f"statement.{kind}", statement_id, now_at, detail)
    return standing_of([*acts, act], head.steps)


def _ensure_said(head: StatementHead, note: str) -> None:
    """A statement that lacks days is not handed in without a word about them."""
    if head.is_partial and not note.strip():
        raise Conflict("statement_partial", days=said_days(head.unsettled))


def _pays_kitchen(session: Session, head: StatementHead) -> bool:
    return load_kitchen(session, head.payee) is not None


def _in_two(param: str, name: Named) -> dict[str, str]:
    """A name in both languages, as a sentence takes it."""
    return {f"{param}_zh": name.zh, f"{param}_en": name.en}
