"""Proofs: pictures of hand-overs, seen by who settles and watches; each look is in the audit."""

from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor, ensure
from orders.drops import Proof
from orders.errors import NotFound
from orders.store.drops import load_proof, site_of_proof


def proof_for(session: Session, digest: str, *, actor: Actor, now_at: datetime) -> Proof:
    """
    The picture with this digest.

    Raises
    ------
    NotFound
        When there is none.
    Forbidden
        When it is of another site than the actor's.
    """
    proof, site_id = load_proof(session, digest), site_of_proof(session, digest)
    if proof is None or site_id is None:
        raise NotFound("proof", digest[:12])
    ensure(actor, "proof.read", site_id=site_id)
    record(session, actor, "proof.read", digest, now_at)
    return proof
