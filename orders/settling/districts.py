"""What a district adds to a benefit at its own cost."""

from dataclasses import replace
from datetime import date

from orders.programmes.benefits import DistrictAmount, Overlay, PerMeal
from orders.programmes.classes import KnownPerson
from orders.settling.rules import Rules
from orders.settling.shares import Share


def district_of(
    benefit: PerMeal, rules: Rules, person: KnownPerson, day_on: date
) -> tuple[Overlay, DistrictAmount] | None:
    """The district's change of a benefit for somebody who lives there (or is registered there), or None."""
    for overlay in rules.programme.overlays:
        if not overlay.district:
            continue
        places = person.values(overlay.by, day_on)
        for one in overlay.district:
            begun = one.valid_from is None or one.valid_from <= day_on
            ended = one.valid_to is not None and day_on > one.valid_to
            if one.benefit == benefit.id and begun and not ended and one.district in places:
                return overlay, one
    return None


def raised(benefit: PerMeal, change: tuple[Overlay, DistrictAmount] | None) -> PerMeal:
    """The benefit as the district gives it."""
    if change is None:
        return benefit
    own = {"amount": change[1].amount, "share": change[1].share}
    return benefit.model_copy(update={name: value for name, value in own.items() if value is not None})


def split(
    share: Share, benefit: PerMeal, change: tuple[Overlay, DistrictAmount] | None, price_fen: int
) -> list[Share]:
    """A district's share in two: what the programme gives anyway, and what the district pays on top."""
    base_fen = benefit.gives_fen(price_fen)
    if change is None or share.amount_fen <= base_fen:
        return [share]
    extra = replace(share, payer=change[0].extra_payer, amount_fen=share.amount_fen - base_fen, extra=True)
    return [replace(share, amount_fen=base_fen), extra] if base_fen else [extra]
