"""What stands at the stove: hand probes and people to name, cores that failed and wait for an action."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from api.checks.desk import Watch, watch_of
from api.checks.floor import read_floor
from api.checks.points import COOK, STOPS, Measured
from api.day.holds import profile_at
from kitchen.acts import Packed
from kitchen.haccp import Action
from kitchen.store.acts import load_cooked, load_packed
from kitchen.store.production import load_production
from kitchen.store.steps import Step, load_steps
from kitchen.store.withheld import load_withheld
from kitchen.withheld import Withheld
from orders.service import Service


@dataclass(frozen=True, slots=True)
class StoveView:
    """
    The stove on the kitchen's page.

    Parameters
    ----------
    watch
        Hand probes and people that a measurement names, as the house lists them.
    probe, person
        Named by this user's last measurement of the service, packing included, to be offered first; empty for
        none.
    cold
        The core of each batch whose newest one was too cold, by batch id.
    actions
        What may be done about it, by code.
    withheld
        Food of the service that is on hold.
    """

    watch: Watch
    probe: str
    person: str
    cold: Mapping[str, Measured]
    actions: Mapping[str, Action]
    withheld: tuple[Withheld, ...] = ()

    @property
    def again(self) -> frozenset[str]:
        """Batches whose core is to be measured once more."""
        return frozenset(key for key, one in self.cold.items() if one.standing == "again")

    @property
    def stopped(self) -> frozenset[str]:
        """Batches that are not measured now: they wait for an action, or are discarded."""
        return frozenset(key for key, one in self.cold.items() if one.standing in ("failed", "discard"))


def stove_view(session: Session, service: Service, user_id: str) -> StoveView:
    """The stove of a service as one user sees it."""
    watch = watch_of(session, service.kitchen_id, service.service_on)
    production = load_production(session, service.key)
    if production is None:
        return StoveView(watch, "", "", {}, {})
    steps = load_steps(session, service.key)
    packed: list[Step | Packed] = [act for _, act in load_packed(session, production.production_id).values()]
    own = [one for one in [*steps, *packed] if one.actor == user_id and (one.probe or one.person)]
    last = max(own, key=lambda one: one.recorded_at, default=None)
    least_c = profile_at(session, service.kitchen_id).cook_core_min_c
    done = load_cooked(session, production.production_id).values()
    asked = {act.batch_id for _, act in done if act.core_c is not None and act.core_c < least_c}
    asked |= {one.batch_id for one in steps if one.point == COOK and not one.passed and one.batch_id}
    floor = read_floor(session, service, asked) if asked else None
    cold = {
        batch_id: one
        for batch_id, points in (floor.of_batch if floor else {}).items()
        for one in points
        if one.point.code == COOK and one.standing in STOPS
    }
    probe, person = (last.probe, last.person) if last else ("", "")
    actions = floor.limits.floor.actions if floor else {}
    held = tuple(one for one in load_withheld(session, service.key) if one.end is None)
    return StoveView(watch, probe, person, cold, actions, held)
