"""The kinds of routing work that are measured: how long each, which files are of it, and what fills it up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.bench.routing_made import made_city, made_depots, made_fleet, made_trips, made_windows
from orders.errors import BadInput
from routing.costs import costs_of
from routing.instances.answer import plan_of, read_answer
from routing.instances.instance import Instance
from routing.instances.read import read_instance
from routing.plan import check

FILLED_TO = 10
SUFFIXES = (".txt", ".vrp")


@dataclass(frozen=True, slots=True)
class Kind:
    """
    Instances that are measured alike.

    Parameters
    ----------
    name
        As ``--kinds`` says it.
    budget_s
        Seconds for each answer.
    types
        Of files that belong to it; none for work that is only invented.
    least, most
        Clients of such files.
    made
        Invents one of so many clients from a seed.
    sizes
        Clients of the invented ones, in turn.
    filled_to
        Instances in all.
    """

    name: str
    budget_s: float
    types: tuple[str, ...]
    least: int
    most: int
    made: Callable[[int, int], Instance]
    sizes: tuple[int, ...]
    filled_to: int = FILLED_TO


@dataclass(frozen=True, slots=True)
class Task:
    """
    One instance to be answered.

    Parameters
    ----------
    instance
        The problem.
    known_cost
        Of the best answer known, judged here; None where there is none.
    """

    instance: Instance
    known_cost: int | None = None


WINDOWS = ("VRPTW", "CVRPTW")
KINDS = (
    Kind("multi-trip-100", 20, ("MTVRPTWR",), 1, 150, made_trips, (100,)),
    Kind("multi-trip-200", 20, ("MTVRPTWR",), 151, 10_000, made_trips, (200,)),
    Kind("vrptw-100", 10, WINDOWS, 1, 150, made_windows, (100,)),
    Kind("vrptw-200-400", 30, WINDOWS, 151, 600, made_windows, (200, 400)),
    Kind("vrptw-1000", 60, WINDOWS, 601, 10_000, made_windows, (1000,)),
    Kind("multi-depot", 30, ("MDVRP", "MDVRPTW"), 1, 10_000, made_depots, (240, 360)),
    Kind("mixed-fleet", 30, ("HFVRP",), 1, 10_000, made_fleet, (110, 150)),
    Kind("city-5000", 60, (), 0, 0, made_city, (5_000,), filled_to=1),
    Kind("city-20000", 60, (), 0, 0, made_city, (20_000,), filled_to=1),
)


def tasks_of(kind: Kind, files: Sequence[Instance | Task], count: int | None = None) -> Iterator[Task]:
    """
    The instances of a kind: the given ones, then invented ones up to its number.

    Parameters
    ----------
    kind
        Which.
    files
        Read instances of any kind.
    count
        How many in all; None for the kind's own number. Given ones beyond it are left out.
    """
    wanted = kind.filled_to if count is None else count
    tasks = [one if isinstance(one, Task) else Task(one) for one in files]
    own = [task for task in tasks if _is_of(task.instance, kind)][:wanted]
    yield from own
    for seed in range(1, wanted - len(own) + 1):
        yield Task(kind.made(kind.sizes[seed % len(kind.sizes)], seed))


def _is_of(instance: Instance, kind: Kind) -> bool:
    return instance.kind in kind.types and kind.least <= len(instance.problem.stops) <= kind.most


def read_folder(folder: Path) -> Iterator[Task]:
    """
    The instances in a folder and those below it, each with its best known answer where a ``.sol`` has one.

    Files that are no instances are passed over.
    """
    for path in sorted(one for one in folder.rglob("*") if one.suffix in SUFFIXES):
        try:
            instance = read_instance(path.read_text("utf-8"), path.name)
        except (BadInput, UnicodeDecodeError):
            continue
        yield Task(instance, _known_cost(instance, path.with_suffix(".sol")))


def _known_cost(instance: Instance, path: Path) -> int | None:
    """What the known answer costs, None where there is none or it breaks a rule."""
    if not path.is_file():
        return None
    known = read_answer(path.read_text("utf-8"), len(instance.problem.depots))
    plan = plan_of(instance, known.routes)
    if plan is None or check(plan, instance.problem):
        return None
    return costs_of(plan, instance.problem).driven
