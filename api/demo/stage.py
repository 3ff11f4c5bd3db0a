"""The rehearsal's minutes: the clock moves on, sensors speak, people act, all wait for the house."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

from api.demo.people import Person, Refused
from api.demo.script import Act
from orders.errors import MealError
from telemetry.simulate import Player

TICK = timedelta(minutes=2)
# Long, so that a slow machine is never told as a broken house.
ACKNOWLEDGED_WITHIN_S = 300.0
CAUGHT_UP_WITHIN_S = 600.0
POLL_FROM_S, POLL_TO_S = 0.02, 0.16
# A bag that was refused at the canteen goes nowhere, and one of a meal's two bags speaks for both.
NOTHING_GOES_ON = frozenset({"box_not_signed", "bag_left_before", "bag_not_on_its_way"})


class Stage:
    """
    Plays acts and frames against the house, in the order of the rehearsed clock.

    Parameters
    ----------
    admin
        Moves the clock.
    people
        Who acts, by login.
    player
        The sensors.
    speed
        Rehearsed seconds in a real second at most.
    done
        Called after each act that was taken.
    """

    def __init__(
        self,
        admin: Person,
        people: Mapping[str, Person],
        player: Player,
        *,
        speed: float,
        done: Callable[[Act, Any], None],
    ) -> None:
        self._admin, self._people, self._player = admin, people, player
        self._speed, self._done = speed, done
        self._packed = False

    def play(self, acts: tuple[Act, ...], ends_at: datetime, each: Callable[[datetime], None]) -> None:
        """
        Plays until the last minute.

        Parameters
        ----------
        acts
            In order.
        ends_at
            When the day is over.
        each
            Called after each tick with its instant.
        """
        waiting = sorted(acts, key=lambda act: (act.at, act.rank))
        now_at = waiting[0].at if waiting else ends_at
        while now_at <= ends_at:
            began_s = monotonic()
            self._admin.post("/api/v1/clock/advance", {"to": now_at.isoformat()})
            while waiting and waiting[0].at <= now_at:
                self._perform(waiting.pop(0))
            self._let_sensors_speak(now_at)
            each(now_at)
            busy_s = monotonic() - began_s
            sleep(max(0.0, TICK.total_seconds() / self._speed - busy_s))
            now_at = self._next(now_at, waiting, ends_at)

    def _next(self, now_at: datetime, waiting: list[Act], ends_at: datetime) -> datetime:
        """The next tick; before any box is packed, straight to the next act."""
        if self._packed or not waiting:
            return now_at + TICK
        return min(max(now_at + TICK, waiting[0].at), ends_at)

    def _let_sensors_speak(self, at: datetime) -> None:
        if not self._player.publish_until(at, ACKNOWLEDGED_WITHIN_S):
            raise MealError("rehearsal_not_acknowledged", at=at.isoformat())
        self._wait_heard(at)

    def _wait_heard(self, at: datetime) -> None:
        """Until every acknowledged reading is stored and every open box is judged as of this minute."""
        until_s, poll_s = monotonic() + CAUGHT_UP_WITHIN_S, POLL_FROM_S
        while monotonic() < until_s:
            state = self._admin.get("/api/v1/ingest")
            judged_at = state["judged_at"] and datetime.fromisoformat(state["judged_at"])
            judged = state["judged"] >= self._player.readings_acknowledged
            if judged and judged_at is not None and judged_at >= at:
                return
            sleep(poll_s)
            poll_s = min(2 * poll_s, POLL_TO_S)
        raise MealError("rehearsal_not_heard", at=at.isoformat())

    def _perform(self, act: Act) -> None:
        person = self._people[act.person]
        try:
            answer = person.post(act.path, act.body)
        except Refused as refusal:
            if refusal.params["refusal"] in NOTHING_GOES_ON:
                return
            if refusal.params["refusal"] != "box_breached":
                raise
            refused = {"condition": "refused", "portions": 0, "reason": "breached"}
            answer = person.post(act.path, {**act.body, **refused})
        self._packed = self._packed or act.said == "packed"
        self._done(act, answer)
