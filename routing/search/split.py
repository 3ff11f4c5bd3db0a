"""A large city in pieces: each process searches some vehicles near each other, then others, and so on."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, cast

from routing.search.limit import Limit
from routing.search.pieces import City, Numbers, Piece, first_pieces, piece_around, problem_of, put_back
from routing.search.searches import Task, by_kernel
from routing.search.workers import Told, alone, working


@dataclass(frozen=True, slots=True)
class SplitParams:
    """
    How large pieces are, and how long each is searched before its vehicles are grouped otherwise.

    Parameters
    ----------
    parts
        Most parts of a piece.
    turns
        Searches of each part, about, in the whole time.
    first_ratio
        Of the whole time, at most, for a first plan.
    first_s_a_part
        Of the clock, at most, for a first plan.
    """

    parts: int = 250
    turns: int = 5
    first_ratio: float = 0.15
    first_s_a_part: float = 0.0004


@dataclass(frozen=True, slots=True)
class _Order:
    """A piece to be searched from its own plan."""

    piece: Piece
    seed: int
    limit: Limit


def by_pieces(
    city: City,
    limit: Limit,
    seed: int,
    processes: int,
    params: SplitParams,
    first: Callable[[Numbers], None],
    begin: Numbers | None = None,
) -> tuple[Told, list[tuple[float, int]]]:
    """
    Searches pieces of a city side by side, each time other vehicles together.

    Parameters
    ----------
    city
        What has to be driven.
    limit
        When it is over; by counts the processes wait for each other, so that it can be repeated.
    seed, processes
        Same seed and processes, same plan, by counts.
    params
        Sizes.
    first
        Is handed the first plan of the whole.
    begin
        A plan to begin from, of which no cost is known: it counts as nothing, and no log is kept.

    Returns
    -------
    tuple[Told, list[tuple[float, int]]]
        The plan, and the clock and cost of the first plan of the whole and of each after it.
    """
    desk = _Desk(city, limit, seed, params, processes)
    with working([partial(_serve, city)] * processes) as links:
        desk.links = [link for link in links if desk.said(link) is not None]
        if begin is None:
            desk.hand_out(desk.first_orders())
            desk.log = [(limit.now_s(), desk.cost)]
        else:
            desk.take_over(begin)
        first([list(trips) for trips in desk.numbers])
        desk.hand_out(desk.orders())
    return Told(desk.cost, desk.numbers), desk.log if begin is None else []


def _serve(city: City, talk: Callable[[Any], Any]) -> None:
    order: _Order | None = talk("ready")
    while order is not None:
        problem, work = problem_of(city, order.piece)
        begin = order.piece.numbers if any(order.piece.numbers) else None
        task = Task(problem, work, begin, order.limit)
        order = talk(alone(partial(by_kernel, task, order.seed)))


class _Desk:
    """The plan of the whole, and which process searches which piece of it."""

    def __init__(self, city: City, limit: Limit, seed: int, params: SplitParams, processes: int) -> None:
        self.city, self.limit, self.params, self.processes = city, limit, params, processes
        self.dice = random.Random(f"{seed}/split")
        self.links = list[Connection]()
        self.out: dict[Connection, _Order] = {}
        self.numbers: Numbers = [[] for _ in city.problem.vehicles]
        self.left = set(range(len(city.work)))
        self.seen = [0] * len(self.numbers)
        self.spent, self.cost = 0, 0
        self.log = list[tuple[float, int]]()

    def take_over(self, numbers: Numbers) -> None:
        """Goes on from a plan."""
        self.numbers = [list(trips) for trips in numbers]
        self.left -= {part for trips in numbers for trip in trips for part in trip}

    def first_orders(self) -> Iterator[_Order]:
        """Every piece of a first cut, each with its share of the time for a first plan."""
        pieces = first_pieces(self.city, self.params.parts)
        ratio = self.params.first_ratio
        if self.limit.clock is not None:
            within_s = self.params.first_s_a_part * len(self.city.work)
            ratio = min(ratio, within_s / (self.limit.ends_s - self.limit.began_s))
        share = ratio * self.processes / len(pieces)
        for piece in pieces:
            yield self._order(piece, share)

    def orders(self) -> Iterator[_Order]:
        """Pieces around the vehicles that were not in one for longest, until the time is over."""
        share = self.processes * self.params.parts / (self.params.turns * len(self.city.work))
        while self.limit.spent_ratio(self.spent // self.processes) < 1:
            taken = {vehicle for order in self.out.values() for vehicle in order.piece.vehicles}
            held = {part for order in self.out.values() for part in order.piece.parts}
            free = [vehicle for vehicle in range(len(self.numbers)) if vehicle not in taken]
            driving = [vehicle for vehicle in free if self.numbers[vehicle]]
            if not driving:
                return
            longest = min(self.seen[vehicle] for vehicle in driving)
            centre = self.dice.choice([vehicle for vehicle in driving if self.seen[vehicle] == longest])
            left = sorted(self.left - held)
            piece = piece_around(self.city, self.numbers, left, free, centre, self.params.parts)
            for vehicle in piece.vehicles:
                self.seen[vehicle] = self.seen[centre] + 1
            yield self._order(piece, share)

    def _order(self, piece: Piece, share: float) -> _Order:
        seed = self.dice.getrandbits(31)
        if self.limit.clock is None:
            return _Order(piece, seed, Limit(max(1, round(share * self.limit.iterations))))
        now_s = self.limit.now_s()
        lasts_s = share * (self.limit.ends_s - self.limit.began_s)
        ends_s = min(now_s + lasts_s, self.limit.ends_s)
        return _Order(piece, seed, replace(self.limit, began_s=now_s, ends_s=ends_s, swaps=()))

    def hand_out(self, orders: Iterator[_Order]) -> None:
        """Has all orders searched; by counts all processes begin and end together."""
        idle, again = list(self.links), list[_Order]()
        while True:
            while idle and (order := again.pop() if again else next(orders, None)) is not None:
                link = idle.pop()
                link.send(order)
                self.out[link] = order
            if not self.out:
                return
            for link in self._ready():
                order, told = self.out.pop(link), self.said(link)
                if told is None:
                    again.append(order)
                else:
                    self._take(order, told)
                    idle.append(link)
            if not idle and not self.out:
                raise RuntimeError("Every process of the search died.")

    def _ready(self) -> list[Connection]:
        """Processes that have something to say: all of them where counts decide, else one is enough."""
        if self.limit.clock is None:
            return list(self.out)
        return cast("list[Connection]", wait(list(self.out)))

    def said(self, link: Connection) -> Any:
        """What a process says; None once it is dead."""
        try:
            return link.recv()[0]
        except (EOFError, ConnectionError):
            return None

    def _take(self, order: _Order, told: Told) -> None:
        self.spent += order.limit.iterations
        if told.numbers is None:
            return
        before = told.log[0][1] if any(order.piece.numbers) else 0
        put_back(self.numbers, order.piece, told.numbers)
        brought = {order.piece.parts[part] for trips in told.numbers for trip in trips for part in trip}
        self.left = (self.left | set(order.piece.parts)) - brought
        self.cost += told.cost - before
        self.log.append((self.limit.now_s(), self.cost))
