"""The bytes of a Bluetooth LE advertisement."""

from telemetry.frames import Unreadable, shown

_MANUFACTURER = 0xFF


def advert_bytes(told: object) -> bytes:
    """An advertisement's bytes from hexadecimal digits; raises `Unreadable` when they are none."""
    try:
        return bytes.fromhex(told if isinstance(told, str) else "?")
    except ValueError as error:
        raise Unreadable("payload_unreadable", shown(told)) from error


def manufacturer_data(advert: bytes, company: int) -> bytes:
    """
    What a maker's devices say in an advertisement.

    Parameters
    ----------
    advert
        A row of structures: one byte of length, one of type, then the content. The last may be cut off.
    company
        The maker's Bluetooth company number.

    Raises
    ------
    Unreadable
        When no structure is of this maker.

    References
    ----------
    Bluetooth Core Specification, volume 3, part C, section 11: advertising data.
    """
    head = bytes([_MANUFACTURER]) + company.to_bytes(2, "little")
    at = 0
    while at < len(advert):
        structure = advert[at + 1 : at + 1 + advert[at]]
        if structure.startswith(head):
            return structure[len(head) :]
        at += 1 + advert[at]
    raise Unreadable("format_unknown", advert[:20].hex())
