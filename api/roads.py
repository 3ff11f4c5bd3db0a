"""The house's roads: where they lie, the engine's programs, and which kitchen plans by them."""

import os
from pathlib import Path
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.clock import Clock
from api.day.services import find_kitchen
from api.paths import config_dir
from api.permissions import Actor, ensure
from orders.errors import BadInput
from orders.store.sites import load_kitchen_settings, save_kitchen
from routing.road_programs import (
    EngineLacking,
    Programs,
    fetch_programs,
    find_programs,
    home_of_programs,
)
from routing.roads import RoadEngine, RoadParams


def roads_folder(data: Path) -> Path:
    """Where the roads of a data folder lie."""
    return data / "roads"


def lock_file() -> Path:
    """The pinned package of the engine's programs, with its hashes."""
    return config_dir() / "road-engine.lock"


def get_programs(wheel: Path | None = None) -> Programs:
    """Fetches the engine's programs, or takes them from a wheel that was carried here."""
    return fetch_programs(lock_file(), home_of_programs(), wheel)


def installed_programs() -> Programs | None:
    """The engine's programs on this machine; None when there are none."""
    return find_programs(home_of_programs())


def need_programs() -> Programs:
    """
    The engine's programs on this machine.

    Raises
    ------
    EngineLacking
        ``road_engine_missing``, with how to get them.
    """
    programs = installed_programs()
    if programs is None:
        raise EngineLacking("road_engine_missing")
    return programs


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def use_roads(
    session: Session, kitchen_id: str, params: RoadParams | None, *, actor: Actor, clock: Clock
) -> None:
    """
    Has a kitchen plan by a road engine, or by straight lines again.

    Parameters
    ----------
    session
        Open transaction.
    kitchen_id
        Which kitchen.
    params
        Whom to ask; None for straight lines.
    actor, clock
        Who, when.

    Raises
    ------
    RoadsDown
        When the engine does not answer.
    BadInput
        ``roads_elsewhere`` when its map has no road near the kitchen: every place would be out of reach.
    """
    ensure(actor, "config.edit")
    kitchen = find_kitchen(session, kitchen_id)
    if params is not None:
        with RoadEngine(params) as engine:
            if not engine.has_road_at(kitchen.place):
                raise BadInput("roads_elsewhere", url=params.url, kitchen=kitchen_id)
    _, settings = load_kitchen_settings(session, kitchen_id)
    travel: dict[str, Any] = {name: value for name, value in settings["travel"].items() if name != "roads"}
    if params is not None:
        travel["roads"] = {"url": params.url, "profile": params.profile, "snap_m": params.snap_m}
    save_kitchen(session, kitchen, {**settings, "travel": travel}, clock.now())
    record(
        session, actor, "config.edit/roads", kitchen_id, clock.now(), {"url": params.url if params else ""}
    )


def road_params(url: str, profile: str) -> RoadParams | None:
    """
    What a command says of an engine; ``none`` is no engine.

    Raises
    ------
    BadInput
        ``roads_unusable`` with the address and the profile.
    """
    if url == "none":
        return None
    try:
        return RoadParams(url.rstrip("/"), profile)  # type: ignore[arg-type]
    except ValueError as error:
        raise BadInput("roads_unusable", url=url, profile=profile) from error
