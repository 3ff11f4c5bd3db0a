"""A house for the telemetry benchmark: a small day planned, cooked and packed, its probes in their boxes."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from api.bench.problem import CLOSED_AT, SERVICE, Size, build_day
from api.clock import RehearsalClock
from api.day.board import board_of
from api.day.close import close_service, settle
from api.day.cook import batch_cooked
from api.day.pack_boxes import box_packed
from api.day.plan import plan_service, publish_day
from api.db import Database
from api.people import OPERATOR
from orders.store.orders import load_clashes

CORE_C = 82.0
COOKED_C = 90.0


@dataclass(frozen=True, slots=True)
class PackedHouse:
    """
    The house, its boxes closed and on their way.

    Parameters
    ----------
    folder
        Its data folder.
    database
        Its tables.
    sensor_ids
        The devices inside the boxes.
    packed_at
        When the last box was closed.
    clock
        Ran on from that instant when the house was made, as fast as time.
    digest
        Of the invented day.
    """

    folder: Path
    database: Database
    sensor_ids: tuple[str, ...]
    packed_at: datetime
    clock: RehearsalClock
    digest: str


def packed_house(folder: Path, size: Size, url: str | None = None) -> PackedHouse:
    """
    Plans, cooks and packs an invented day.

    Parameters
    ----------
    folder
        The house's data folder.
    size
        How large; its seed is also the planner's.
    url
        An empty database; None makes the house's own file.
    """
    day = build_day(folder, size, url or f"sqlite:///{folder / 'holdchain.sqlite3'}")
    acting: dict[str, Any] = {"actor": OPERATOR, "now_at": CLOSED_AT, "ids": day.ids}
    with day.database.begin(lock=SERVICE.key) as session:
        close_service(session, SERVICE, **acting)
        for clash_id, clash in load_clashes(session, SERVICE, open_only=True).items():
            settle(session, SERVICE, clash_id, next(iter(clash.proposed), None), **acting)
    planned = plan_service(day.database, SERVICE, seed=size.seed, **acting)
    with day.database.begin(lock=SERVICE.key) as session:
        publish_day(session, SERVICE, planned.version, actor=OPERATOR, now_at=CLOSED_AT)
        board = board_of(session, SERVICE)
        for batch in board["batches"]:
            acting["now_at"] = datetime.fromisoformat(batch["ready_at"])
            batch_cooked(session, batch["batch_id"], core_c=COOKED_C, **acting)
        for box in board["boxes"]:
            acting["now_at"] = datetime.fromisoformat(box["packed_at"])
            box_packed(session, box["box_id"], core_c=CORE_C, carrier_code=box["carrier_code"], **acting)
    packed_at = max(datetime.fromisoformat(box["packed_at"]) for box in board["boxes"])
    sensors = tuple(sorted(box["sensor_id"] for box in board["boxes"] if box["sensor_id"]))
    clock = RehearsalClock.start(folder / "clock.json", packed_at, 1.0)
    return PackedHouse(folder, day.database, sensors, packed_at, clock, day.digest)
