"""After a power cut: each asset's minutes beyond its limits, and what becomes of the lots inside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.checks.asset_facts import AssetFacts, asset_facts, record_document
from api.checks.asset_list import assets_of
from api.checks.assets import need_asset
from api.checks.desk import CheckDesk, open_checks, person_named, watch_of
from api.reports.facts import Named
from api.stock.desk import StockDesk, need_lot, need_text
from api.stock.holding import destroy_lot, hold_lot, release_lot
from api.stock.moves import waste
from api.stock.picking import pick_again
from api.stock.views import named as food_named
from kitchen.lots import Lot
from kitchen.store.catalogue import load_foods
from kitchen.store.deliveries import deliveries_of
from kitchen.store.lot_order import issued_since, mark_use_first
from kitchen.store.lots import last_marks, load_lots
from orders.errors import BadInput, Conflict, NotFound
from telemetry.assets import Asset, AssetRecord, Span, common_gap
from telemetry.store.assets import (
    LOT_WORDS,
    LotWord,
    LotWordKind,
    PowerCut,
    find_cut,
    load_cuts,
    load_words,
    save_cut,
    save_word,
)

LOOK_BACK = timedelta(days=2)
SHOWN_FOR = timedelta(days=7)
LONGEST = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class CutTold:
    """
    A power cut as somebody tells it.

    Parameters
    ----------
    from_at, to_at
        From when to when.
    note, person
        What there is to say; who says it: code or name.
    """

    from_at: datetime
    to_at: datetime
    note: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class LotTold:
    """
    What becomes of a lot.

    Parameters
    ----------
    asset, lot
        Codes of the asset in which it lay, and of the lot.
    word
        ``"keep"``, ``"use_now"``, ``"hold"`` or ``"discard"``.
    reason, person
        Why; who says so: code or name.
    """

    asset: str
    lot: str
    word: LotWordKind
    reason: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class LotInside:
    """
    A lot that may have lain in the assets of its storage.

    Parameters
    ----------
    lot, food, storage
        The lot, what it is, and how it came: ``"chilled"`` or ``"frozen"``.
    words
        What was said of it, in order; the last counts.
    went_out
        Whether some of it was handed out since the cut began.
    """

    lot: Lot
    food: Named
    storage: str
    words: tuple[LotWord, ...]
    went_out: bool

    @property
    def open(self) -> bool:
        """Whether there is something left to decide about."""
        return self.lot.state != "destroyed" and (self.lot.left_mg > 0 or self.went_out)

    @property
    def waits(self) -> bool:
        """Whether nobody has said yet what becomes of it."""
        return self.open and not self.words


@dataclass(frozen=True, slots=True)
class CutView:
    """
    A power cut as known now.

    Parameters
    ----------
    cut
        As it was written down.
    records
        By code of the asset its record until it was back within its limits, from every reading that is here.
    lots
        Lots of the assets' storage, those handed out since the cut began too; those without a word first.
    """

    cut: PowerCut
    records: Mapping[str, AssetRecord]
    lots: tuple[LotInside, ...]


def cut_found(session: Session, desk: CheckDesk) -> Span | None:
    """
    The longest stretch of the last two days in which no asset with a probe told anything.

    None when there is none, when no asset has a probe, or when a power cut that is written down explains it.
    """
    from_at = desk.now_at - LOOK_BACK
    facts = _watched(session, desk, from_at)
    if not facts:
        return None
    mounted_at = max(min(use.from_at for use in one.uses) for one in facts)
    since_at = max(from_at, mounted_at)
    if since_at >= desk.now_at:
        return None
    gap = common_gap(one.record(since_at, desk.now_at) for one in facts)
    if gap is None or (gap[1] - gap[0]).total_seconds() <= max(one.asset.rules.gap_s for one in facts):
        return None
    told = load_cuts(session, desk.kitchen.kitchen_id, gap[0])
    return None if any(one.from_at < gap[1] for one in told) else gap


def declare_cut(session: Session, desk: CheckDesk, told: CutTold) -> PowerCut:
    """
    Writes a power cut down, with what is known of each asset now.

    Raises
    ------
    BadInput
        When it ends before it begins, lies ahead or is too long ago, or nobody of the staff is named.
    """
    open_checks(session, desk, "checks.keep")
    if not desk.now_at - LONGEST <= told.from_at < told.to_at <= desk.now_at:
        raise BadInput("cut_times", days=LONGEST.days)
    kitchen_id = desk.kitchen.kitchen_id
    watch = watch_of(session, kitchen_id, desk.today_on)
    facts = asset_facts(session, watch.assets.values(), told.from_at, desk.now_at)
    span = (told.from_at, told.to_at)
    silent = common_gap(one.record(*span) for one in facts if one.uses)
    cut = PowerCut(
        cut_id=desk.ids.new(),
        from_at=told.from_at,
        to_at=told.to_at,
        source="gap" if silent else "told",
        note=told.note.strip(),
        person=person_named(session, desk, watch, told.person),
        actor=desk.actor.user_id,
        recorded_at=desk.now_at,
        known={one.asset.code: known_of(one, one.after_cut(span, desk.now_at)) for one in facts},
    )
    save_cut(session, kitchen_id, cut)
    detail = {"from_at": cut.from_at.isoformat(), "to_at": cut.to_at.isoformat(), "source": cut.source}
    record(session, desk.actor, "checks.keep/power_cut", cut.cut_id, desk.now_at, detail)
    return cut


def decide_lot(session: Session, desk: CheckDesk, cut_id: str, told: LotTold) -> LotWord:
    """
    Writes down what becomes of a lot after a power cut, and lets the store room go by it.

    *Use now* goes first in picking. *Hold* bars it until another word. What is *discarded* leaves the stock;
    when some of it was handed out since the cut began, the food that has got of it stands still too.

    Raises
    ------
    NotFound
        When the kitchen has no such power cut, asset or lot.
    BadInput
        Without a reason, an unknown word, or nobody of the staff named.
    Conflict
        When the lot came after the cut, or nothing is left of it.
    """
    open_checks(session, desk, "checks.keep")
    kitchen_id = desk.kitchen.kitchen_id
    cut = _need_cut(session, kitchen_id, cut_id)
    if told.word not in LOT_WORDS:
        raise BadInput("lot_word_unknown", word=str(told.word)[:20], known=", ".join(LOT_WORDS))
    asset = need_asset(session, kitchen_id, told.asset)
    stock = StockDesk(desk.kitchen, desk.actor, desk.now_at, desk.ids)
    lot = need_lot(session, stock, told.lot)
    if lot.received_at >= cut.to_at:
        raise Conflict("lot_after_cut", lot=lot.code)
    went_out = lot.lot_id in issued_since(session, kitchen_id, cut.from_at)
    if lot.left_mg == 0 and not went_out:
        raise Conflict("lot_empty", lot=lot.code)
    reason = need_text(told.reason, "check_reason_missing")
    watch = watch_of(session, kitchen_id, desk.today_on)
    person = person_named(session, desk, watch, told.person)
    word = LotWord(lot.lot_id, asset.code, told.word, reason, person, desk.actor.user_id, desk.now_at)
    save_word(session, desk.ids.new(), cut.cut_id, word)
    detail = {"cut": cut.cut_id, "asset": asset.code, "word": told.word, "reason": reason}
    record(session, desk.actor, "checks.keep/lot_word", f"{kitchen_id}/{lot.code}", desk.now_at, detail)
    _act_on_word(session, stock, lot, cut, word, went_out=went_out)
    return word


def _act_on_word(
    session: Session, stock: StockDesk, lot: Lot, cut: PowerCut, word: LotWord, *, went_out: bool
) -> None:
    """What the store room does with a lot by the word about it; one held for another reason stays so."""
    mark_use_first(session, lot.lot_id, word.word == "use_now")
    mark = last_marks(session, [lot.lot_id]).get(lot.lot_id)
    holds = [one for one in load_words(session, cut.cut_id) if (one.lot_id, one.word) == (lot.lot_id, "hold")]
    is_own = mark is not None and (mark.at, mark.reason) in {(one.recorded_at, one.reason) for one in holds}
    if word.word == "hold" and lot.state == "ok":
        hold_lot(session, stock, lot.code, word.reason, word.person)
    elif word.word in ("keep", "use_now") and lot.state == "held" and is_own:
        release_lot(session, stock, lot.code, word.reason, word.person)
    elif word.word == "discard":
        if went_out:
            destroy_lot(session, stock, lot.code, word.reason, word.person)
        else:
            waste(session, stock, lot.code, lot.left_mg, word.reason)
    pick_again(session, stock.kitchen.kitchen_id, stock.today_on)


def cut_views(session: Session, desk: CheckDesk) -> tuple[CutView, ...]:
    """The power cuts of the last days as known now, the latest first."""
    kitchen_id = desk.kitchen.kitchen_id
    cuts = load_cuts(session, kitchen_id, desk.now_at - SHOWN_FOR)
    assets = assets_of(session, kitchen_id)
    return tuple(_view(session, desk, cut, list(assets.values())) for cut in cuts)


def lots_undecided(session: Session, desk: CheckDesk) -> list[tuple[PowerCut, int]]:
    """Power cuts of the last days with how many lots wait for a word, where any does."""
    kitchen_id = desk.kitchen.kitchen_id
    cuts = load_cuts(session, kitchen_id, desk.now_at - SHOWN_FOR)
    assets = list(assets_of(session, kitchen_id).values()) if cuts else []
    found = [(cut, sum(one.waits for one in _lots_inside(session, desk, cut, assets))) for cut in cuts]
    return [(cut, lots) for cut, lots in found if lots]


def known_of(facts: AssetFacts, record: AssetRecord) -> dict[str, Any]:
    """What is known of an asset after a power cut, with the limits it is held to."""
    rules = facts.asset.rules
    return {"low_c": rules.low_c, "high_c": rules.high_c, **record_document(record)}


def _view(session: Session, desk: CheckDesk, cut: PowerCut, assets: list[Asset]) -> CutView:
    span = (cut.from_at, cut.to_at)
    records = {
        one.asset.code: one.after_cut(span, desk.now_at)
        for one in asset_facts(session, assets, cut.from_at, desk.now_at)
    }
    return CutView(cut, records, _lots_inside(session, desk, cut, assets))


def _lots_inside(
    session: Session, desk: CheckDesk, cut: PowerCut, assets: list[Asset]
) -> tuple[LotInside, ...]:
    """Lots that may have lain in the assets during a cut, those without a word first."""
    words = load_words(session, cut.cut_id)
    said = {word.lot_id for word in words}
    out = issued_since(session, desk.kitchen.kitchen_id, cut.from_at)
    kept = load_lots(session, desk.kitchen.kitchen_id)
    kept |= load_lots(session, desk.kitchen.kitchen_id, lot_ids=said | out) if said | out else {}
    storages = {one.storage for one in assets if one.storage}
    came = deliveries_of(session, list(kept))
    foods = load_foods(session)
    inside = [
        LotInside(
            lot,
            food_named(foods, lot.food_code),
            came[lot.lot_id].storage,
            tuple(word for word in words if word.lot_id == lot.lot_id),
            lot.lot_id in out,
        )
        for lot in kept.values()
        if lot.lot_id in said or (came[lot.lot_id].storage in storages and lot.received_at < cut.to_at)
    ]
    return tuple(sorted(inside, key=lambda one: (bool(one.words), one.lot.code)))


def _watched(session: Session, desk: CheckDesk, from_at: datetime) -> list[AssetFacts]:
    """The assets that have a probe."""
    assets = assets_of(session, desk.kitchen.kitchen_id).values()
    return [one for one in asset_facts(session, assets, from_at, desk.now_at) if one.uses]


def _need_cut(session: Session, kitchen_id: str, cut_id: str) -> PowerCut:
    cut = find_cut(session, kitchen_id, cut_id)
    if cut is None:
        raise NotFound("power_cut", cut_id)
    return cut
