"""Drop: a meal on its way from a site or a van to one diner's door, with its proof."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DropOutcome = Literal["taken", "handed_over", "nobody_home", "refused", "brought_back"]
ProofKind = Literal["signature", "photo", "code_word"]

WORD_DIGITS = 4
MOST_WRONG_WORDS = 5
WORD_WRONG = "code_word_wrong"
LARGEST_PROOF_BYTES = 6 * 1024 * 1024
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"WEBP", 8, "image/webp"),
)


@dataclass(frozen=True, slots=True)
class Drop:
    """
    One word about a meal that is brought to a door.

    Parameters
    ----------
    order_id, site_id
        Whose meal, from which site (a canteen, or the home itself where the van stops there).
    outcome
        Taken along, handed over at the door, nobody home, refused by the diner, or brought back undelivered.
    carrier_kind
        Who carries: ``"volunteer"``, ``"driver"`` or a carrier that the programme names.
    carried_by
        The carrier, as a user id.
    happened_at, recorded_at
        When, and when we learnt of it.
    proof
        What proves the hand-over, None without any.
    proof_digest
        SHA-256 of the kept picture, hexadecimal; empty for a code word.
    reason
        What the carrier adds.
    offline
        Whether the phone kept it while it had no network.
    """

    order_id: str
    site_id: str
    outcome: DropOutcome
    carrier_kind: str
    carried_by: str
    happened_at: datetime
    recorded_at: datetime
    proof: ProofKind | None = None
    proof_digest: str = ""
    reason: str = ""
    offline: bool = False

    def __post_init__(self) -> None:
        if self.proof is not None and self.outcome != "handed_over":
            raise ValueError(f"Only a hand-over has a proof, not {self.outcome}.")
        if (self.proof in ("signature", "photo")) != bool(self.proof_digest):
            raise ValueError("A picture, and nothing else, has a digest.")


@dataclass(frozen=True, slots=True)
class Proof:
    """
    A picture that proves a hand-over.

    Parameters
    ----------
    digest
        SHA-256 of the bytes, hexadecimal.
    media_type
        ``"image/png"``, ``"image/jpeg"`` or ``"image/webp"``, by the bytes themselves.
    body
        The bytes as they came.
    """

    digest: str
    media_type: str
    body: bytes


def picture(body: bytes) -> Proof | None:
    """The picture in these bytes with its digest; None when they are no PNG, JPEG or WebP."""
    kinds = (kind for magic, at, kind in _PICTURES if body[at : at + len(magic)] == magic)
    media_type = next(kinds, None)
    return Proof(hashlib.sha256(body).hexdigest(), media_type, body) if media_type else None


def code_word(order_id: str, key: bytes) -> str:
    """The word a diner says at the door: four digits that nobody works out without the house's key."""
    digest = hmac.digest(key, order_id.encode(), hashlib.sha256)
    return str(int.from_bytes(digest[:8], "big") % 10**WORD_DIGITS).zfill(WORD_DIGITS)
