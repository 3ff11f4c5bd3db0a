"""Numbers as people type them: a comma that may part thousands or decimals is asked back."""

import re
from decimal import Decimal, InvalidOperation

from orders.errors import BadInput

EITHER_COMMA = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")


def typed_number(text: str) -> Decimal | None:
    """
    The number that somebody typed; a comma that can only be decimal is one, full-width or not.

    Parameters
    ----------
    text
        As typed, blanks around it allowed.

    Returns
    -------
    Decimal | None
        None when it is no number, or none that ends.

    Raises
    ------
    BadInput
        ``number_comma`` with both readings, when its comma may part thousands or decimals: ``"1,200"``.
    """
    typed = text.strip().replace("，", ",")
    if EITHER_COMMA.fullmatch(typed):
        thousands, decimal = typed.replace(",", ""), typed.replace(",", ".")
        raise BadInput("number_comma", typed=typed, thousands=thousands, decimal=decimal)
    try:
        number = Decimal(typed.replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
