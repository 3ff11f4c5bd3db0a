"""Wrong hands: whatever was corrected, the day stands as if it had been reported right at once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from api.carriers.desk import CarrierDesk, CarrierTold, write_down
from api.day.cook import batch_cooked, batch_started
from api.day.corrections import Hand, Mended, give_to, mend, take_back, use_carrier
from api.day.holds import acts_of, hold_facts, packings, profile_at
from api.day.judging import judge_boxes
from api.day.label_jobs import LabelWish, print_labels
from api.day.labels import destroy_spare_labels
from api.day.pack_boxes import box_packed
from api.day.pans import pans_of_box, weigh_pan
from api.day.paper_facts import load_paper_facts
from api.day.paper_sheets import labels_like
from api.day.papers import PrintWish, print_paper
from api.day.views import load_round
from api.day.views_acts import LabelPrint, label_prints, minute_meant, printed_twice
from api.day.views_kitchen import kitchen_view
from api.day.views_stove import stove_view
from api.people import OPERATOR
from api.words import LANGUAGES
from kitchen.acts import ActKind
from kitchen.store.acts import load_history, load_packed, load_record
from kitchen.store.carriers import load_statuses
from kitchen.store.equipment import load_carriers
from kitchen.store.production import load_batches, load_production
from orders.errors import BadInput, Conflict, MealError, NotFound
from orders.store.sites import load_kitchen
from telemetry.store.probe_uses import ProbeUseRow
from telemetry.store.verdicts import latest_verdicts
from tests.api.day.acted_day import CORE_C, Acting, instant
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay

FEW = 4


@dataclass
class Bench:
    """A published day inside one transaction, with short ways to act in it."""

    session: Session
    day: ExampleDay
    board: Mapping[str, Any]
    now_at: datetime
    ids: Any = field(init=False)

    def __post_init__(self) -> None:
        self.ids = self.day.ids
        boxes = sorted(self.board["boxes"], key=lambda one: (len(one["batch_ids"]), one["packed_at"]))
        self.boxes = boxes[:FEW]
        wanted = {batch_id for box in self.boxes for batch_id in box["batch_ids"]}
        batches = sorted(self.board["batches"], key=lambda one: (one["batch_id"] not in wanted, one["code"]))
        self.batches = batches[: max(FEW, len(wanted))]

    @property
    def hand(self) -> Hand:
        """Who acts now."""
        return Hand(OPERATOR, self.now_at, self.ids)

    def told(self, at: datetime) -> dict[str, Any]:
        """Arguments of an act that happened at an instant."""
        return {"actor": OPERATOR, "now_at": self.now_at, "ids": self.ids, "happened_at": at}

    def start(self, number: int, at: datetime) -> None:
        """A batch goes on the heat."""
        batch_started(self.session, self.batches[number]["batch_id"], **self.told(at))

    def cook(self, number: int, at: datetime, core_c: float = 90.0) -> None:
        """A batch comes off the heat."""
        batch_cooked(self.session, self.batches[number]["batch_id"], core_c=core_c, **self.told(at))

    def pack(self, number: int, at: datetime, core_c: float = CORE_C, carrier: str = "") -> None:
        """A box is closed."""
        box = self.boxes[number]
        code = carrier or box["carrier_code"]
        box_packed(self.session, box["box_id"], core_c=core_c, carrier_code=code, **self.told(at))
        judge_boxes(self.session, [box["box_id"]], self.now_at, self.ids)

    def state(self) -> dict[str, Any]:
        """Every count and clock that rests on the kitchen's acts."""
        session, service = self.session, self.day.service
        found = load_round(session, service)
        view = kitchen_view(session, service, self.now_at)
        known = packings(session, list(found.boxes))
        acts = acts_of(session, service, found.production.production_id)
        holds = hold_facts(session, known, acts, profile_at(session, service.kitchen_id))
        verdicts = latest_verdicts(session, list(found.packed))
        carriers = [one.carrier_id for one in load_carriers(session, service.kitchen_id)]
        uses = session.exec(select(ProbeUseRow).order_by(col(ProbeUseRow.device_id)))
        return {
            "counts": view.counts,
            "boxes": found.boxes,
            "holds": holds,
            "started": {key: act.happened_at for key, act in found.started.items()},
            "verdicts": {key: (one.shown, one.eat_by_at, one.reasons) for key, one in verdicts.items()},
            "carriers": {
                key: (one.state, one.since_at, one.site_id, one.box_id)
                for key, one in load_statuses(session, service.kitchen_id, carriers).items()
            },
            "probes": [(row.device_id, row.box_id, row.from_at, row.to_at, row.core_c) for row in uses],
        }


@pytest.fixture(scope="module")
def bench(published_day: ExampleDay, tmp_path_factory: pytest.TempPathFactory):
    """A day that every example of a property starts from, rolled back after each."""
    day = published_day.copied(tmp_path_factory.mktemp("corrected"))
    board = Acting.of(day).board
    last = max(instant(box["packed_at"]) for box in board["boxes"])

    def opened(session: Session) -> Bench:
        return Bench(session, day, board, last + timedelta(hours=1))

    return day, opened


MINUTES = st.integers(-20, 20)
CORES = st.sampled_from([72.0, 78.5, 82.0, 90.0])
ACT = st.one_of(
    st.tuples(st.just("start"), st.integers(0, FEW - 1), MINUTES),
    st.tuples(st.just("cook"), st.integers(0, FEW - 1), MINUTES, CORES),
    st.tuples(st.just("pack"), st.integers(0, FEW - 1), MINUTES, CORES),
    st.tuples(
        st.just("minute"), st.sampled_from(["started", "cooked", "packed"]), st.integers(0, 3), MINUTES
    ),
    st.tuples(st.just("core"), st.sampled_from(["cooked", "packed"]), st.integers(0, FEW - 1), CORES),
    st.tuples(st.just("never"), st.sampled_from(["started", "cooked", "packed"]), st.integers(0, FEW - 1)),
    st.tuples(
        st.just("other"),
        st.sampled_from(["started", "cooked", "packed"]),
        st.integers(0, FEW - 1),
        st.integers(0, FEW - 1),
    ),
)
Facts = dict[tuple[ActKind, int], tuple[datetime, float | None]]


def planned(bench: Bench, kind: str, number: int) -> datetime:
    """The planned instant of an act, of one of the first batches or boxes."""
    if kind == "packed":
        return instant(bench.boxes[number]["packed_at"])
    name = "start_at" if kind == "started" else "ready_at"
    return instant(bench.batches[number][name])


def subject(bench: Bench, kind: ActKind, number: int) -> str:
    """Row id of a batch or box by its number."""
    return bench.boxes[number]["box_id"] if kind == "packed" else bench.batches[number]["batch_id"]


def tried(bench: Bench, facts: Facts, step: tuple[Any, ...]) -> Facts:
    """The step acted on the day, and on the plain list of what is true; a refused one changes neither."""
    try:
        with bench.session.begin_nested():
            return acted(bench, dict(facts), step)
    except MealError:
        return facts


def acted(bench: Bench, facts: Facts, step: tuple[Any, ...]) -> Facts:
    """One step, and what is true after it."""
    what, *rest = step
    if what in ("start", "cook", "pack"):
        kind: ActKind = {"start": "started", "cook": "cooked", "pack": "packed"}[what]
        number, minutes, *core = rest
        at = planned(bench, kind, number) + timedelta(minutes=minutes)
        getattr(bench, what)(number, at, *core)
        facts[kind, number] = (at, core[0] if core else None)
        return facts
    kind, number, *more = rest
    subject_id = subject(bench, kind, number)
    if what == "never":
        take_back(bench.session, kind, subject_id, bench.hand, "slip")
        del facts[kind, number]
    elif what == "other":
        give_to(bench.session, kind, subject_id, subject(bench, kind, more[0]), bench.hand)
        facts[kind, more[0]] = facts.pop((kind, number))
    elif what == "minute":
        at, core_c = facts.get((kind, number), (planned(bench, kind, number), None))
        moved = at + timedelta(minutes=more[0])
        mend(bench.session, kind, subject_id, Mended(happened_at=moved), bench.hand)
        facts[kind, number] = (moved, core_c)
    else:
        mend(bench.session, kind, subject_id, Mended(core_c=more[0]), bench.hand)
        facts[kind, number] = (facts[kind, number][0], more[0])
    return facts


def straight(bench: Bench, facts: Facts) -> None:
    """The true acts, once each, in the order in which the kitchen does them."""
    for kind in ("started", "cooked", "packed"):
        for (one, number), (at, core_c) in sorted(facts.items()):
            if one == kind:
                act = {"started": bench.start, "cooked": bench.cook, "packed": bench.pack}[kind]
                act(number, at, *([] if core_c is None else [core_c]))


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(ACT, min_size=4, max_size=14))
def test_a_corrected_day_stands_as_the_true_one(bench, steps) -> None:
    """Tests that after any acts and corrections all counts and clocks are those of the true acts alone."""
    day, opened = bench
    with Session(day.database.engine) as session:
        first = opened(session)
        facts: Facts = {}
        for step in [
            *(("cook", i, 0, 90.0) for i in range(len(first.batches))),
            ("pack", 0, 0, 82.0),
            *steps,
        ]:
            facts = tried(first, facts, step)
        assert facts
        corrected = first.state()
        session.rollback()
    with Session(day.database.engine) as session:
        second = opened(session)
        straight(second, facts)
        assert second.state() == corrected
        session.rollback()


@pytest.fixture
def cooked(bench) -> Iterator[Bench]:
    """The same day with the batches of its first boxes off the heat as planned."""
    day, opened = bench
    with Session(day.database.engine) as session:
        one = opened(session)
        for number in range(len(one.batches)):
            one.cook(number, planned(one, "cooked", number))
        yield one
        session.rollback()


def refused(act: Callable[[], object], error: type[MealError], code: str) -> MealError:
    """The refusal of an act, which must have this code."""
    with pytest.raises(error) as raised:
        act()
    assert raised.value.code == code
    return raised.value


def test_a_core_that_hot_food_hardly_has_is_asked_back(cooked) -> None:
    """Tests 6.5 typed for 65: asked back with what was meant, kept when somebody stands by it."""
    box, told = cooked.boxes[0], cooked.told(planned(cooked, "packed", 0))
    ask = {"carrier_code": box["carrier_code"], **told}
    refusal = refused(
        lambda: box_packed(cooked.session, box["box_id"], core_c=6.5, sure=False, **ask),
        BadInput,
        "core_meant",
    )
    assert refusal.params["meant_c"] == 65.0
    box_packed(cooked.session, box["box_id"], core_c=6.5, sure=True, **ask)
    right = Mended(core_c=65.0, person="甲", reason="6.5 for 65")
    mend(cooked.session, "packed", box["box_id"], right, cooked.hand)
    history = load_history(cooked.session, "packed", box["box_id"])
    assert [one.core_c for one in history] == [6.5, 65.0]
    assert history[1].replaces == history[0].event_id
    assert cooked.state()["holds"][box["box_id"]].packed_core_c == 65.0


def test_a_moved_minute_moves_clocks_holds_and_papers(cooked) -> None:
    """Tests that food off the heat twenty minutes earlier is to be eaten that much earlier, on paper too."""
    session, box = cooked.session, cooked.boxes[0]
    cooked.pack(0, planned(cooked, "packed", 0))
    before = cooked.state()
    batch_id = min(box["batch_ids"], key=lambda key: instant(ready_at(cooked, key)))
    earlier = instant(ready_at(cooked, batch_id)) - timedelta(minutes=20)
    mend(session, "cooked", batch_id, Mended(happened_at=earlier), cooked.hand)
    after, key = cooked.state(), box["box_id"]
    assert before["boxes"][key].eat_by_s - after["boxes"][key].eat_by_s >= 20 * 60
    assert after["holds"][key].cooked_at == earlier
    assert after["verdicts"][key][1] < before["verdicts"][key][1]
    paper = load_paper_facts(session, cooked.day.service, cooked.now_at)
    assert next(one for one in paper.boxes if one.box_id == key) == after["boxes"][key]


def test_a_core_that_is_lowered_leaves_the_figures_and_no_box_waits_to_be_refused(cooked) -> None:
    """Tests that a batch counts while its core stands, and that no box is offered that would be refused."""
    session, service = cooked.session, cooked.day.service
    before = kitchen_view(session, service, cooked.now_at)
    boxes = load_round(session, service).boxes
    offered = before.next_box
    batch_id = next(
        one.batch.batch_id for one in before.batches if one.batch.batch_id in boxes[offered.box_id].batch_ids
    )
    mend(session, "cooked", batch_id, Mended(core_c=60.0), cooked.hand)
    after = kitchen_view(session, service, cooked.now_at)
    lowered = next(one for one in after.due if one.batch.batch_id == batch_id)
    assert before.counts.cooked - after.counts.cooked == lowered.batch.portions
    assert after.next_box is None or batch_id not in boxes[after.next_box.box_id].batch_ids
    told = {"core_c": CORE_C, "carrier_code": offered.carrier_code, **cooked.told(cooked.now_at)}
    with pytest.raises(Conflict, match="box_held_back"):
        box_packed(session, offered.box_id, **told)


def ready_at(bench: Bench, batch_id: str) -> str:
    """When a batch is planned to be off the heat."""
    return next(one["ready_at"] for one in bench.board["batches"] if one["batch_id"] == batch_id)


def test_the_wrong_box_is_made_the_right_one(cooked) -> None:
    """Tests that the closed box, its carrier and its probe change over, with minute and core."""
    first, second = cooked.boxes[:2]
    at = planned(cooked, "packed", 1)
    at = max(at, planned(cooked, "packed", 0))
    cooked.pack(0, at, 79.0)
    give_to(cooked.session, "packed", first["box_id"], second["box_id"], cooked.hand)
    production_id = load_round(cooked.session, cooked.day.service).production.production_id
    packed = {key: act for key, (_, act) in load_packed(cooked.session, production_id).items()}
    assert list(packed) == [second["box_id"]]
    assert (packed[second["box_id"]].core_c, packed[second["box_id"]].happened_at) == (79.0, at)
    state = cooked.state()
    assert {row[1] for row in state["probes"]} <= {second["box_id"]}
    codes = {one.code: one.carrier_id for one in load_carriers(cooked.session, "K1")}
    assert state["carriers"][codes[first["carrier_code"]]][0] is None
    assert state["carriers"][codes[second["carrier_code"]]][0] == "packed"


def test_ten_seconds_need_no_reason_and_later_ones_do(cooked) -> None:
    """Tests the undo: at once without a word, later only with one; a batch in a closed box not at all."""
    box, at = cooked.boxes[0], planned(cooked, "packed", 0)
    cooked.pack(0, at)
    later = Hand(OPERATOR, cooked.now_at + timedelta(seconds=16), cooked.ids)
    back = lambda kind, key, hand: take_back(cooked.session, kind, key, hand)  # noqa: E731
    refused(lambda: back("packed", box["box_id"], later), BadInput, "undo_too_late")
    refused(lambda: back("cooked", box["batch_ids"][0], cooked.hand), Conflict, "batch_in_closed_box")
    back("packed", box["box_id"], cooked.hand)
    back("cooked", box["batch_ids"][0], cooked.hand)
    refused(lambda: back("cooked", box["batch_ids"][0], cooked.hand), NotFound, "not_found")
    assert cooked.state()["counts"].boxed == 0


def test_food_goes_into_clean_carriers_only(cooked) -> None:
    """Tests a house that writes washes down: an unclean carrier is refused, a clean spare one taken."""
    session, box = cooked.session, cooked.boxes[0]
    at = planned(cooked, "packed", 0)
    planned_codes = {one["carrier_code"] for one in cooked.board["boxes"]}
    known = {one.code: one for one in load_carriers(session, "K1")}
    kind = known[box["carrier_code"]].kind
    spare = next(code for code, one in known.items() if one.kind == kind and code not in planned_codes)
    desk = CarrierDesk(load_kitchen(session, "K1"), OPERATOR, cooked.now_at, cooked.ids)
    write_down(session, desk, [spare], CarrierTold("vouch", happened_at=at - timedelta(hours=1)))
    refusal = refused(lambda: cooked.pack(0, at), Conflict, "carrier_not_clean")
    assert refusal.params["carrier_state"] == "unknown"
    write_down(session, desk, [box["carrier_code"]], CarrierTold("return", happened_at=at))
    wash = CarrierTold("wash", "machine", "王阿姨", happened_at=at)
    write_down(session, desk, [box["carrier_code"]], wash)
    refused(lambda: cooked.pack(0, at), Conflict, "carrier_not_clean")
    cooked.pack(0, at, carrier=spare)
    assert cooked.state()["boxes"][box["box_id"]].carrier_id == known[spare].carrier_id
    write_down(session, desk, [box["carrier_code"]], CarrierTold("ready", happened_at=at))
    use_carrier(session, box["box_id"], box["carrier_code"], cooked.hand)
    assert cooked.state()["boxes"][box["box_id"]].carrier_id == known[box["carrier_code"]].carrier_id


def test_a_pan_is_weighed_and_says_what_is_short(cooked) -> None:
    """Tests that a bulk box's pans hold its portions, and that a light pan names the portions it lacks."""
    box = next(one for one in cooked.board["boxes"] if one["kind"] == "bulk")
    pans = pans_of_box(cooked.session, box["box_id"])
    assert sum(one.load.portions for one in pans) == box["portions"]
    first = pans[0].load
    assert weigh_pan(cooked.session, box["box_id"], 1, first.net_g, cooked.hand) == ()
    (short,) = weigh_pan(cooked.session, box["box_id"], 1, first.net_g - 2 * first.portion_g, cooked.hand)
    assert (short.code, short.params["portions"]) == ("pan_short", 2)


def test_labels_printed_twice_are_out_once_after_one_tap(own_day) -> None:
    """Tests that the second print is noticed, and that one print is left when the other is destroyed."""
    told = {"actor": OPERATOR, "now_at": instant(Acting.of(own_day).board["boxes"][0]["packed_at"])}
    service = own_day.service
    for _ in range(2):
        print_paper(own_day.database, service, "box-labels.zh_CN.pdf", **told)
    with own_day.database.begin() as session:
        _, second = kitchen_view(session, service, told["now_at"]).prints
        refused(lambda: destroy_spare_labels(session, service, 0, **told), NotFound, "not_found")
        assert destroy_spare_labels(session, service, second.number, **told) == 1
        assert label_prints(session, service, 1) == (second,)
        refused(
            lambda: destroy_spare_labels(session, service, second.number, **told), Conflict, "labels_out_once"
        )


def test_each_kind_of_label_is_counted_and_a_look_is_none(own_day) -> None:
    """Tests label printers' prints and looks, and that only prints of one size and language are spare."""
    told = {"actor": OPERATOR, "now_at": instant(Acting.of(own_day).board["boxes"][0]["packed_at"])}
    service, database = own_day.service, own_day.database
    look = PrintWish(languages=["zh_CN"], deliberate=False)
    print_paper(database, service, "sample-labels.zh_CN.pdf", wish=look, **told)
    print_paper(database, service, "sample-labels.zh_CN.pdf", **told)
    for _ in range(2):
        print_labels(database, service, LabelWish(("meal", "sample"), "80x60", "zpl", "zh_CN"), **told)
    with database.begin() as session:
        prints = label_prints(session, service, 1)
        assert [one.labels for one in prints] == ["sample", "meal", "sample", "meal", "sample"]
        twice = kitchen_view(session, service, told["now_at"]).printed_twice
        assert [group[0].likeness for group in twice] == [
            ("meal", "80x60", "zh_CN"),
            ("sample", "80x60", "zh_CN"),
        ]
        refused(
            lambda: destroy_spare_labels(session, service, prints[0].number, **told),
            Conflict,
            "labels_out_once",
        )
        assert destroy_spare_labels(session, service, prints[2].number, **told) == 1
        assert [one.labels for one in label_prints(session, service, 1)] == [
            "sample",
            "meal",
            "sample",
            "meal",
        ]


def test_labels_of_other_sizes_and_languages_are_not_printed_twice() -> None:
    """Tests A4 and two sizes in two languages, once each, then one of them again in another format."""
    names = [
        f"box-labels{size}.{language}.pdf" for size in ("", ".40x30", ".60x40") for language in LANGUAGES
    ]
    at = datetime(2026, 11, 23, 1, tzinfo=UTC)
    out = [LabelPrint(number, at, "box", *labels_like(name)) for number, name in enumerate(names)]
    assert {one.printer for one in out} == {"A4", "40x30", "60x40"}
    assert printed_twice(out) == ()
    again = LabelPrint(9, at, "box", *labels_like("box-labels.60x40.en.zpl"))
    (group,) = printed_twice([*out, again])
    assert {one.likeness for one in group} == {("box", "60x40", "en")} and again in group


def test_a_clock_time_means_the_nearest_instant() -> None:
    """Tests a time of the same day, and one on the other side of midnight."""
    at = datetime(2026, 11, 23, 16, 3, tzinfo=UTC)  # 00:03 at the kitchen
    assert minute_meant(at, time(0, 1), "Asia/Shanghai") == at - timedelta(minutes=2)
    assert minute_meant(at, time(23, 58), "Asia/Shanghai") == at - timedelta(minutes=5)


def test_a_start_is_corrected_to_any_minute_after_the_batch_is_off(as_user, house) -> None:
    """Tests that the page of a batch off the heat leads to its start, which takes any minute."""
    client, service = as_user("kitchen"), SERVICE.key
    with house.database.read() as session:
        batch = load_batches(session, load_production(session, service).production_id)[0]
    path, form = f"/kitchen/batches/{batch.batch_id}", {"service": service}
    assert client.post(f"{path}/started", data=form).status_code < 400
    assert client.post(f"{path}/cooked", data=form | {"core_c": "85"}).status_code < 400
    shown = client.get(f"/kitchen/acts/cooked/{batch.batch_id}", params=form).text
    assert f"/kitchen/acts/started/{batch.batch_id}" in shown
    began_at = PUBLISHED_AT - timedelta(minutes=7)
    assert 'name="clock"' in client.get(f"/kitchen/acts/started/{batch.batch_id}", params=form).text
    clock = began_at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%H:%M")
    told = form | {"clock": clock}
    assert client.post(f"/kitchen/acts/started/{batch.batch_id}", data=told).status_code < 400
    with house.database.read() as session:
        kept = load_record(session, "started", batch.batch_id).happened_at
    assert kept == began_at.replace(second=0, microsecond=0)


def test_a_core_at_the_stove_is_put_right_both_ways(as_user, house) -> None:
    """Tests 66 typed for 86, then 86 that was 62, a discard that is lifted, and the core measured again."""
    client, service = as_user("kitchen"), SERVICE.key
    with house.database.read() as session:
        batch = load_batches(session, load_production(session, service).production_id)[0]
    path, form = f"/kitchen/batches/{batch.batch_id}", {"service": service}
    act = f"/kitchen/acts/cooked/{batch.batch_id}"
    assert client.post(f"{path}/cooked", data=form | {"core_c": "66"}).status_code < 400
    assert f'{path}/core"' in client.get("/kitchen", params=form).text
    word = {"core_c": "86", "person": "甲", "reason": "输入错误"}
    for less in ("person", "reason"):
        assert client.post(f"{path}/core", data=form | word | {less: ""}).status_code == 422
    assert client.post(f"{path}/core", data=form | word).status_code < 400
    assert client.post(act, data=form | {"core_c": "62"}).status_code < 400
    assert client.post(act, data=form | {"core_c": "86"}).status_code == 422
    address = f"/api/v1/acts/cooked/{batch.batch_id}/corrections"
    assert client.post(address, json={"what": "mend", "core_c": 86.0, "person": "甲"}).status_code == 422
    assert 'name="reason"' in client.get(act, params=form).text
    shown = client.get("/kitchen", params=form).text
    assert f'{path}/action"' in shown and act in shown
    assert client.post(f"{path}/action", data=form | {"action": "discard"}).status_code < 400
    with house.database.read() as session:
        ref = stove_view(session, SERVICE, "").cold[batch.batch_id].ref
    lift = f"/api/v1/services/{service}/steps/{ref}/lift"
    assert client.post(lift, json={"reason": ""}).status_code == 422
    assert as_user("driver").post(lift, json={"reason": "typed wrong"}).status_code == 403
    house.clock.advance_to(PUBLISHED_AT + timedelta(minutes=1))
    assert client.post(lift, json={"reason": "typed wrong", "person": "甲"}).status_code == 204
    house.clock.advance_to(PUBLISHED_AT + timedelta(minutes=2))
    assert client.post(f"{path}/action", data=form | {"action": "cook_on"}).status_code < 400
    assert f'id="next-{batch.batch_id}"' in client.get("/kitchen", params=form).text
    assert client.post(f"{path}/cooked", data=form | {"core_c": "88"}).status_code < 400
    with house.database.read() as session:
        kept = [one.core_c for one in load_history(session, "cooked", batch.batch_id)]
    assert kept == [86.0, 62.0, 88.0]
