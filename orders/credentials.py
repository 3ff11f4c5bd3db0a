"""Credential: what a diner shows to be served: a QR meal card, a card's number, a telephone."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from orders.errors import BadInput

CredentialKind = Literal["qr", "card", "phone"]
CREDENTIAL_KINDS: tuple[CredentialKind, ...] = get_args(CredentialKind)
QR_PREFIX = "HC1:"
TOKEN_CHARACTERS = 26  # 130 bits in base 32
_WIDE = str.maketrans("０１２３４５６７８９＋", "0123456789+")


@dataclass(frozen=True, slots=True)
class Credential:
    """
    One thing that proves who a diner is.

    Parameters
    ----------
    credential_id
        Row id.
    kind
        ``"qr"``, ``"card"`` or ``"phone"``.
    diner_id
        Whose it is.
    number_or_digest
        A card's number or a telephone's digits; of a QR card the SHA-256 of its token.
    issued_at
        Since when it is good.
    revoked_at
        Since when it is not, None while it is.
    reason
        Why it was revoked: ``"lost"``, ``"replaced"``, ``"died"`` ...
    """

    credential_id: str
    kind: CredentialKind
    diner_id: str
    number_or_digest: str
    issued_at: datetime
    revoked_at: datetime | None = None
    reason: str = ""

    @property
    def shown(self) -> str:
        """How a list names it: a number's last four digits, a QR card's first six of its digest."""
        return self.number_or_digest[:6] if self.kind == "qr" else self.number_or_digest[-4:]


def qr_token(credential_id: str, key: bytes) -> str:
    """
    The token of a QR card, made again from the house's key whenever the card is printed.

    Parameters
    ----------
    credential_id
        The card's row id.
    key
        The house's secret; without it nobody can make a token from an id.
    """
    made = hmac.new(key, credential_id.encode(), hashlib.sha256).digest()
    return base64.b32encode(made).decode()[:TOKEN_CHARACTERS]


def token_digest(token: str) -> str:
    """What is stored of a token: it has 130 bits, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def card_number(text: str) -> str:
    """
    A card's number as it is compared: capital letters and digits, nothing between them.

    Raises
    ------
    BadInput
        ``card_number_shape`` when fewer than four or more than 32 characters are left.
    """
    number = re.sub(r"[\s-]", "", text.translate(_WIDE)).upper()
    if not re.fullmatch(r"[0-9A-Z]{4,32}", number):
        raise BadInput("card_number_shape")
    return number


def phone_number(text: str) -> str:
    """
    A telephone's digits as they are compared, without the country's 86.

    Raises
    ------
    BadInput
        ``phone_shape`` when it has fewer than seven or more than twelve digits.
    """
    number = re.sub(r"[\s()-]", "", text.translate(_WIDE))
    number = re.sub(r"^(\+86|0086)", "", number)
    if not re.fullmatch(r"\d{7,12}", number):
        raise BadInput("phone_shape")
    return number


def scanned(text: str) -> tuple[CredentialKind, str] | None:
    """
    What a scanned or typed text can be: the kind and the value to look up.

    Returns
    -------
    tuple[CredentialKind, str] or None
        ``("qr", digest)`` for a meal card, ``("card", number)`` for what looks like a card's number, None
        for neither.
    """
    stripped = text.strip()
    if stripped.upper().startswith(QR_PREFIX):
        return "qr", token_digest(stripped[len(QR_PREFIX) :].strip().upper())
    try:
        return "card", card_number(stripped)
    except BadInput:
        return None
