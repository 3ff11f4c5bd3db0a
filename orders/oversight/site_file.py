"""What the bureau keeps on file of a site, from its application on."""

from dataclasses import dataclass
from datetime import date

from orders.oversight.licences import Grade
from orders.oversight.siting import NOTHING_MEASURED, Located, SiteMeasures


@dataclass(frozen=True, slots=True)
class SiteFile:
    """
    A site on file; it keeps its code when it comes into the day's register.

    Parameters
    ----------
    site_id
        Short code, the same as of the `Site` that the vans stop at.
    programme_id
        The programme that it belongs to.
    name, address
        As on its sign; where it is.
    district, street, village
        Where it counts: six-digit code or the programme's own word, street or town, village or none.
    operator, contact, phone
        Who runs it, the person who answers, and the number for complaints.
    measures
        What was measured of it.
    """

    site_id: str
    programme_id: str
    name: str
    address: str
    district: str
    street: str
    operator: str
    contact: str
    phone: str
    village: str = ""
    measures: SiteMeasures = NOTHING_MEASURED

    @property
    def located(self) -> Located:
        """Where it counts."""
        return Located(self.site_id, self.district, self.street, self.village)


@dataclass(frozen=True, slots=True)
class SitePrice:
    """
    One line of a site's price list.

    Parameters
    ----------
    name
        What is sold.
    price_fen, elderly_fen
        For everybody; for older people, None where there is no lower price.
    """

    name: str
    price_fen: int
    elderly_fen: int | None = None

    def __post_init__(self) -> None:
        if self.price_fen < 0 or (self.elderly_fen is not None and self.elderly_fen < 0):
            raise ValueError(f"A price is not below nothing, got {self}.")


@dataclass(frozen=True, slots=True)
class Graded:
    """
    The food-safety grade of a site (餐饮服务食品安全量化等级).

    Parameters
    ----------
    grade
        ``"A"``, ``"B"`` or ``"C"``.
    graded_on
        When.
    office
        Who graded.
    """

    grade: Grade
    graded_on: date
    office: str
