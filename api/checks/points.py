"""How the control points of a batch or a box stand: the newest measurement decides, corrections stay."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kitchen.acts import ActRecord
from kitchen.haccp import REHEATS, ControlPoint, FloorRules, Standing, is_discarded, judge, offered, standing
from kitchen.store.checks import Remedy
from kitchen.store.steps import Step
from orders.codes import Coded
from orders.menus import HoldClass

COOK = "cook"
STOPS = frozenset({"failed", "again", "discard"})


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
        The newest measurement; None while there is none.
    probe, person
        By which probe and whom; empty when nobody said.
    wrong, remedies
        What is wrong with it; what was done about this and earlier tries.
    tries
        Every standing measurement, in order; the act of coming off the heat or being closed is one.
    actor
        Who wrote it down, as a user id.
    warnings
        What there was to warn of when it was measured.
    corrected
        Measurements that were put right or taken back, in order.
    actions
        What may still be done about it when it failed, by code.
    by_act
        Whether the newest measurement is the act itself: its correction is the act's.
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
    corrected: tuple[Step, ...] = ()
    actions: tuple[str, ...] = ()
    by_act: bool = False


@dataclass(frozen=True, slots=True)
class Trail:
    """
    Everything that was written down about one batch or box.

    Parameters
    ----------
    steps
        Its measurements, corrected ones among them, in order.
    acts
        Rows of its coming off the heat or being closed, each after the one it replaces.
    replaced
        Ids of measurements of the service that a later one corrects.
    remedies
        What was done about failures, by the id of what failed.
    """

    steps: Sequence[Step] = ()
    acts: Sequence[ActRecord] = ()
    replaced: frozenset[str] = frozenset()
    remedies: Mapping[str, Sequence[Remedy]] = field(default_factory=dict)

    @property
    def standing_act(self) -> ActRecord | None:
        """The act as it stands; None when there is none, or it was taken back."""
        last = self.acts[-1] if self.acts else None
        return None if last is None or last.withdrawn else last


def batch_points(rules: FloorRules, trail: Trail, *, chilled: bool, cook_chill: bool) -> tuple[Measured, ...]:
    """
    The points of a batch in the order of the food; one that is only done at need when it was done.

    Parameters
    ----------
    rules, trail
        Control points; what was written about the batch.
    chilled, cook_chill
        What kind of food it is.
    """
    wanted = [
        one
        for one in rules.points.values()
        if not one.of_box
        and (
            one.binds(chilled=chilled, cook_chill=cook_chill)
            or any(step.point == one.code for step in trail.steps)
        )
    ]
    untimed = [one for one in wanted if not one.after]
    again = {one.code: times_done(_measured(rules, one, trail)) for one in untimed if one.code in REHEATS}
    most = max((one.times_max for one in untimed if one.code in REHEATS), default=0)
    spent = bool(most) and sum(again.values()) >= most
    found = {one.code: _measured(rules, one, trail, reheated=spent) for one in untimed}
    act = trail.standing_act
    cooked_at = act.happened_at if act else None
    for one in wanted:
        if one.after:
            found[one.code] = _measured(rules, one, trail, reheated=spent, timed=(found.values(), cooked_at))
    return tuple(found[one.code] for one in wanted)


def packing_point(rules: FloorRules, hold_class: HoldClass, trail: Trail, *, reheated: bool) -> Measured:
    """The core of a box at packing: the packer's own measurement, or a newer one of the same box."""
    point = next(
        one
        for one in rules.points.values()
        if one.of_box and one.binds(chilled=hold_class == "cold", cook_chill=False)
    )
    return _measured(rules, point, trail, reheated=reheated)


def reheating_point(rules: FloorRules, trail: Trail) -> Measured | None:
    """The reheating of a whole box; None when it was not."""
    for code, point in rules.points.items():
        if point.of_box and code in REHEATS and any(step.point == code for step in trail.steps):
            return _measured(rules, point, trail)
    return None


def times_done(one: Measured | None) -> int:
    """How often a point was measured and passed, as far as that stands."""
    return sum(step.passed for step in one.tries) if one else 0


def counted_from(
    point: ControlPoint, points: Iterable[Measured], cooked_at: datetime | None, at: datetime
) -> datetime | None:
    """
    When the time of a measurement starts.

    Parameters
    ----------
    point, points
        The point measured; the others of the same batch.
    cooked_at
        When the batch came off the heat, as it stands.
    at
        When it is measured.

    Returns
    -------
    datetime | None
        The last passing measurement before it of the points that it is counted from; of the end of cooking
        the minute off the heat, whatever was measured there later. None when there was none by then.

    References
    ----------
    docs/haccp.md, "Steps of a batch".
    """
    tries = {one.point.code: one.tries for one in points}
    first, *others = point.after
    if first == COOK:
        earlier = [cooked_at] if cooked_at and cooked_at <= at else []
    else:
        before = [step for step in tries.get(first, ()) if step.happened_at <= at]
        earlier = [step.happened_at for step in [one for one in before if one.passed] or before]
    if not earlier:
        return None
    starts_at = max(earlier)
    anew = [step.happened_at for code in others for step in tries.get(code, ()) if step.passed]
    return max((one for one in anew if starts_at <= one <= at), default=starts_at)


def is_told_by(act: ActRecord, step: Step) -> bool:
    """Whether a measurement is the one that an act was written down with: it tells probe and person."""
    mine = (act.core_c, act.happened_at, act.recorded_at)
    return act.kind == "cooked" and mine == (step.value_c, step.happened_at, step.recorded_at)


def _measured(
    rules: FloorRules,
    point: ControlPoint,
    trail: Trail,
    *,
    reheated: bool = False,
    timed: tuple[Iterable[Measured], datetime | None] | None = None,
) -> Measured:
    rows = [step for step in trail.steps if step.point == point.code]
    acts, gone, twins = _acts(point, trail, rows)
    steps = [step for step in rows if step.step_id not in trail.replaced | twins]
    gone += [step for step in rows if step.step_id in trail.replaced and step.step_id not in twins]
    tries = sorted([*acts, *steps], key=lambda one: (one.happened_at, one.recorded_at))
    gone = sorted(gone, key=lambda one: (one.happened_at, one.recorded_at))
    tries, counting = (tries, tries) if timed is None else _timed(point, tries, *timed)
    refs = (*(one.step_id for one in (*gone, *tries)), *twins)
    done = sorted((one for ref in refs for one in trail.remedies.get(ref, ())), key=lambda one: one.at)
    thrown = [ref for ref in refs if is_discarded(one.effect for one in done if one.ref == ref)]
    if not counting:
        bare = Measured(point, "discard" if thrown else "missing", (thrown or [""])[0])
        return replace(bare, remedies=tuple(done), tries=tuple(tries), corrected=tuple(gone))
    newest = counting[-1]
    own = [one.effect for one in done if one.ref == newest.step_id and one.effect is not None]
    return Measured(
        point,
        "discard" if thrown else standing(newest.passed, own),
        newest.step_id,
        newest.value_c,
        newest.happened_at,
        newest.probe,
        newest.person,
        newest.wrong,
        tuple(done),
        tuple(tries),
        newest.actor,
        newest.warnings,
        tuple(gone),
        offered(point, rules.actions, newest.wrong, reheated=reheated),
        newest in acts,
    )


def _acts(point: ControlPoint, trail: Trail, rows: Sequence[Step]) -> tuple[list[Step], list[Step], set[str]]:
    """The act as a measurement, as it stands and as it stood before; ids of the steps that tell the same."""
    kind = "packed" if point.of_box else "cooked"
    found: list[Step] = []
    twins: set[str] = set()
    told: Step | None = None
    if point.code != COOK and (not point.of_box or point.code in REHEATS):
        return [], [], twins
    for act in (one for one in trail.acts if one.kind == kind):
        own = next((step for step in rows if is_told_by(act, step)), None)
        told = own or told
        twins |= {own.step_id} if own else set()
        if not act.withdrawn and act.core_c is not None:
            found.append(_as_step(point, act, act.core_c, told))
        told = None if act.withdrawn else told
    stands = trail.standing_act
    standing_ = [one for one in found if stands is not None and one.step_id == stands.event_id]
    return standing_, [one for one in found if one not in standing_], twins


def _as_step(point: ControlPoint, act: ActRecord, core_c: float, told: Step | None) -> Step:
    wrong = judge(point, core_c)
    return Step(
        step_id=act.event_id,
        service_key=told.service_key if told else "",
        point=point.code,
        batch_id=None if point.of_box else act.subject_id,
        box_id=act.subject_id if point.of_box else None,
        value_c=core_c,
        least_c=point.least_c,
        most_c=point.most_c,
        elapsed_s=None,
        within_s=None,
        wrong=wrong,
        passed=not wrong,
        probe=act.probe or (told.probe if told else ""),
        person=act.person or (told.person if told else ""),
        actor=act.actor,
        happened_at=act.happened_at,
        recorded_at=act.recorded_at,
        revision=told.revision if told else 0,
        replaces=act.replaces,
        reason=act.reason or (told.reason if told else ""),
        warnings=act.warnings or (told.warnings if told else ()),
    )


def _timed(
    point: ControlPoint, tries: Sequence[Step], others: Iterable[Measured], cooked_at: datetime | None
) -> tuple[list[Step], list[Step]]:
    """Measurements with their time as it stands: all of them, and those that count."""
    points = list(others)
    judged = [(one, _in_time(point, one, points, cooked_at)) for one in tries]
    return [now or told for told, now in judged], [now for _, now in judged if now is not None]


def _in_time(
    point: ControlPoint, step: Step, points: Sequence[Measured], cooked_at: datetime | None
) -> Step | None:
    """A measurement with its time counted from what stands now; None when that had not been by then."""
    starts_at = counted_from(point, points, cooked_at, step.happened_at)
    if starts_at is None:
        return None
    elapsed_s = round((step.happened_at - starts_at) / timedelta(seconds=1))
    if elapsed_s == step.elapsed_s:
        return step
    limits = replace(point, least_c=step.least_c, most_c=step.most_c, within_s=step.within_s)
    wrong = judge(limits, step.value_c, elapsed_s)
    return replace(step, elapsed_s=elapsed_s, wrong=wrong, passed=not wrong)


def names(point: ControlPoint) -> dict[str, str]:
    """A point's names, for a sentence."""
    return {"point_zh": point.name_zh, "point_en": point.name_en}
