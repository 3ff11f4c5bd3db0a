"""Values and names as they stand in a frame: one value alone, another unit, a name that people gave."""

import re

from telemetry.frames import Unreadable

_NUMBER = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,6})?", re.ASCII)
_NO_NUMBER = ("nan", "inf", "infinity")
_NOTHING = ("", "none", "null")


def plain_value(payload: bytes) -> object:
    """
    The one value that a payload is.

    Parameters
    ----------
    payload
        Text, as ``b"20.75"``.

    Returns
    -------
    object
        A number, NaN and infinity among them; None where the text says that there is none; else the text.

    Raises
    ------
    Unreadable
        When the bytes are no UTF-8.
    """
    try:
        text = payload.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise Unreadable("frame_not_utf8", f"byte {error.start}") from error
    if text.lower() in _NOTHING:
        return None
    if _NUMBER.fullmatch(text) or text.lower().lstrip("+-") in _NO_NUMBER:
        return float(text)
    return text


def number_of(told: object) -> object:
    """The number that a text is, as formatters write ``"28.29"``; anything else is given back as it is."""
    return float(told) if isinstance(told, str) and _NUMBER.fullmatch(told) else told


def scaled(value: object, factor: float) -> object:
    """A number in another unit, ``factor`` times itself; what is no number is given back as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return value * factor
    except OverflowError:
        return value


def plain_id(name: str) -> str:
    """A name that people gave as an id: slashes become colons, blanks two points, 冷库 Punycode."""
    joined = name.replace("/", ":").replace(" ", "..")
    return joined if joined.isascii() else "xn--" + joined.encode("punycode").decode("ascii")
