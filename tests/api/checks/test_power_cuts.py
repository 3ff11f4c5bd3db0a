"""After a power cut: minutes with their bounds, what nobody knows, and what becomes of the lots."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from api.audit import AuditRow
from api.checks.assets import AssetTold, list_assets
from api.checks.gaps import find_gaps
from api.checks.power_cuts import CutTold, LotTold, cut_found, cut_views, decide_lot, declare_cut
from api.checks.records import Entry, write_check
from api.day.asset_sensors import Mounting, mount
from api.stock.desk import need_lot
from api.stock.holding import hold_lot
from api.stock.picking import issue_service, keep_picks
from api.stock.views import pick_list
from kitchen.store.withheld import load_withheld
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from telemetry.readings import Reading
from telemetry.store.assets import load_words
from telemetry.store.devices import add_device
from telemetry.store.readings import keep
from tests.api.checks.room import COOKED_AT, SERVICE, furnished, later
from tests.api.stock.room import desk as stock_desk
from tests.api.stock.room import pork


def minute(number):
    return COOKED_AT + timedelta(minutes=number)


def tell(session, device, *told):
    keep(
        session,
        [Reading(device, "air", "air", "temperature", c, minute(at), minute(at)) for at, c in told],
    )


@pytest.fixture
def floor(database):
    """A cold room and a freezer with a probe each, pork in the cold room; silent from minute 10 to 70."""
    with database.begin() as session:
        at = furnished(session)
        list_assets(session, at, [AssetTold("CR-1", "cold_room"), AssetTold("FZ-1", "freezer")])
        for code, device in (("CR-1", "TH-1"), ("FZ-1", "TH-2")):
            add_device(session, device, family="holdchain", probes={"air": "air"}, now_at=COOKED_AT)
            mount(session, at, Mounting(code, device))
        tell(session, "TH-1", (0, 4), (10, 4), (70, 10), (80, 10), (90, 6), (100, 4))
        tell(session, "TH-2", (0, -18), (10, -18), (70, -14), (80, -15), (90, -16), (100, -17))
        lot = pork(session, stock_desk()).lot.code
        yield session, later(minutes=100), lot


CUT = CutTold(minute(10), minute(70), "市政停电", "S1")


def test_silence_of_all_assets_is_found_and_told_once(floor):
    """
    Tests that the hour without a word of either asset is offered, and no more once it is written down.
    """
    session, at, _ = floor
    assert cut_found(session, at) == (minute(10), minute(70))
    assert declare_cut(session, at, CUT).source == "gap"
    assert cut_found(session, at) is None


def test_minutes_above_the_limit_have_bounds(floor):
    """
    Tests the cold room: 10 degrees from minute 70 to 80, 8 again at 85, so 15 min proven and 60 unknown.
    """
    session, at, _ = floor
    cut = declare_cut(session, at, CUT)
    (view,) = cut_views(session, at)
    room, freezer = view.records["CR-1"], view.records["FZ-1"]
    assert (room.above_s, room.beyond_at_most_s, room.to_at) == (15 * 60, 75 * 60, minute(85))
    assert [(gap.before_c, gap.after_c) for gap in room.gaps] == [(4, 10)]
    assert (freezer.above_s, freezer.beyond_at_most_s, freezer.to_at) == (0, 60 * 60, minute(70))
    assert cut.known["CR-1"]["above_s"] == 15 * 60 and cut.known["CR-1"]["gaps"][0]["after_c"] == 10


def test_readings_that_come_later_are_counted_and_what_was_known_stays(floor):
    """
    Tests that a sensor's memory closes the gap on the page, beside what was written down before.
    """
    session, at, _ = floor
    declare_cut(session, at, CUT)
    tell(session, "TH-1", *((number, 4 + (number - 10) / 10) for number in range(20, 70, 10)))
    (view,) = cut_views(session, at)
    assert view.records["CR-1"].gaps == ()
    assert view.records["CR-1"].above_s == 35 * 60  # 8 degrees at minute 50, and again at 85
    assert view.cut.known["CR-1"]["above_s"] == 15 * 60


def test_every_lot_inside_gets_its_word_and_what_is_discarded_leaves_the_stock(floor):
    """
    Tests keep, then discard of a chilled lot: both words stay, the lot is empty, the audit names who.
    """
    session, at, lot = floor
    cut = declare_cut(session, at, CUT)
    (inside,) = cut_views(session, at)[0].lots
    assert (inside.lot.code, inside.storage, inside.words) == (lot, "chilled", ())
    write_check(session, at, Entry("safety_day", "", {"checked": "yes", "risk": "no"}, "S1"))

    def gaps():
        return [
            one.said.params["lots"]
            for one in find_gaps(session, at, at.today_on, at.today_on)
            if one.kind == "lots"
        ]

    assert gaps() == [1]
    decide_lot(session, at, cut.cut_id, LotTold("CR-1", lot, "use_now", "中心5℃", "S1"))
    decide_lot(session, later(minutes=101), cut.cut_id, LotTold("CR-1", lot, "discard", "异味", "S2"))
    assert [(one.word, one.person) for one in load_words(session, cut.cut_id)] == [
        ("use_now", "甲"),
        ("discard", "乙"),
    ]
    assert need_lot(session, stock_desk(), lot).left_mg == 0
    assert gaps() == []
    acts = [row.act for row in session.exec(select(AuditRow))]
    assert {"checks.keep/power_cut", "checks.keep/lot_word", "stock.keep/waste"} <= set(acts)
    with pytest.raises(Conflict, match="lot_empty"):
        decide_lot(session, at, cut.cut_id, LotTold("CR-1", lot, "keep", "x", "S1"))


def test_a_lot_to_be_used_now_is_picked_before_one_that_expires_earlier(floor):
    """
    Tests the pick list of a published service made anew, a lot on hold left out, and a word that lets it go.
    """
    session, at, lot = floor
    later_lot = pork(session, replace(stock_desk(), ids=at.ids), expires_on=date(2026, 12, 24)).lot.code
    cut = declare_cut(session, at, CUT)
    keep_picks(session, SERVICE)

    def picked():
        [batch] = pick_list(session, stock_desk(), SERVICE).batches
        return [one.lot_code for one in batch.lines]

    def word(code, said, minutes):
        decide_lot(session, later(minutes=minutes), cut.cut_id, LotTold("CR-1", code, said, "x", "S1"))

    before = picked()
    assert lot in before and later_lot not in before
    word(later_lot, "use_now", 101)
    assert later_lot in picked() and lot not in picked()
    word(later_lot, "hold", 102)
    assert lot in picked() and later_lot not in picked()
    assert need_lot(session, stock_desk(), later_lot).state == "held"
    word(later_lot, "keep", 103)
    assert need_lot(session, stock_desk(), later_lot).state == "ok"
    assert lot in picked()


@pytest.mark.parametrize("is_first", [True, False])
def test_a_word_after_a_cut_lets_no_lot_go_that_is_held_for_another_reason(floor, is_first):
    """
    Tests a lot of a complaint, told before or after somebody held it for the cut as well.
    """
    session, at, lot = floor
    cut = declare_cut(session, at, CUT)
    acts = [
        lambda: hold_lot(session, replace(stock_desk(), ids=at.ids), lot, "供应商召回", "甲"),
        lambda: decide_lot(session, later(minutes=101), cut.cut_id, LotTold("CR-1", lot, "hold", "x", "S1")),
    ]
    for act in acts if is_first else reversed(acts):
        act()
    decide_lot(session, later(minutes=102), cut.cut_id, LotTold("CR-1", lot, "keep", "5℃", "S1"))
    assert need_lot(session, stock_desk(), lot).state == "held"


def test_food_made_of_a_discarded_lot_since_the_cut_stands_still(floor):
    """
    Tests that what was handed out after the cut began stops the batch that has got of it.
    """
    session, at, lot = floor
    issue_service(session, replace(stock_desk(), now_at=minute(20)), SERVICE)
    cut = declare_cut(session, at, CUT)
    (inside,) = cut_views(session, at)[0].lots
    assert inside.went_out
    decide_lot(session, at, cut.cut_id, LotTold("CR-1", lot, "discard", "14℃", "S1"))
    assert need_lot(session, stock_desk(), lot).state == "destroyed"
    assert [one.code for one in load_withheld(session, SERVICE.key)] == ["B01"]


def test_what_cannot_be_is_refused(floor):
    """
    Tests times, words, reasons, lots, assets and cuts that are not, and who may not.
    """
    session, at, lot = floor
    for wrong in (replace(CUT, to_at=minute(5)), replace(CUT, to_at=minute(101))):
        with pytest.raises(BadInput, match="cut_times"):
            declare_cut(session, at, wrong)
    cut = declare_cut(session, at, CUT)
    told = LotTold("CR-1", lot, "keep", "测过", "S1")
    for one in (replace(told, word="eat"), replace(told, reason=" "), replace(told, person="nobody")):
        with pytest.raises(BadInput):
            decide_lot(session, at, cut.cut_id, one)
    for ref, one in (
        ("none", told),
        (cut.cut_id, replace(told, asset="X")),
        (cut.cut_id, replace(told, lot="X")),
    ):
        with pytest.raises(NotFound):
            decide_lot(session, at, ref, one)
    driver = replace(at, actor=replace(at.actor, role="driver"))
    with pytest.raises(Forbidden):
        declare_cut(session, driver, CUT)
    with pytest.raises(Forbidden):
        decide_lot(session, driver, cut.cut_id, told)


def test_a_kitchen_without_probes_asks_nobody(database):
    """
    Tests that nothing is found where no asset has a probe, and a cut told by a person stands alone.
    """
    with database.begin() as session:
        at = furnished(session)
        list_assets(session, at, [AssetTold("CR-1", "cold_room")])
        at = later(hours=3)
        assert cut_found(session, at) is None
        cut = declare_cut(session, at, CutTold(minute(0), minute(60), person="S1"))
        assert (cut.source, cut.known["CR-1"]["beyond_at_most_s"]) == ("told", 180 * 60)
