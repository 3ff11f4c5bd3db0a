"""How the control points and samples of a published service stand, from what people measured."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.checks.desk import Limits, Watch, limits_of, watch_of
from kitchen.acts import Cooked, Packed
from kitchen.haccp import REHEATS, ControlPoint, Standing, judge, standing
from kitchen.recipes import Dish
from kitchen.samples import Sample
from kitchen.store.acts import load_cooked, load_packed
from kitchen.store.catalogue import load_dishes
from kitchen.store.checks import Remedy, load_remedies
from kitchen.store.floor import FloorBatch, FloorBox, load_floor_batches, load_floor_boxes
from kitchen.store.lots import held_lots_of
from kitchen.store.production import load_production
from kitchen.store.samples import load_samples
from kitchen.store.steps import Step, load_steps
from orders.codes import Coded
from orders.errors import NotFound
from orders.service import Service


@dataclass(frozen=True, slots=True)
class Measured:
    """
    How one control point of a batch or a box stands.

    Parameters
    ----------
    point, standing
        Which, and how.
    ref
        Id that an action about it names; empty while nothing was measured.
    value_c, at
        The last measurement; None while there is none.
    probe, person
        By which probe and whom; empty when nobody said.
    wrong, remedies
        What is wrong with it; what was done about this and earlier tries.
    tries
        Every standing measurement, in order.
    actor
        Who wrote it down, as a user id.
    warnings
        What there was to warn of when it was measured.
    """

    point: ControlPoint
    standing: Standing
    ref: str = ""
    value_c: float | None = None
    at: datetime | None = None
    probe: str = ""
    person: str = ""
    wrong: tuple[Coded, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    tries: tuple[Step, ...] = ()
    actor: str = ""
    warnings: tuple[Coded, ...] = ()


@dataclass(frozen=True, slots=True)
class Floor:
    """
    The floor of one published service.

    Parameters
    ----------
    service, production_id
        Whose.
    watch, limits
        What the house lists, and what it is judged by.
    batches, boxes, dishes
        As published; dishes by id.
    of_batch, of_box
        Control points by batch id; the core at packing by box id.
    reheated
        Reheatings of whole boxes, by box id; of those that were.
    samples
        By dish and variant.
    held
        Codes of held lots by batch id.
    cooked_at
        When each batch came off the heat.
    """

    service: Service
    production_id: str
    watch: Watch
    limits: Limits
    batches: tuple[FloorBatch, ...]
    boxes: tuple[FloorBox, ...]
    dishes: Mapping[str, Dish]
    of_batch: Mapping[str, tuple[Measured, ...]]
    of_box: Mapping[str, Measured]
    reheated: Mapping[str, Measured]
    samples: Mapping[tuple[str, str], Sample]
    held: Mapping[str, Sequence[str]]
    cooked_at: Mapping[str, datetime]


def read_floor(session: Session, service: Service, batch_ids: Collection[str] | None = None) -> Floor | None:
    """The floor of a service, or of these batches of it without any box; None when nothing is published."""
    production = load_production(session, service.key)
    if production is None:
        return None
    key = production.production_id
    batches = load_floor_batches(session, key, batch_ids)
    boxes = load_floor_boxes(session, key) if batch_ids is None else ()
    dishes = load_dishes(session, {batch.dish_id for batch in batches})
    limits = limits_of(session, service.kitchen_id)
    steps = load_steps(session, service.key, batch_ids)
    packed = load_packed(session, key) if batch_ids is None else {}
    refs = {step.step_id for step in steps} | {event_id for event_id, _ in packed.values()}
    remedies = load_remedies(session, refs)
    cooked = load_cooked(session, key, batch_ids)
    by_batch, by_box = _grouped(steps)
    of_batch = {}
    for batch in batches:
        act, own = cooked.get(batch.batch_id), by_batch[batch.batch_id]
        of_batch[batch.batch_id] = tuple(_points(limits, dishes.get(batch.dish_id), own, act, remedies))
    return Floor(
        service=service,
        production_id=key,
        watch=watch_of(session, service.kitchen_id, service.service_on),
        limits=limits,
        batches=batches,
        boxes=boxes,
        dishes=dishes,
        of_batch=of_batch,
        of_box={box.box_id: _packing(limits, box, by_box[box.box_id], packed, remedies) for box in boxes},
        reheated=_reheated(limits, by_box, remedies),
        samples={(one.dish_id, one.variant): one for one in load_samples(session, service.key)},
        held=held_lots_of(session, [batch.batch_id for batch in batches]),
        cooked_at={batch_id: act.happened_at for batch_id, (_, act) in cooked.items()},
    )


def need_floor(session: Session, service: Service) -> Floor:
    """The floor of a published service; `NotFound` when nothing is published."""
    floor = read_floor(session, service)
    if floor is None:
        raise NotFound("plan", service.key)
    return floor


def _grouped(steps: Sequence[Step]) -> tuple[dict[str, list[Step]], dict[str, list[Step]]]:
    by_batch: dict[str, list[Step]] = defaultdict(list)
    by_box: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        if step.batch_id is not None:
            by_batch[step.batch_id].append(step)
        if step.box_id is not None:
            by_box[step.box_id].append(step)
    return by_batch, by_box


def _points(
    limits: Limits,
    dish: Dish | None,
    steps: Sequence[Step],
    cooked: tuple[str, Cooked] | None,
    remedies: Mapping[str, list[Remedy]],
) -> list[Measured]:
    """The batch's points in the order of the food; one that is only done at need when it was done."""
    chilled = dish is not None and dish.hold_class == "cold"
    cook_chill = dish is not None and dish.supply == "cook_chill"
    found = []
    for point in limits.floor.points.values():
        tries = tuple(step for step in steps if step.point == point.code)
        if point.of_box or not (point.binds(chilled=chilled, cook_chill=cook_chill) or tries):
            continue
        if point.code == "cook" and cooked is not None and cooked[1].core_c is not None:
            done = tuple(one for step in tries for one in remedies.get(step.step_id, ()))
            found.append(_cooked(point, cooked, tries, done))
        else:
            found.append(_last(point, tries, remedies))
    return found


def _cooked(
    point: ControlPoint, cooked: tuple[str, Cooked], tries: tuple[Step, ...], remedies: tuple[Remedy, ...]
) -> Measured:
    """The act of taking it off the heat is the measurement; the step tells probe and person."""
    event_id, act = cooked
    step, core_c = next((one for one in reversed(tries) if one.passed), None), act.core_c or 0.0
    wrong = judge(point, core_c)
    return Measured(
        point,
        standing(not wrong, []),
        event_id,
        core_c,
        act.happened_at,
        step.probe if step else "",
        step.person if step else "",
        wrong,
        remedies,
        tries,
        act.actor,
        step.warnings if step else (),
    )


def _last(point: ControlPoint, tries: tuple[Step, ...], remedies: Mapping[str, list[Remedy]]) -> Measured:
    if not tries:
        return Measured(point, "missing")
    step = tries[-1]
    done = tuple(one for try_ in tries for one in remedies.get(try_.step_id, ()))
    return Measured(
        point,
        _stands(step.passed, step.step_id, done),
        step.step_id,
        step.value_c,
        step.happened_at,
        step.probe,
        step.person,
        step.wrong,
        done,
        tries,
        step.actor,
        step.warnings,
    )


def _stands(passed: bool, ref: str, done: Sequence[Remedy]) -> Standing:
    """By the last action about the measurement itself; what was once discarded stays so."""
    if any(one.effect == "discard" for one in done):
        return "discard"
    return standing(passed, [one.effect for one in done if one.ref == ref and one.effect is not None])


def _packing(
    limits: Limits,
    box: FloorBox,
    steps: Sequence[Step],
    packed: Mapping[str, tuple[str, Packed]],
    remedies: Mapping[str, list[Remedy]],
) -> Measured:
    """The core at packing, the newest: the packer's own measurement, or a later one of the same box."""
    chilled = box.hold_class == "cold"
    point = next(
        one
        for one in limits.floor.points.values()
        if one.of_box and one.binds(chilled=chilled, cook_chill=False)
    )
    tries = tuple(step for step in steps if step.point == point.code)
    event = packed.get(box.box_id)
    if event is None or event[1].core_c is None or (tries and tries[-1].happened_at >= event[1].happened_at):
        return _last(point, tries, remedies)
    event_id, act = event
    core_c = act.core_c or 0.0
    wrong, refs = judge(point, core_c), (*(step.step_id for step in tries), event_id)
    done = tuple(one for ref in refs for one in remedies.get(ref, ()))
    return Measured(
        point,
        _stands(not wrong, event_id, done),
        event_id,
        core_c,
        act.happened_at,
        act.probe,
        act.person,
        wrong,
        done,
        tries,
        act.actor,
        act.warnings,
    )


def _reheated(
    limits: Limits, by_box: Mapping[str, list[Step]], remedies: Mapping[str, list[Remedy]]
) -> dict[str, Measured]:
    """Boxes that were reheated, as each stands."""
    points = [one for code, one in limits.floor.points.items() if one.of_box and code in REHEATS]
    found = {}
    for point in points:
        for box_id, steps in by_box.items():
            tries = tuple(step for step in steps if step.point == point.code)
            if tries:
                found[box_id] = _last(point, tries, remedies)
    return found


def limits_words(point: ControlPoint) -> str:
    """The limits as figures: ``≥ 70 °C``, ``≤ 21 °C, 120 min``."""
    low, high = point.least_c, point.most_c
    if low is not None and high is not None:
        words = f"{low:g}–{high:g} °C"
    else:
        words = f"≥ {low:g} °C" if low is not None else f"≤ {high or 0:g} °C"
    return f"{words}, {point.within_s // 60} min" if point.within_s else words
