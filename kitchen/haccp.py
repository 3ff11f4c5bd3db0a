"""Control points on the floor: which limit is measured where, whether it was kept, and what must follow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast, get_args

from kitchen.tables import Table, codes, number, part, rows, text, whole
from orders.codes import Coded

Applies = Literal["every", "hot", "chilled", "cook_chill", "when"]
Effect = Literal["again", "goes_on", "discard"]
Done = Literal["again", "goes_on", "discard", "lifted"]
Standing = Literal["missing", "passed", "failed", "again", "goes_on", "discard"]
REHEATS: tuple[str, str] = ("reheat", "reheat_box")
SETTLED: frozenset[Standing] = frozenset({"passed", "goes_on"})


@dataclass(frozen=True, slots=True)
class Action:
    """
    What is done when a control point fails.

    Parameters
    ----------
    code, name_zh, name_en
        What it is called.
    effect
        Whether it is measured again, goes on as it is, or does not go on.
    by
        Points of which one is measured in doing it, after which its time is counted anew; empty for none.
    """

    code: str
    name_zh: str
    name_en: str
    effect: Effect
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """
    One limit that is measured on the floor.

    Parameters
    ----------
    code, name_zh, name_en
        What it is called.
    of_box
        Whether it is measured on each box, else on the batch.
    applies
        To which batches.
    least_c, most_c
        The core must lie between, degrees Celsius; None is open.
    within_s, after
        Seconds allowed from the first point named, or from a later one of the others that passed; None and
        empty for no time.
    times_max
        How often it may be done; 0 is not limited.
    actions
        What may be done when it fails.
    clause, source, evidence
        Where the limit comes from.
    """

    code: str
    name_zh: str
    name_en: str
    of_box: bool
    applies: Applies
    least_c: float | None
    most_c: float | None
    within_s: int | None
    after: tuple[str, ...]
    times_max: int
    actions: tuple[str, ...]
    clause: str
    source: str
    evidence: str

    def binds(self, *, chilled: bool, cook_chill: bool) -> bool:
        """Whether it must be measured on food of this kind."""
        return {
            "every": True,
            "hot": not chilled,
            "chilled": chilled,
            "cook_chill": cook_chill,
            "when": False,
        }[self.applies]


@dataclass(frozen=True, slots=True)
class FloorRules:
    """
    The control points of a kitchen and what may follow.

    Parameters
    ----------
    revision
        Of the points; the limits have the profile's.
    points, actions
        By code, in the order of the food.
    """

    revision: int
    points: Mapping[str, ControlPoint]
    actions: Mapping[str, Action]


@dataclass(frozen=True, slots=True)
class Probe:
    """
    A hand probe.

    Parameters
    ----------
    code, name
        What is written on it.
    calibrated_on, due_on
        When it was last calibrated and has to be again; None when nobody knows.
    accuracy_c
        By how much it may be wrong; None when nobody knows.
    """

    code: str
    name: str = ""
    calibrated_on: date | None = None
    due_on: date | None = None
    accuracy_c: float | None = None

    def warning(self, on: date) -> Coded | None:
        """What is wrong with its calibration on a date."""
        if self.due_on is None:
            return Coded("probe_never_calibrated", {"probe": self.code})
        if self.due_on < on:
            return Coded("probe_overdue", {"probe": self.code, "due_on": self.due_on.isoformat()})
        return None


@dataclass(frozen=True, slots=True)
class Fridge:
    """
    A fridge that keeps samples or food.

    Parameters
    ----------
    code, name
        What is written on it.
    """

    code: str
    name: str = ""


def judge(point: ControlPoint, value_c: float, elapsed_s: int | None = None) -> tuple[Coded, ...]:
    """
    What is wrong with a measurement; empty when the limit was kept.

    Parameters
    ----------
    point, value_c
        What was measured, degrees Celsius as the probe showed it.
    elapsed_s
        Seconds since the point that its time is counted from; None where it has none.

    References
    ----------
    docs/haccp.md, "Steps of a batch".
    """
    found = []
    if point.least_c is not None and value_c < point.least_c:
        found.append(Coded("step_too_cold", {"value_c": value_c, "least_c": point.least_c}))
    if point.most_c is not None and value_c > point.most_c:
        found.append(Coded("step_too_warm", {"value_c": value_c, "most_c": point.most_c}))
    if point.within_s is not None and elapsed_s is not None and elapsed_s > point.within_s:
        minutes = {"minutes": elapsed_s // 60, "most_minutes": point.within_s // 60}
        found.append(Coded("step_too_slow", minutes))
    return tuple(found)


def standing(passed: bool | None, effects: Sequence[Done]) -> Standing:
    """
    How a point stands after its newest measurement.

    Parameters
    ----------
    passed
        Of the newest measurement; None when there is none.
    effects
        Of the actions written down for it, in order; the last one counts.
    """
    if passed is None:
        return "missing"
    if passed:
        return "passed"
    last = effects[-1] if effects else "lifted"
    return "failed" if last == "lifted" else last


def is_discarded(effects: Iterable[Done | None]) -> bool:
    """Whether a discard stands among actions in their order: only its own lifting ends it."""
    words = [one for one in effects if one in ("discard", "lifted")]
    return bool(words) and words[-1] == "discard"


def offered(
    point: ControlPoint, actions: Mapping[str, Action], wrong: Iterable[Coded], *, reheated: bool
) -> tuple[str, ...]:
    """
    The actions of a point that can still be finished.

    Parameters
    ----------
    point, actions
        Which point; what each action means, by code.
    wrong
        What is wrong with its newest measurement: once its time is over only what counts it anew helps.
    reheated
        Whether the food was reheated as often as it may be.
    """
    too_slow = any(one.code == "step_too_slow" for one in wrong)
    known = (actions[code] for code in point.actions if code in actions)
    return tuple(
        one.code
        for one in known
        if not (too_slow and one.effect == "again" and not one.by)
        and not (reheated and one.by and set(one.by) <= set(REHEATS))
    )


def floor_rules(table: Table, profile: Table) -> FloorRules:
    """
    One block of ``haccp.toml`` with the limits of its safety profile.

    Raises
    ------
    ValueError
        Naming the point and the field that cannot be used.
    """
    actions = {code: _action(code, part(part(table, "action"), code)) for code in part(table, "action")}
    points = {}
    for code in part(table, "point"):
        try:
            points[code] = _point(code, part(part(table, "point"), code), profile, actions)
        except ValueError as error:
            raise ValueError(f"control point {code}: {error}") from error
    if unknown := [one.code for one in points.values() if not set(one.after) <= set(points)]:
        raise ValueError(f"control points {unknown} are counted from a point that is not there.")
    if strays := [one.code for one in actions.values() if not set(one.by) <= set(points)]:
        raise ValueError(f"actions {strays} are done by a point that is not there.")
    return FloorRules(whole(table, "revision"), points, actions)


def _action(code: str, table: Table) -> Action:
    name, effect = part(table, "name"), text(table, "effect")
    if effect not in get_args(Effect):
        raise ValueError(f"action {code}: effect must be one of {get_args(Effect)}, got {effect!r}.")
    return Action(code, text(name, "zh"), text(name, "en"), cast(Effect, effect), _named(table, "by"))


def _point(code: str, table: Table, profile: Table, actions: Iterable[str]) -> ControlPoint:
    name, applies = part(table, "name"), text(table, "applies")
    if applies not in get_args(Applies):
        raise ValueError(f"applies must be one of {get_args(Applies)}, got {applies!r}.")
    if unknown := sorted(codes(table, "actions") - set(actions)):
        raise ValueError(f"actions {unknown} are not there.")
    limit = _limit(table, profile)
    return ControlPoint(
        code=code,
        name_zh=text(name, "zh"),
        name_en=text(name, "en"),
        of_box=text(table, "of") == "box",
        applies=cast(Applies, applies),
        least_c=_open(limit, "min_c"),
        most_c=_open(limit, "max_c"),
        within_s=whole(limit, "max_s") if "max_s" in limit else None,
        after=_named(table, "after"),
        times_max=whole(limit, "times_max", 0),
        actions=tuple(str(one) for one in cast("list[object]", table.get("actions", []))),
        clause=text(limit, "clause", ""),
        source=text(limit, "source", ""),
        evidence=text(limit, "evidence", ""),
    )


def _limit(table: Table, profile: Table) -> Table:
    if "cooling" not in table:
        return part(part(profile, "limit"), text(table, "limit"))
    stages, wanted = rows(profile, "cooling"), whole(table, "cooling")
    if not 0 <= wanted < len(stages):
        raise ValueError(f"the profile has no cooling stage {wanted}.")
    stage = stages[wanted]
    return {**stage, "max_c": number(stage, "to_c")}


def _open(table: Table, field: str) -> float | None:
    return number(table, field) if field in table else None


def _named(table: Table, field: str) -> tuple[str, ...]:
    """Codes in their order: one, several or none."""
    found = table.get(field, ())
    return (found,) if isinstance(found, str) else tuple(str(one) for one in cast("list[object]", found))
