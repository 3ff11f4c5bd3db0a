"""Pans of a bulk box: what is to be in each, what the scales said, and how many portions that is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from sqlmodel import Session, col, select

from api.audit import record
from api.day.corrections import Hand
from api.day.diets import load_rules
from api.day.holds import packings
from api.day.holds_facts import Packing
from api.packaged import read_toml
from api.paths import config_dir
from api.permissions import ensure
from api.reports.facts import Named
from kitchen.boxes import Spare
from kitchen.pans import (
    PanLine,
    PanLoad,
    PanRules,
    WeighedPan,
    pan_loads,
    pan_rules,
    portions_in,
    with_spare,
)
from kitchen.recipes import Dish, portion_g
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.corrections import load_weighed, save_weighed
from kitchen.store.production import size_of
from kitchen.store.production_rows import BatchLineRow, BatchRow, BoxLineRow
from kitchen.variants import VariantNotMade, as_variant
from orders.codes import Coded
from orders.errors import BadInput, NotFound

MOST_G = 60_000


@dataclass(frozen=True, slots=True)
class PanView:
    """
    One pan.

    Parameters
    ----------
    load
        What is to be in it.
    dish, batches
        Its dish by name, its batches by code.
    weighed_g, portions
        What the scales said, grams, and the portions that it gives; None while nobody weighed.
    """

    load: PanLoad
    dish: Named
    batches: tuple[str, ...]
    weighed_g: int | None
    portions: int | None

    @property
    def short(self) -> int:
        """Portions that a weighed pan lacks."""
        return 0 if self.portions is None else max(0, self.load.portions - self.portions)


def pans_of_box(session: Session, box_id: str) -> tuple[PanView, ...]:
    """
    The pans of a box, in the order of packing; a box of whole meals has none.

    Raises
    ------
    NotFound
        When the box is unknown.
    """
    packing = packings(session, [box_id])[box_id]
    if not packing.carrier.pans:
        return ()
    lines, names, codes = _lines(session, packing)
    weighed = load_weighed(session, [box_id])
    rules = packaged_pans()
    views = []
    for load in pan_loads(lines, packing.carrier.pans, packing.carrier.max_food_g, rules):
        found = weighed.get((box_id, load.pan))
        net_g = found[1].net_g if found else None
        portions = None if net_g is None else portions_in(net_g, load.portion_g, rules.rest_ratio)
        batches = tuple(codes[one] for one in load.batch_ids)
        views.append(PanView(load, names[load.dish_id], batches, net_g, portions))
    return tuple(views)


def weigh_pan(session: Session, box_id: str, pan: int, net_g: int, hand: Hand) -> tuple[Coded, ...]:
    """
    Writes down what the scales said of a pan; a second word corrects the first, both rows stay.

    Returns
    -------
    tuple[Coded, ...]
        ``pan_short`` when it gives fewer portions than its box is labelled with.

    Raises
    ------
    NotFound
        When the box has no such pan.
    BadInput
        When no pan weighs that.
    """
    packing = packings(session, [box_id])[box_id]
    ensure(hand.actor, "box.pack", kitchen_id=packing.service.kitchen_id)
    if not 0 <= net_g <= MOST_G:
        raise BadInput("pan_weight", most_g=MOST_G)
    if pan not in {one.load.pan for one in pans_of_box(session, box_id)}:
        raise NotFound("pan", f"{packing.box.code}/{pan}")
    before = load_weighed(session, [box_id]).get((box_id, pan))
    weighed = WeighedPan(box_id, pan, net_g, hand.actor.user_id, hand.now_at)
    save_weighed(session, hand.ids.new(), weighed, before[0] if before else None)
    record(session, hand.actor, "box.pack/weigh", packing.box.code, hand.now_at, {"pan": pan, "net_g": net_g})
    (now,) = (one for one in pans_of_box(session, box_id) if one.load.pan == pan)
    if not now.short:
        return ()
    return (Coded("pan_short", {"box": packing.box.code, "pan": pan, "portions": now.short}),)


@cache
def packaged_pans() -> PanRules:
    """The packaged sizes of pans."""
    return pan_rules(read_toml(config_dir() / "pans.toml"))


def _lines(session: Session, packing: Packing) -> tuple[list[PanLine], dict[str, Named], dict[str, str]]:
    """The portions of a box in the order of packing, with their dishes by name and batches by code."""
    rows = session.exec(
        select(BatchLineRow, BatchRow)
        .where(BoxLineRow.batch_id == BatchRow.batch_id, BoxLineRow.box_id == packing.box.box_id)
        .where(BatchLineRow.batch_id == BoxLineRow.batch_id, BatchLineRow.line_id == BoxLineRow.line_id)
        .order_by(col(BoxLineRow.position))
    ).all()
    beside = {one.dish_id for one in packing.spare}
    dishes = load_dishes(session, beside | {batch.dish_id for _, batch in rows})
    foods = load_foods(session)
    weight_g: dict[tuple[str, str], int] = {}
    for key in {(batch.dish_id, batch.variant) for _, batch in rows}:
        dish = dishes[key[0]]
        try:
            weight_g[key] = portion_g(as_variant(dish, key[1], foods, load_rules()))
        except VariantNotMade:
            weight_g[key] = portion_g(dish)
    lines = [
        PanLine(batch.dish_id, batch.batch_id, size_of(line).of_g(weight_g[batch.dish_id, batch.variant]))
        for line, batch in rows
    ]
    lines = with_spare(lines, [one for spare in packing.spare for one in _spare_lines(dishes, spare)])
    names = {key: Named(dish.name_zh, dish.name_en) for key, dish in dishes.items()}
    return lines, names, _codes(session, packing.batch_ids)


def _spare_lines(dishes: Mapping[str, Dish], spare: Spare) -> list[PanLine]:
    return [PanLine(spare.dish_id, spare.batch_id, portion_g(dishes[spare.dish_id]))] * spare.portions


def _codes(session: Session, batch_ids: Collection[str]) -> dict[str, str]:
    query = select(BatchRow.batch_id, BatchRow.code).where(col(BatchRow.batch_id).in_(batch_ids))
    return dict(session.exec(query).all())
