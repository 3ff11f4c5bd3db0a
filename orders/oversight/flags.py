"""Flags: what looks wrong in servings, each with its evidence; a person decides."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Literal, TypeVar, get_args

from orders.codes import Coded, Param
from orders.diners import Diner
from orders.service import Meal
from orders.sites import Place, great_circle_m

FlagKind = Literal[
    "duplicate_same_day",
    "two_sites_same_time",
    "deceased",
    "closed_site",
    "expired_papers",
    "institution_resident",
    "far_from_home",
    "burst_of_scans",
    "above_capacity",
    "card_not_bound",
]
FLAG_KINDS: tuple[FlagKind, ...] = get_args(FlagKind)
Key = TypeVar("Key", bound=tuple[str | date, ...])
FlagState = Literal["open", "cleared", "confirmed"]
# What no plan ties to the money of the meals: it waits for a decision and holds no fee until one confirms it.
WARNINGS: frozenset[FlagKind] = frozenset({"expired_papers"})


@dataclass(frozen=True, slots=True)
class FlagParams:
    """
    From which figure on a serving looks wrong; the operator's, since no plan states one.

    Parameters
    ----------
    most_of_one_meal
        Servings of one meal that one person may have on one day.
    most_meals_a_day
        Servings of all meals that one person may have on one day.
    sites_apart_minutes
        Two sites nearer in time than this cannot both have served one person.
    far_from_home_m
        Farthest site, metres from home.
    burst_servings, burst_s
        As many servings by one person at one site within so many seconds are a burst.
    over_capacity
        Servings above a site's capacity that are let pass.
    """

    most_of_one_meal: int
    most_meals_a_day: int
    sites_apart_minutes: int
    far_from_home_m: int
    burst_servings: int
    burst_s: int
    over_capacity: int

    def __post_init__(self) -> None:
        if min(self.most_of_one_meal, self.most_meals_a_day) < 1 or self.burst_servings < 2:
            raise ValueError(f"One meal is never too many and one serving never a burst, got {self}.")
        if min(self.sites_apart_minutes, self.far_from_home_m, self.burst_s, self.over_capacity) < 0:
            raise ValueError(f"No figure of a flag is below 0, got {self}.")


@dataclass(frozen=True, slots=True)
class ServedMeal:
    """
    A serving with what its order says, as a flag looks at it.

    Parameters
    ----------
    serving_id, order_id, diner_id, site_id
        Which serving of which order, whose meal, where.
    service_on, meal
        Which meal.
    happened_at
        When it was served.
    served_by
        Who or which device recorded it, as a user id.
    delivered
        Whether it was brought home, so that the site's door and seats say nothing.
    bound
        Whether card or payment was bound to the person, None when nobody noted it.
    refused
        Whether it is only a second claim that the table refused: evidence, no meal.
    """

    serving_id: str
    order_id: str
    diner_id: str
    site_id: str
    service_on: date
    meal: Meal
    happened_at: datetime
    served_by: str
    delivered: bool = False
    bound: bool | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    What servings are held against.

    Parameters
    ----------
    diners
        Who eats, with dated facts, by id.
    homes
        Where they live, by diner's id, as far as it is known.
    places
        Where the sites are, by id.
    capacities
        Most diners of a service, by site's id and meal.
    closed
        Site, date and meal to the reason why nothing is served there.
    expired
        Site and date to the kind and last day of the paper that was over: licence or health certificate.
    """

    diners: Mapping[str, Diner]
    homes: Mapping[str, Place]
    places: Mapping[str, Place]
    capacities: Mapping[tuple[str, Meal], int]
    closed: Mapping[tuple[str, date, Meal], str]
    expired: Mapping[tuple[str, date], tuple[str, date]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that looks wrong.

    Parameters
    ----------
    kind
        What it is.
    key
        Who or what on which day: of one kind and key, each order is found once.
    reason
        The sentence, as code and parameters.
    order_ids
        Orders whose fees wait for a decision.
    servings
        The evidence: every serving looked at, in the order of time.
    """

    kind: FlagKind
    key: str
    reason: Coded
    order_ids: tuple[str, ...]
    servings: tuple[ServedMeal, ...]


def find_flags(served: Iterable[ServedMeal], around: Surroundings, params: FlagParams) -> list[Finding]:
    """
    Everything that looks wrong; the order in which servings are given changes nothing.

    Parameters
    ----------
    served
        Servings of whole days, and second claims that were refused.
    around
        Diners, places, capacities and closures.
    params
        The thresholds.

    Returns
    -------
    list[Finding]
        By kind, then by key.
    """
    in_time = sorted(served, key=lambda one: (one.happened_at, one.order_id, one.serving_id))
    given = [one for one in in_time if not one.refused]
    found = [finding for search in _SEARCHES for finding in search(given, around, params)]
    found += _two_sites(in_time, params)
    return sorted(found, key=lambda one: (FLAG_KINDS.index(one.kind), one.key))


def fees_stand(states: Iterable[FlagState]) -> Literal["free", "held", "void"]:
    """
    What the flags of one order do to its fees: one confirmed voids them, one open holds them.

    Parameters
    ----------
    states
        State of each flag that names the order.
    """
    seen = set(states)
    if "confirmed" in seen:
        return "void"
    return "held" if "open" in seen else "free"


def _duplicates(in_time: Sequence[ServedMeal], _: Surroundings, params: FlagParams) -> Iterator[Finding]:
    for (diner_id, day_on), meals in _grouped(in_time, lambda one: (one.diner_id, one.service_on)):
        had: dict[Meal, int] = defaultdict(int)
        surplus = []
        for number, one in enumerate(meals, start=1):
            had[one.meal] += 1
            if had[one.meal] > params.most_of_one_meal or number > params.most_meals_a_day:
                surplus.append(one)
        if surplus:
            told: dict[str, Param] = {
                "count": len(meals),
                "site": surplus[-1].site_id,
                "at": _at(surplus[-1]),
            }
            yield _finding("duplicate_same_day", (diner_id, day_on), told, surplus, meals)


def _two_sites(in_time: Sequence[ServedMeal], params: FlagParams) -> Iterator[Finding]:
    for (diner_id, day_on), meals in _grouped(in_time, lambda one: (one.diner_id, one.service_on)):
        pairs = [pair for pair in pairwise(meals) if _too_near_in_time(*pair, params)]
        if pairs:
            earlier, later = min(pairs, key=lambda pair: _gap_s(*pair))
            told: dict[str, Param] = {
                "minutes": _gap_s(earlier, later) // 60,
                "site": earlier.site_id,
                "other_site": later.site_id,
                "limit": params.sites_apart_minutes,
            }
            evidence = {one.serving_id: one for pair in pairs for one in pair}
            suspects = [late for _, late in pairs]
            yield _finding("two_sites_same_time", (diner_id, day_on), told, suspects, evidence.values())


def _too_near_in_time(earlier: ServedMeal, later: ServedMeal, params: FlagParams) -> bool:
    return earlier.site_id != later.site_id and _gap_s(earlier, later) < params.sites_apart_minutes * 60


def _deceased(in_time: Sequence[ServedMeal], around: Surroundings, _: FlagParams) -> Iterator[Finding]:
    for one in in_time:
        died_on = around.diners[one.diner_id].died_on
        if died_on is not None and one.service_on > died_on:
            told: dict[str, Param] = {"died_on": died_on.isoformat(), "site": one.site_id, "at": _at(one)}
            yield _finding("deceased", (one.order_id,), told, [one])


def _residents(in_time: Sequence[ServedMeal], around: Surroundings, _: FlagParams) -> Iterator[Finding]:
    for one in in_time:
        if "true" in around.diners[one.diner_id].values("institution_resident", one.service_on):
            told: dict[str, Param] = {"site": one.site_id, "at": _at(one)}
            yield _finding("institution_resident", (one.order_id,), told, [one])


def _closed_sites(in_time: Sequence[ServedMeal], around: Surroundings, _: FlagParams) -> Iterator[Finding]:
    for key, meals in _grouped(in_time, lambda one: (one.site_id, one.service_on, one.meal)):
        if reason := around.closed.get((meals[0].site_id, meals[0].service_on, meals[0].meal)):
            told: dict[str, Param] = {"site": meals[0].site_id, "closure": reason, "count": len(meals)}
            yield _finding("closed_site", key, told, meals)


def _expired_papers(in_time: Sequence[ServedMeal], around: Surroundings, _: FlagParams) -> Iterator[Finding]:
    for key, meals in _grouped(in_time, lambda one: (one.site_id, one.service_on)):
        paper = around.expired.get((meals[0].site_id, meals[0].service_on))
        if paper is not None:
            kind, to_on = paper
            told: dict[str, Param] = {"site": meals[0].site_id, "licence": kind, "to_on": to_on.isoformat()}
            yield _finding("expired_papers", key, told | {"count": len(meals)}, meals)


def _far_from_home(
    in_time: Sequence[ServedMeal], around: Surroundings, params: FlagParams
) -> Iterator[Finding]:
    for one in in_time:
        home, place = around.homes.get(one.diner_id), around.places.get(one.site_id)
        if home is None or place is None or one.delivered:
            continue
        distance_m = round(great_circle_m(home, place))
        if distance_m > params.far_from_home_m:
            told: dict[str, Param] = {
                "site": one.site_id,
                "distance_m": distance_m,
                "limit_m": params.far_from_home_m,
            }
            yield _finding("far_from_home", (one.order_id,), told, [one])


def _bursts(in_time: Sequence[ServedMeal], _: Surroundings, params: FlagParams) -> Iterator[Finding]:
    at_sites = [one for one in in_time if not one.delivered]
    groups = _grouped(at_sites, lambda one: (one.site_id, one.served_by, one.service_on, one.meal))
    for key, meals in groups:
        inside: set[int] = set()
        first = most = 0
        for last, one in enumerate(meals):
            while _gap_s(meals[first], one) > params.burst_s:
                first += 1
            if last - first + 1 >= params.burst_servings:
                inside.update(range(first, last + 1))
                most = max(most, last - first + 1)
        if inside:
            told: dict[str, Param] = {
                "site": key[0],
                "count": most,
                "seconds": params.burst_s,
                "limit": params.burst_servings,
            }
            yield _finding("burst_of_scans", key, told, [meals[i] for i in sorted(inside)])


def _above_capacity(
    in_time: Sequence[ServedMeal], around: Surroundings, params: FlagParams
) -> Iterator[Finding]:
    at_sites = [one for one in in_time if not one.delivered and (one.site_id, one.meal) in around.capacities]
    for key, meals in _grouped(at_sites, lambda one: (one.site_id, one.service_on, one.meal)):
        capacity = around.capacities[meals[0].site_id, meals[0].meal]
        surplus = meals[capacity + params.over_capacity :]
        if surplus:
            told: dict[str, Param] = {"site": key[0], "count": len(meals), "capacity": capacity}
            yield _finding("above_capacity", key, told, surplus, meals)


def _not_bound(in_time: Sequence[ServedMeal], _: Surroundings, __: FlagParams) -> Iterator[Finding]:
    for one in in_time:
        if one.bound is False:
            yield _finding("card_not_bound", (one.order_id,), {"site": one.site_id, "at": _at(one)}, [one])


_SEARCHES: tuple[Callable[[Sequence[ServedMeal], Surroundings, FlagParams], Iterator[Finding]], ...] = (
    _duplicates,
    _deceased,
    _closed_sites,
    _expired_papers,
    _residents,
    _far_from_home,
    _bursts,
    _above_capacity,
    _not_bound,
)


def _finding(
    kind: FlagKind,
    key: Sequence[str | date],
    told: Mapping[str, Param],
    suspects: Sequence[ServedMeal],
    evidence: Iterable[ServedMeal] | None = None,
) -> Finding:
    looked_at = tuple(suspects if evidence is None else evidence)
    order_ids = tuple(dict.fromkeys(one.order_id for one in suspects))
    return Finding(
        kind,
        "/".join([kind, *(str(part) for part in key)]),
        Coded(f"flag.{kind}", dict(told)),
        order_ids,
        looked_at,
    )


def _grouped(
    in_time: Iterable[ServedMeal], key: Callable[[ServedMeal], Key]
) -> Iterator[tuple[Key, list[ServedMeal]]]:
    groups: dict[Key, list[ServedMeal]] = defaultdict(list)
    for one in in_time:
        groups[key(one)].append(one)
    yield from groups.items()


def _gap_s(earlier: ServedMeal, later: ServedMeal) -> int:
    return int((later.happened_at - earlier.happened_at).total_seconds())


def _at(one: ServedMeal) -> str:
    return one.happened_at.isoformat()
