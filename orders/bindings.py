"""Binding: a user who acts for a diner: the diner, family or another agent, with consent."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

Relation = Literal["self", "family", "agent"]
RELATIONS: tuple[Relation, ...] = get_args(Relation)
Consent = Literal["in_person", "signed_form", "phone_call", "guardian"]
CONSENTS: tuple[Consent, ...] = get_args(Consent)


@dataclass(frozen=True, slots=True)
class Binding:
    """
    Leave to act for one diner; a user may hold it for several, and a diner may give it to several.

    Parameters
    ----------
    binding_id
        Row id.
    user_id, diner_id
        Who acts, for whom.
    relation
        ``"self"``, ``"family"`` or ``"agent"``.
    consent_how, consent_at
        How and when the diner, or the guardian of one who cannot, agreed.
    from_on, to_on
        First and last day; None is open.
    """

    binding_id: str
    user_id: str
    diner_id: str
    relation: Relation
    consent_how: Consent
    consent_at: datetime
    from_on: date
    to_on: date | None = None

    def holds_on(self, day_on: date) -> bool:
        """Whether the user may act on this day."""
        return self.from_on <= day_on and (self.to_on is None or day_on <= self.to_on)
