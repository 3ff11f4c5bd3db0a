"""How a kitchen's day is planned: its settings as parameters of the planners."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from api.day.clocks import pack_params
from api.day.planning_facts import DayParams
from kitchen.batches import ExtraParams
from kitchen.schedule import ScheduleParams
from orders.service import Service
from routing.params import SolveParams
from routing.travel import Ways


def day_params(service: Service, settings: Mapping[str, Any], extras: ExtraParams, travel: Ways) -> DayParams:
    """The kitchen's settings as parameters of the planners, with the ways between its places."""
    meal = settings["meal"][service.meal]

    def second(wall: str) -> int:
        return service.seconds(service.at_local(time.fromisoformat(wall)))

    return DayParams(
        earliest_s=second(meal["cook_from"]),
        latest_s=second(meal["cook_to"]),
        pack=pack_params(settings, service.meal),
        extras=extras,
        schedule=ScheduleParams(),
        routes=SolveParams(),
        travel=travel,
        chill_s=_chill_s(service, meal),
        later_ends_s=tuple(_later_ends_s(service, settings, second(meal["serve_to"]))),
    )


def _later_ends_s(service: Service, settings: Mapping[str, Any], ends_s: int) -> Iterable[int]:
    """When the tables of the kitchen's other meals of the day and of all of the next one close."""
    for meal in settings["meal"].values():
        wall = time.fromisoformat(str(meal["serve_to"]))
        for days in (0, 1):
            end_s = service.seconds(service.at_local(wall, days))
            if end_s > ends_s:
                yield end_s


def _chill_s(service: Service, meal: Mapping[str, Any]) -> tuple[int, int] | None:
    """Hours of the day before in which dishes are cooked and chilled; None for a kitchen that states none."""
    if "chill_from" not in meal:
        return None
    from_at, to_at = (time.fromisoformat(str(meal[name])) for name in ("chill_from", "chill_to"))
    return service.seconds(service.at_local(from_at, -1)), service.seconds(service.at_local(to_at, -1))
