"""ID numbers: checked by GB 11643-1999, kept as a keyed hash and the last four characters only."""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from orders.errors import BadInput

Sex = Literal["female", "male"]
WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
CHECK_CHARACTERS = "10X98765432"
_SHAPE = re.compile(r"[1-9]\d{16}[\dX]")
_WIDE = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789XX")


@dataclass(frozen=True, slots=True)
class IdNumber:
    """
    A citizen's ID number that passed its check; the number itself is never shown.

    Parameters
    ----------
    number
        Eighteen characters, the last a digit or ``X``.
    born_on
        The date of birth inside it.
    """

    number: str = field(repr=False)
    born_on: date

    @property
    def last_four(self) -> str:
        """What lists and papers may show."""
        return self.number[-4:]

    @property
    def sex(self) -> Sex:
        """An odd sequence number is a man's."""
        return "male" if int(self.number[16]) % 2 else "female"

    def digest(self, key: bytes) -> str:
        """HMAC-SHA256 of the number in hexadecimal: the same person gives the same text in one house only."""
        return hmac.new(key, self.number.encode(), hashlib.sha256).hexdigest()


def check_character(first_seventeen: str) -> str:
    """
    The eighteenth character that belongs to seventeen digits.

    References
    ----------
    GB 11643-1999, 4.2.2, with ISO 7064 MOD 11-2: weight ``2 ** (18 - place)`` modulo 11.
    """
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[total % 11]


def read_id_number(text: str, today_on: date) -> IdNumber:
    """
    Reads an ID number as people write it: spaces, full-width digits and a small x are taken.

    Parameters
    ----------
    text
        As typed or scanned.
    today_on
        The present date; nobody is born after it.

    Raises
    ------
    BadInput
        ``id_number_old`` for the fifteen digits of the first generation, ``id_number_shape``,
        ``id_number_birth`` or ``id_number_check``; the sentence never repeats the number.
    """
    number = re.sub(r"[\s-]", "", text.translate(_WIDE)).upper()
    if re.fullmatch(r"\d{15}", number):
        raise BadInput("id_number_old")
    if not _SHAPE.fullmatch(number):
        raise BadInput("id_number_shape", length=len(number))
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise BadInput("id_number_birth", digits=number[6:14]) from error
    if not date(1880, 1, 1) <= born_on <= today_on:
        raise BadInput("id_number_birth", digits=number[6:14])
    if check_character(number[:17]) != number[17]:
        raise BadInput("id_number_check")
    return IdNumber(number, born_on)
