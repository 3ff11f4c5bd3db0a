"""Changes: what a house could loosen so that a stop is served, at which price. Never the food's clock."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from orders.codes import Coded, Param
from routing.problem import Load, Problem, Stop, Vehicle, Window

MINUTE_S = 60
GRAMS_A_KG = 1000
HOUR_S = 3600
MOST_MINUTES = 120
MOST_MORE = 4
BoxIds = frozenset[str]


@dataclass(frozen=True, slots=True)
class ChangePrices:
    """
    What a change weighs against another: points for each minute, unit or kilogram, or for making it at all.
    """

    van_minute: int = 1
    door_minute: int = 2
    kitchen_minute: int = 3
    out_minute: int = 3
    empties: int = 30
    trip: int = 45
    unit: int = 20
    kg: int = 2
    dock: int = 120
    skill: int = 150
    vehicle: int = 240


@dataclass(frozen=True, slots=True)
class Change:
    """
    One thing that could be otherwise, by an amount.

    Parameters
    ----------
    price
        Points for each minute, unit or kilogram.
    most
        Largest amount that is offered.
    vehicles
        Numbers of those that could then bring more, where there are so many; None for all.
    made
        The problem with the change, by amount.
    said
        Code and figures, by amount.
    """

    price: int
    most: int
    vehicles: tuple[int, ...] | None
    made: Callable[[int], Problem]
    said: Callable[[int], Coded]


def changes(
    problem: Problem, stop: Stop, box_ids: BoxIds, vehicles: Sequence[int], prices: ChangePrices
) -> list[Change]:
    """
    What could be loosened for some boxes of a stop, that with the cheapest step first.

    Parameters
    ----------
    problem
        As it is.
    stop, box_ids
        Which boxes of which stop are left out.
    vehicles
        Numbers of the vehicles that are looked at.
    prices
        Weights.
    """
    found = [*_of_stop(problem, stop, box_ids, prices)]
    found += of_vehicles(problem, vehicles, prices)
    for nth in vehicles:
        found += _of_skill(problem, nth, stop, prices)
    return sorted(found, key=lambda one: one.price)


def of_vehicles(problem: Problem, vehicles: Sequence[int], prices: ChangePrices) -> list[Change]:
    """What could be loosened whatever the stop: hours, trips, room, docks, one more vehicle."""
    found = [one for nth in vehicles for one in _of_vehicle(problem, nth, prices)]
    found += _docks(problem, prices)
    kinds = dict[Vehicle, int]()
    for nth in vehicles:
        kinds.setdefault(replace(problem.vehicles[nth], vehicle_id=""), nth)
    found += [_another(problem, nth, prices) for nth in kinds.values()]
    return sorted(found, key=lambda one: one.price)


def _of_vehicle(problem: Problem, nth: int, prices: ChangePrices) -> Iterator[Change]:
    van = problem.vehicles[nth]

    def change(code: str, price: int, most: int, unit: str, **step: int) -> Change:
        def made(amount: int) -> Problem:
            return _with_vehicle(problem, nth, _grown(van, step, amount))

        def said(amount: int) -> Coded:
            return Coded(code, {"vehicle": van.vehicle_id, unit: amount})

        return Change(price, most, (nth,), made, said)

    yield change("change_van_earlier", prices.van_minute, MOST_MINUTES, "minutes", shift_start_s=-MINUTE_S)
    yield change("change_van_later", prices.van_minute, MOST_MINUTES, "minutes", shift_end_s=MINUTE_S)
    if van.most_out_s is not None:
        yield change("change_out_longer", prices.out_minute, MOST_MINUTES, "minutes", most_out_s=MINUTE_S)
    yield change("change_one_more_trip", prices.trip, 1, "trips", most_trips=1)
    rooms = {"hot_units": 1, "cold_units": 1}
    yield change("change_more_units", prices.unit, 60, "units", units=1, **rooms)
    yield change("change_more_kg", prices.kg, 1_000, "kg", weight_g=GRAMS_A_KG)


def _grown(van: Vehicle, step: dict[str, int], amount: int) -> Vehicle:
    """The vehicle with figures that grow with the amount; a figure it does not have stays missing."""
    has = {name: getattr(van, name) for name in step}
    return replace(
        van, **{name: value + amount * step[name] for name, value in has.items() if value is not None}
    )


def _of_skill(problem: Problem, nth: int, stop: Stop, prices: ChangePrices) -> Iterator[Change]:
    van = problem.vehicles[nth]
    lacking = " ".join(sorted(stop.needs - van.skills))
    if lacking:
        able = replace(van, skills=van.skills | stop.needs)
        said = Coded("change_skill", {"vehicle": van.vehicle_id, "skill": lacking})
        yield _once(prices.skill, (nth,), _with_vehicle(problem, nth, able), said)


def _docks(problem: Problem, prices: ChangePrices) -> Iterator[Change]:
    for place, depot in enumerate(problem.depots):
        if depot.docks is not None:
            wider = replace(depot, docks=depot.docks + 1)
            more = replace(problem, depots=(*problem.depots[:place], wider, *problem.depots[place + 1 :]))
            said = Coded("change_one_more_dock", {"kitchen": depot.kitchen_id})
            yield _once(prices.dock, None, more, said)


def _once(price: int, vehicles: tuple[int, ...] | None, made: Problem, said: Coded) -> Change:
    """A change that is made or not."""
    return Change(price, 1, vehicles, lambda _: made, lambda _: said)


def _another(problem: Problem, nth: int, prices: ChangePrices) -> Change:
    van, number = problem.vehicles[nth], len(problem.vehicles)

    def made(amount: int) -> Problem:
        more = (replace(van, vehicle_id=f"{van.vehicle_id}+{nth}") for nth in range(1, amount + 1))
        return replace(problem, vehicles=(*problem.vehicles, *more))

    def said(amount: int) -> Coded:
        named: dict[str, Param] = {"vehicle": van.vehicle_id}
        if amount == 1:
            return Coded("change_one_more_vehicle", named)
        return Coded("change_more_vehicles", {**named, "vehicles": amount})

    return Change(prices.vehicle, MOST_MORE, tuple(range(number, number + MOST_MORE)), made, said)


def _of_stop(problem: Problem, stop: Stop, box_ids: BoxIds, prices: ChangePrices) -> Iterator[Change]:
    for k in range(len(stop.windows)):
        yield _door(problem, stop, k, prices, opens=True)
        yield _door(problem, stop, k, prices, opens=False)
    for code, sign in (("change_ready_earlier", -1), ("change_cooked_later", 1)):
        yield _kitchen(problem, stop, box_ids, prices, code, sign)
    if stop.empties_units or stop.empties_weight_g:
        light = with_stop(problem, replace(stop, empties_units=0, empties_weight_g=0))
        said = Coded("change_empties_stay", {"stop": stop.stop_id})
        yield _once(prices.empties, None, light, said)


def _door(problem: Problem, stop: Stop, k: int, prices: ChangePrices, *, opens: bool) -> Change:
    """One window that opens earlier, or closes later, without touching the window beside it."""
    own = stop.windows[k]

    def window(amount: int) -> Window:
        if opens:
            return own._replace(open_s=own.open_s - amount * MINUTE_S)
        return own._replace(close_s=own.close_s + amount * MINUTE_S)

    def made(amount: int) -> Problem:
        windows = (*stop.windows[:k], window(amount), *stop.windows[k + 1 :])
        return with_stop(problem, replace(stop, windows=windows))

    def said(amount: int) -> Coded:
        at_s = window(amount).open_s if opens else window(amount).close_s
        code = "change_opens" if opens else "change_closes"
        return Coded(code, {"stop": stop.stop_id, "clock": clock(at_s), "minutes": amount})

    return Change(prices.door_minute, _room_beside(stop, k, opens=opens), None, made, said)


def _room_beside(stop: Stop, k: int, *, opens: bool) -> int:
    """Minutes by which a window may grow before it meets the one beside it."""
    own, beside = stop.windows[k], k - 1 if opens else k + 1
    if not 0 <= beside < len(stop.windows):
        return MOST_MINUTES
    gap_s = own.open_s - stop.windows[beside].close_s if opens else stop.windows[beside].open_s - own.close_s
    return min(MOST_MINUTES, max(0, (gap_s - 1) // MINUTE_S))


def _kitchen(
    problem: Problem, stop: Stop, box_ids: BoxIds, prices: ChangePrices, code: str, sign: int
) -> Change:
    """Food that is cooked at another time: its release moves, and its clock moves with it."""

    def made(amount: int) -> Problem:
        return with_stop(problem, moved(stop, box_ids, sign * amount * MINUTE_S))

    return Change(
        prices.kitchen_minute,
        MOST_MINUTES,
        None,
        made,
        lambda amount: Coded(code, {"stop": stop.stop_id, "minutes": amount}),
    )


def moved(stop: Stop, box_ids: BoxIds, by_s: int) -> Stop:
    """The stop with some boxes cooked later, or earlier: release and clocks move alike."""

    def later(load: Load) -> Load:
        return replace(
            load,
            release_s=load.release_s + by_s,
            deliver_by_s=load.deliver_by_s + by_s,
            eat_by_s=load.eat_by_s + by_s,
        )

    return replace(stop, boxes=tuple(later(load) if load.box_id in box_ids else load for load in stop.boxes))


def longer_clock(stop: Stop, box_ids: BoxIds, by_s: int) -> Stop:
    """The stop as if some boxes lasted longer: never offered, only named where nothing else would help."""

    def lasting(load: Load) -> Load:
        most_s = load.most_aboard_s
        return replace(
            load,
            deliver_by_s=load.deliver_by_s + by_s,
            eat_by_s=load.eat_by_s + by_s,
            most_aboard_s=None if most_s is None else most_s + by_s,
        )

    return replace(
        stop, boxes=tuple(lasting(load) if load.box_id in box_ids else load for load in stop.boxes)
    )


def with_stop(problem: Problem, stop: Stop) -> Problem:
    """The problem with a stop in place of the one of its name."""
    stops = tuple(stop if one.stop_id == stop.stop_id else one for one in problem.stops)
    return replace(problem, stops=stops)


def _with_vehicle(problem: Problem, nth: int, van: Vehicle) -> Problem:
    vehicles = (*problem.vehicles[:nth], van, *problem.vehicles[nth + 1 :])
    return replace(problem, vehicles=vehicles)


def clock(at_s: int) -> str:
    """A second of the service's day as its wall clock: ``"10:45"``."""
    return f"{at_s // HOUR_S % 24:02d}:{at_s % HOUR_S // MINUTE_S:02d}"
