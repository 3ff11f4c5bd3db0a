"""What stands on a QR meal card."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MealCard:
    """
    One QR meal card as it is printed; nothing on it tells age, health or ID number.

    Parameters
    ----------
    code, name
        The clerk's number and the diner's name.
    site
        The canteen's name.
    phone
        Where a lost card is reported; may be empty.
    text
        What the QR code says.
    """

    code: str
    name: str
    site: str
    phone: str
    text: str = field(repr=False)
