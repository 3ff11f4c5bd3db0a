"""Wrong hands: whatever was corrected, the day stands as if it had been reported right at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from api.day.cook import batch_cooked, batch_started
from api.day.corrections import Hand, Mended, give_to, mend, take_back, use_carrier
from api.day.holds import acts_of, hold_facts, packings, profile_at
from api.day.judging import judge_boxes
from api.day.pack_boxes import box_packed
from api.day.views import load_round
from api.day.views_kitchen import kitchen_view
from api.people import OPERATOR
from kitchen.acts import ActKind
from kitchen.store.acts import load_history, load_packed
from kitchen.store.carriers import load_statuses
from kitchen.store.equipment import load_carriers
from orders.errors import BadInput, Conflict, MealError, NotFound
from telemetry.store.probe_uses import ProbeUseRow
from telemetry.store.verdicts import latest_verdicts
from tests.api.day.acted_day import CORE_C, Acting, instant
from tests.api.day.example_day import ExampleDay


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
    st.tuples(st.just("minute"), st.sampled_from(["started", "cooked", "packed"]), st.integers(0, 3), MINUTES),
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


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(ACT, min_size=4, max_size=14))
def test_a_corrected_day_stands_as_the_true_one(bench, steps) -> None:
    """Tests that after any acts and corrections all counts and clocks are those of the true acts alone."""
    day, opened = bench
    with Session(day.database.engine) as session:
        first = opened(session)
        facts: Facts = {}
        for step in [*(("cook", i, 0, 90.0) for i in range(len(first.batches))), ("pack", 0, 0, 82.0), *steps]:
            facts = tried(first, facts, step)
        assert facts
        corrected = first.state()
        session.rollback()
    with Session(day.database.engine) as session:
        second = opened(session)
        straight(second, facts)
        assert second.state() == corrected
        session.rollback()
