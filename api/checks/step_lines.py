"""Control points as the papers of the floor print them: every measurement, the corrected and the lost too."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from api.checks.called import batch_called, box_called, called_by_id
from api.checks.floor import Floor, limits_words
from api.checks.points import Measured
from api.reports.check_facts import Mark, StepLine
from api.reports.facts import Named
from api.words import gettext
from kitchen.haccp import ControlPoint
from kitchen.store.checks import Remedy
from kitchen.store.floor import FloorBatch
from kitchen.store.steps import Step
from orders.codes import Coded

LIFTED = "Discard lifted"


def step_lines(floor: Floor, users: Mapping[str, str]) -> list[StepLine]:
    """
    Every measurement of a service by its minute, then what is missing.

    Parameters
    ----------
    floor
        The service; what was measured in versions before is printed with its version.
    users
        Names by user id, for measurements that name nobody.
    """
    called = called_by_id(floor)
    found: list[StepLine] = []
    for food, points in _foods(floor):
        for one in points:
            found += _lines(floor, one, food[1], called[food[0]], users)
    for lost in floor.lost:
        food_ = lost.food
        name = batch_called(floor, food_) if isinstance(food_, FloorBatch) else box_called(floor, food_)
        said = Coded("step_of_version", {"version": lost.version})
        for one in lost.points:
            lines = _lines(floor, one, food_.code, name, users)
            found += [replace(line, notes=(*line.notes, said)) for line in lines if line.at is not None]
    return sorted(found, key=lambda one: (one.at is None, (one.at and one.at.timestamp()) or 0.0, one.code))


def missing_line(one: Measured, code: str, food: Named) -> StepLine:
    """A point that is not measured yet."""
    name = Named(one.point.name_zh, one.point.name_en)
    return StepLine(None, code, food, name, limits_words(one.point), None, "", "", "missing")


def _foods(floor: Floor) -> Iterator[tuple[tuple[str, str], tuple[Measured, ...]]]:
    """Id and code of each batch and box, with its points."""
    for batch in floor.batches:
        yield (batch.batch_id, batch.code), floor.of_batch[batch.batch_id]
    for box in floor.boxes:
        again = floor.reheated.get(box.box_id)
        yield (box.box_id, box.code), (floor.of_box[box.box_id], *([again] if again else []))


def _lines(
    floor: Floor, one: Measured, code: str, food: Named, users: Mapping[str, str]
) -> Iterator[StepLine]:
    """Each measurement of a point, those that were put right as such; or that it is missing."""
    gone = {step.step_id for step in one.corrected}
    for step in (*one.corrected, *one.tries):
        mark: Mark = "passed" if step.passed else "failed"
        if step.step_id in gone:
            mark = "corrected"
        elif step.step_id == one.ref:
            mark = one.standing
        actions = _named_actions(floor, [done for done in one.remedies if done.ref == step.step_id])
        told = replace(step, person=step.person or users.get(step.actor, ""))
        yield _line(told, one.point, code, food, mark, actions)
    if one.standing == "missing" and floor.watch.probes:
        yield missing_line(one, code, food)


def _line(
    step: Step,
    point: ControlPoint,
    code: str,
    food: Named,
    mark: Mark,
    actions: tuple[tuple[Named, str], ...],
) -> StepLine:
    return StepLine(
        step.happened_at,
        code,
        food,
        Named(point.name_zh, point.name_en),
        limits_words(point),
        step.value_c,
        step.probe,
        step.person,
        mark,
        step.wrong,
        actions,
        step.warnings,
        step.reason,
    )


def _named_actions(floor: Floor, remedies: Sequence[Remedy]) -> tuple[tuple[Named, str], ...]:
    return tuple(
        (_action_named(floor, one), " ".join(part for part in (one.note, one.person) if part))
        for one in remedies
    )


def _action_named(floor: Floor, one: Remedy) -> Named:
    if one.effect == "lifted":
        return Named(gettext(LIFTED, "zh_CN"), LIFTED)
    action = floor.limits.floor.actions.get(one.action)
    return Named(action.name_zh, action.name_en) if action else Named(one.action, one.action)
