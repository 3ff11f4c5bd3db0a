"""Integer fen: parsing, one rounding, splitting without loss."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

_YUAN = re.compile(r"(?P<whole>[0-9]{1,12})(?:\.(?P<part>[0-9]{1,2}))?")


def fen(yuan: str) -> int:
    """
    Reads an amount in yuan, exactly.

    Parameters
    ----------
    yuan
        Decimal text such as ``"12.00"``; at most two decimals, not negative.

    Raises
    ------
    ValueError
        When the text is no number, is negative, or has a third decimal.
    """
    match = _YUAN.fullmatch(yuan.strip())
    if match is None:
        raise ValueError(f"An amount is at least 0 with at most two decimals, got {yuan!r}.")
    return int(match["whole"]) * 100 + int((match["part"] or "").ljust(2, "0"))


def yuan(amount_fen: int) -> str:
    """The amount as text with two decimals, ``1234`` as ``"12.34"``."""
    sign = "-" if amount_fen < 0 else ""
    whole, part = divmod(abs(amount_fen), 100)
    return f"{sign}{whole}.{part:02d}"


def round_fen(amount: Decimal) -> int:
    """Rounds an amount in fen half up: the only rounding of money."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def share_fen(total_fen: int, weights: Sequence[int]) -> list[int]:
    """
    Splits an amount by weight; the parts add up to it exactly.

    Parameters
    ----------
    total_fen
        What is split, fen.
    weights
        Whole weights, not negative, with a sum of at least 1.

    Returns
    -------
    list[int]
        Fen per weight, in order; the largest remainders get the odd fen.
    """
    whole = sum(weights)
    if whole < 1 or min(weights) < 0:
        raise ValueError(f"Weights must be >= 0 with a sum >= 1, got {list(weights)}.")
    shares = [total_fen * weight // whole for weight in weights]
    remainders = [total_fen * weight % whole for weight in weights]
    neediest = sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)
    for index in neediest[: total_fen - sum(shares)]:
        shares[index] += 1
    return shares
