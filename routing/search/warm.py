"""Warm: compiles the kernel ahead of the first search, into numba's cache."""

from orders.sites import Place
from routing.parts import Part
from routing.problem import Depot, Load, Problem, Stop, Vehicle, Window
from routing.search.arrays import arrays_of
from routing.search.kernel import Kernel
from routing.travel import matrix_of

_DAY_S = 86_400


def warm() -> None:
    """Searches a problem of two stops: everything is compiled, or found to be."""
    yard = Place(0.0, 0.0)
    stops = tuple(
        Stop(name, name, yard, (Window(0, _DAY_S),), 60, (Load(name, 1, 0, 0, _DAY_S, _DAY_S),), 0, 0)
        for name in ("one", "other")
    )
    ways = [[0, 60, 60], [60, 0, 60], [60, 60, 0]]
    van = Vehicle("van", 2, 0, 0, _DAY_S, 0)
    problem = Problem("", (Depot("kitchen", yard),), stops, (van,), matrix_of(ways, ways))
    kernel = Kernel(
        arrays_of(problem, [Part(1, stops[0], stops[0].boxes), Part(2, stops[1], stops[1].boxes)]), 1
    )
    kernel.start([[[0, 1]]])
    kernel.run(1, 1.0)
    kernel.best()
