"""The live part of the rehearsal: pans, vans, sensors, tables, and what is told of them."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from api.demo import script
from api.demo.cast import choose_cast
from api.demo.equipment import equipment, mounting_acts
from api.demo.equipment import frames as equipment_frames
from api.demo.floor import by_whom, floor_acts, watched
from api.demo.params import DemoParams
from api.demo.people import Person
from api.demo.script import Act, instant
from api.demo.stage import Stage
from api.demo.story import Story
from telemetry.mqtt import Endpoint
from telemetry.simulate import Player, core_at, frames

ALARM_BEATS = {
    "breach": "ALARM on the road, box {box}: {words}",
    "predicted_breach": "FORETOLD on the road, box {box}: {words}",
    "lid_open": "The lid of box {box} is open: {words}",
    "silence": "The sensor of box {box} is silent: {words}",
}


class Live:
    """
    Plays one published day.

    Parameters
    ----------
    board
        The published day as the house gives it.
    people
        Who acts, by login.
    story
        Who tells it.
    params
        Seed, speed and whose day it is.
    """

    def __init__(
        self, board: Mapping[str, Any], people: Mapping[str, Person], story: Story, params: DemoParams
    ) -> None:
        self._board, self._people, self._story, self._params = board, people, story, params
        self._cast = choose_cast(board, params.seed)
        self._codes = {box["box_id"]: box["code"] for box in board["boxes"]}
        self._equipment = equipment(watched(params.kitchen_id)["fridges"])
        self._mounted_at = min(instant(box["packed_at"]) for box in board["boxes"])
        self._acts = self._script()
        self._said: set[str] = set()
        self.ends_at = max(act.at for act in self._acts) + script.SETTLED
        self.readings_published = 0
        self.readings_acknowledged = 0

    def play(self) -> None:
        """Plays from the first pan to the last table."""
        with self._sensors() as player:
            stage = Stage(
                self._people["admin"], self._people, player, speed=self._params.speed, done=self._tell
            )
            stage.play(self._acts, self.ends_at, self._watch)
            published, acknowledged = player.readings_of(one.device_id for one in self._equipment)
            self.readings_published = player.readings_published - published
            self.readings_acknowledged = player.readings_acknowledged - acknowledged
        self._tell_verdicts()

    def _script(self) -> tuple[Act, ...]:
        seed, cast = self._params.seed, self._cast
        orders = self._people["kitchen"].get(f"{self._params.service_path}/orders")
        rng = random.Random(f"{seed}/people")
        no_shows = script.choose_no_shows(orders, rng)
        offline = frozenset({cast.offline_site} if cast.offline_site else ())

        def core(box_id: str, at: datetime) -> float:
            return round(core_at(cast.boxes[box_id], at, seed), 1)

        listed = watched(self._params.kitchen_id)
        by = by_whom(listed)
        return (
            *mounting_acts(self._equipment, self._params.kitchen_id, self._mounted_at),
            *floor_acts(self._board, self._params.service_path, cast.cooked_at, listed),
            *script.kitchen_acts(self._board, rng, cast.cooked_at, by),
            *script.packing_acts(self._board, core, by),
            *script.road_acts(self._board, core),
            *script.bag_acts(self._board, core),
            *script.table_acts(self._board, orders, no_shows, offline),
        )

    @contextmanager
    def _sensors(self) -> Iterator[Player]:
        secrets = {one["device_id"]: one for one in self._people["admin"].post("/api/v1/devices/secrets")}
        sim = self._cast.boxes.values()
        endpoints = {device_id: _endpoint(secrets[device_id]) for device_id in {b.device_id for b in sim}}
        endpoints |= {one.device_id: _endpoint(secrets[one.device_id]) for one in self._equipment}
        of_equipment = equipment_frames(self._equipment, self._mounted_at, self.ends_at, self._params.seed)
        of_boxes = (frame for box in sim for frame in frames(box, self._params.seed))
        player = Player([*of_boxes, *of_equipment], endpoints)
        player.start()
        try:
            yield player
        finally:
            player.stop()

    def _tell(self, act: Act, answer: Any) -> None:
        if act.said == "sampled" and self._first("sampled"):
            self._story.beat(act.at, "The first sample is kept for 48 hours", "/checks")
        elif act.said == "departed" and self._first("departed"):
            self._story.beat(act.at, "The first boxes leave", "/driver")
        elif act.said == "handed_over" and self._first("handed_over"):
            self._story.beat(
                act.at,
                "The first canteen signs; {core_c} deg C in the core",
                "/canteen",
                core_c=act.body["core_c"],
            )
        elif act.said == "handed_over" and answer and answer["shown"] == "breached":
            box_id = act.path.split("/")[4]
            self._story.beat(
                act.at,
                "Box {box} is refused at the door",
                f"/inspector/holds/{box_id}",
                box=self._codes[box_id],
            )
        elif act.said == "left" and self._first("left"):
            self._story.beat(act.at, "The first bag goes on to its doors", "/canteen")
        elif act.said == "served" and self._first("served"):
            self._story.beat(act.at, "The first diners are served", "/canteen")

    def _watch(self, now_at: datetime) -> None:
        if not {"departed"} <= self._said:
            return
        for alarm in self._people["kitchen"].get(f"{self._params.service_path}/alarms"):
            kind, box_id = alarm["kind"], alarm["box_id"]
            if kind in ALARM_BEATS and self._first(kind if kind == "lid_open" else f"{kind}/{box_id}"):
                self._story.beat(
                    instant(alarm["raised_at"]),
                    ALARM_BEATS[kind],
                    f"/inspector/holds/{box_id}",
                    box=self._codes[box_id],
                    words=alarm["said"]["words"],
                )

    def _tell_verdicts(self) -> None:
        inspector = self._people["inspector"]
        parts = (
            (self._cast.failing, "Box {box} breached: {words}"),
            (self._cast.silent, "Box {box} cannot be judged: {words}"),
            (self._cast.late, "Box {box} sent its readings late and is judged from all of them: {words}"),
        )
        for box_id, text in parts:
            if box_id is None:
                continue
            hold = inspector.get(f"/api/v1/boxes/{box_id}/hold")
            words = hold["reasons"][0]["words"] if hold["reasons"] else hold["shown"]
            link = f"/inspector/holds/{box_id}"
            self._story.beat(self.ends_at, text, link, box=self._codes[box_id], words=words)

    def _first(self, what: str) -> bool:
        if what in self._said:
            return False
        self._said.add(what)
        return True


def _endpoint(secret: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        secret["host"], secret["port"], secret["client_id"], secret["username"], secret["password"]
    )
