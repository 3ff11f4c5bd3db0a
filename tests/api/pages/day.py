"""A small city's day, acted through the use cases, as the pages find it at three moments."""

import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from api.clock import RehearsalClock
from api.day.close import close_service, settle
from api.day.cook import batch_cooked
from api.day.drive import trip_departed
from api.day.hand_over import HandOver, sign
from api.day.judging import judge_boxes
from api.day.pack_boxes import box_packed
from api.day.plan import plan_service, publish_day
from api.day.serve import Claim, close_table, serve_meals
from api.day.settle import settle_service
from api.example.files import write_example
from api.house import House, open_house
from api.imports.run import run_import
from api.people import OPERATOR, NewUser, add_user, link_for
from api.permissions import Actor
from api.security import digest, new_token
from api.seed import publish_cycle_menus, seed_catalogue, seed_city
from api.settings import Settings
from api.store.users import save_session
from kitchen.boxes import Box
from kitchen.equipment import Slot
from kitchen.store.acts import load_cooked, load_packed
from kitchen.store.equipment import load_carriers
from kitchen.store.production import load_batches, load_boxes, load_production, load_slots
from orders.service import Service
from orders.store.orders import OrderRow, load_clashes, load_orders
from orders.store.sites import load_sites
from routing.store.plans import load_plan, trip_ids
from telemetry.readings import Reading
from telemetry.store.readings import keep
from telemetry.store.verdicts import latest_verdicts

SERVICE = Service("K1", date(2026, 11, 23), "lunch")
CLOSED_AT = datetime(2026, 11, 22, 8, 5, tzinfo=UTC)
DINERS = 60
MOMENTS = ("morning", "road", "evening")
ROLES = ("kitchen", "dispatcher", "driver", "canteen", "volunteer", "inspector", "bureau", "admin")
CORE_C = 82.0


@dataclass(frozen=True, slots=True)
class Moment:
    """
    The house's database at one moment of the day.

    Parameters
    ----------
    data
        Its folder.
    tokens
        Role to the token of its session.
    link
        Path of an inspector's one-time link.
    """

    data: Path
    tokens: dict[str, str]
    link: str


def rehearse(folder: Path, template: Path) -> dict[str, Moment]:
    """
    Acts the day and keeps three copies of its database.

    Parameters
    ----------
    folder
        Where the copies go.
    template
        SQLite file with every table and no row.

    Returns
    -------
    dict[str, Moment]
        ``"morning"`` in the kitchen with the next batch due, ``"road"`` with a breached box in the van,
        ``"evening"`` with everything served and settled.
    """
    data = folder / "acting"
    data.mkdir()
    shutil.copy(template, data / "holdchain.sqlite3")
    clock = RehearsalClock.start(data / "clock.json", CLOSED_AT - timedelta(days=1), 0)
    house = open_house(Settings(data=data), seed=1, upgrade=False)
    act = _Acting(house, clock)
    act.prepare(folder / "files")
    tokens = act.sign_in()
    with house.database.begin() as session:
        link = link_for(session, OPERATOR, clock.now(), "inspector", 24)
    found = {}
    for moment, play in zip(MOMENTS, (act.cook_half, act.set_off, act.finish), strict=True):
        play()
        target = folder / moment
        house.database.close()
        shutil.copytree(data, target)
        found[moment] = Moment(target, tokens, link)
    return found


class _Acting:
    """Plays everybody's part, at the planned minutes."""

    def __init__(self, house: House, clock: RehearsalClock) -> None:
        self.house, self.clock = house, clock
        self.who: dict[str, Actor] = {}

    def prepare(self, folder: Path) -> None:
        """Fills the house, closes the service with one clash left open, plans and publishes it."""
        house, now_at = self.house, self.clock.now()
        with house.database.begin() as session:
            seed_catalogue(session, now_at)
            seed_city(session, "liuzhou", now_at)
            publish_cycle_menus(
                session, "liuzhou", "K1", "Asia/Shanghai", SERVICE.service_on, 1, now_at=now_at, ids=house.ids
            )
        files = write_example(folder, "liuzhou", DINERS, 1, SERVICE.service_on, "csv")
        for kind in ("canteens", "diners", "orders"):
            path = files[kind]
            run_import(
                house.database,
                kind,
                path.name,
                path.read_bytes(),
                actor=OPERATOR,
                now_at=now_at,
                ids=house.ids,
                kitchen_id="K1",
            )
        now_at = self.clock.advance_to(CLOSED_AT)
        with house.database.begin() as session:
            close_service(session, SERVICE, actor=OPERATOR, now_at=now_at, ids=house.ids)
            for clash_id, clash in load_clashes(session, SERVICE, open_only=True).items():
                dish_id = clash.proposed[0] if clash.proposed else None
                settle(session, SERVICE, clash_id, dish_id, actor=OPERATOR, now_at=now_at, ids=house.ids)
        planned = plan_service(house.database, SERVICE, actor=OPERATOR, now_at=now_at, ids=house.ids, seed=1)
        with house.database.begin() as session:
            publish_day(session, SERVICE, planned.version, actor=OPERATOR, now_at=now_at)

    def sign_in(self) -> dict[str, str]:
        """One user a role, each with an open session; the driver has a van, the canteen is a site."""
        _, plan = self._plan()
        route = plan.routes[0]
        with self.house.database.begin() as session:
            boxes = {box.box_id: box for box in load_boxes(session, self._production_id(session))}
            sites = load_sites(session, "K1", "lunch")
        stops = [boxes[v.box_ids[0]].site_id for v in route.trips[0].visits]
        site_id = next(one for one in stops if sites[one].kind == "canteen")
        tokens = {}
        now_at = self.clock.now()
        with self.house.database.begin() as session:
            for order in load_orders(session, SERVICE, ("locked",), site_id)[:2]:
                session.get_one(OrderRow, order.order_id).delivery = "volunteer"
            for role in ROLES:
                bound = {"kitchen_id": "K1"} if role in ("kitchen", "dispatcher") else {}
                bound |= {"vehicle_id": route.vehicle_id} if role == "driver" else {}
                bound |= {"site_id": site_id} if role in ("canteen", "volunteer") else {}
                new = NewUser(role, f"示例{role}", role, **bound)
                user = add_user(session, OPERATOR, now_at, self.house.ids, new)
                tokens[role] = new_token()
                expires_at = now_at + timedelta(days=30)
                save_session(session, digest(tokens[role]), user.actor.user_id, now_at, expires_at)
        return tokens

    def cook_half(self) -> None:
        """Half of the batches come off the heat, and what can be packed is packed."""
        slots = self._slots()
        self._kitchen_until(slots[len(slots) // 2].ready_s - 240)

    def set_off(self) -> None:
        """The first trip is on its way; one carrier in it has lost its heat."""
        head, plan = self._plan()
        first = plan.routes[0].trips[0]
        self._kitchen_until(first.depart_s)
        with self.house.database.begin() as session:
            ids = trip_ids(session, head.plan_id)
            trip_departed(
                session, ids[first.trip_code], actor=OPERATOR, now_at=self.clock.now(), ids=self.house.ids
            )
        self._at(first.visits[0].start_s)
        self._measure()

    def finish(self) -> None:
        """Every trip is driven, every box signed for or refused, everybody served, the day settled."""
        head, plan = self._plan()
        self._kitchen_until(max(trip.depart_s for trip in plan.trips))
        with self.house.database.begin() as session:
            ids = trip_ids(session, head.plan_id)
        visits = []
        for trip in sorted(plan.trips, key=lambda one: one.depart_s):
            if trip is not plan.routes[0].trips[0]:
                with self.house.database.begin() as session:
                    trip_departed(
                        session,
                        ids[trip.trip_code],
                        actor=OPERATOR,
                        now_at=max(self.clock.now(), SERVICE.instant(trip.depart_s)),
                        ids=self.house.ids,
                        happened_at=SERVICE.instant(trip.depart_s),
                    )
            visits += trip.visits
        self._at(max(visit.leave_s for visit in visits))
        self._measure()
        for visit in visits:
            for box_id in visit.box_ids:
                self._hand_over(box_id, visit.leave_s)
        self._serve()
        with self.house.database.begin() as session:
            settle_service(session, SERVICE, actor=OPERATOR, now_at=self.clock.now(), ids=self.house.ids)

    def _hand_over(self, box_id: str, at_s: int) -> None:
        with self.house.database.begin() as session:
            shown = latest_verdicts(session, [box_id])
            breached = box_id in shown and shown[box_id].shown == "breached"
            said = (
                HandOver("refused", core_c=52.0, reason="太凉")
                if breached
                else HandOver("accepted", core_c=68.5)
            )
            now_at, at = self.clock.now(), SERVICE.instant(at_s)
            sign(session, box_id, said, actor=OPERATOR, now_at=now_at, ids=self.house.ids, happened_at=at)

    def _serve(self) -> None:
        with self.house.database.begin() as session:
            orders = load_orders(session, SERVICE, ("locked",))
        self._at(12 * 3600 + 20 * 60)
        self._measure()
        last_at = self._at(12 * 3600 + 21 * 60)
        for site_id in sorted({order.site_id for order in orders}):
            here = [order for order in orders if order.site_id == site_id]
            claims = [
                Claim(order.code, last_at - timedelta(minutes=12 - min(number, 11)), offline=True)
                for number, order in enumerate(here)
            ]
            with self.house.database.begin() as session:
                ids = self.house.ids
                serve_meals(session, SERVICE, site_id, claims, actor=OPERATOR, now_at=last_at, ids=ids)
                close_table(session, SERVICE, site_id, actor=OPERATOR, now_at=last_at, ids=ids)

    def _slots(self) -> list[Slot]:
        with self.house.database.read() as session:
            return sorted(load_slots(session, self._production_id(session)), key=lambda one: one.ready_s)

    def _kitchen_until(self, at_s: int) -> None:
        """Everything that the kitchen had planned up to this second is done."""
        with self.house.database.read() as session:
            cooked = load_cooked(session, self._production_id(session)).keys()
        for slot in self._slots():
            if slot.ready_s <= at_s and slot.batch_id not in cooked:
                self._cook(slot.batch_id, slot.ready_s)
        self._at(at_s)
        self._pack_ready()

    def _cook(self, batch_id: str, ready_s: int) -> None:
        self._at(ready_s)
        with self.house.database.begin() as session:
            now_at = self.clock.now()
            at = SERVICE.instant(ready_s)
            batch_cooked(
                session,
                batch_id,
                core_c=88.0,
                actor=OPERATOR,
                now_at=now_at,
                ids=self.house.ids,
                happened_at=at,
            )

    def _pack_ready(self) -> None:
        """Closes each box whose batches are off the heat and whose minute has come."""
        with self.house.database.begin() as session:
            key = self._production_id(session)
            cooked = load_cooked(session, key).keys()
            carriers = {one.carrier_id: one.code for one in load_carriers(session, "K1")}
            boxes = load_boxes(session, key)
        now_s, packed = SERVICE.seconds(self.clock.now()), self._packed()
        for box in boxes:
            if not set(box.batch_ids) <= cooked or box.packed_s > now_s or box.box_id in packed:
                continue
            with self.house.database.begin() as session:
                box_packed(
                    session,
                    box.box_id,
                    core_c=CORE_C,
                    carrier_code=carriers[box.carrier_id],
                    actor=OPERATOR,
                    now_at=self.clock.now(),
                    ids=self.house.ids,
                    happened_at=SERVICE.instant(box.packed_s),
                )

    def _packed(self) -> set[str]:
        with self.house.database.read() as session:
            return set(load_packed(session, self._production_id(session)))

    def _measure(self) -> None:
        """Keeps what the sensors have sent up to now, and judges every packed box."""
        now_at = self.clock.now()
        packed = self._packed()
        with self.house.database.begin() as session:
            key = self._production_id(session)
            carriers = {one.carrier_id: one for one in load_carriers(session, "K1")}
            boxes = [box for box in load_boxes(session, key) if box.box_id in packed]
            failing, silent = self._odd_ones(boxes)
            for box in boxes:
                carrier = carriers[box.carrier_id]
                if carrier.sensor_id is None or carrier.senses is None or box.hold_class != "hot":
                    continue
                end_at = now_at
                if box.box_id == silent:
                    end_at = min(now_at, SERVICE.instant(box.packed_s) + timedelta(minutes=3))
                tau_s = 1_500 if box.box_id == failing else 60_000
                start_c = CORE_C - 1 if carrier.senses == "core" else CORE_C - 9
                readings = list(_cooling(carrier.sensor_id, carrier.senses, box, start_c, tau_s, end_at))
                keep(session, readings)
            judge_boxes(session, [box.box_id for box in boxes], now_at, self.house.ids)

    def _odd_ones(self, boxes: list[Box]) -> tuple[str, str]:
        """The box that loses its heat, in the first van; and the one whose sensor falls silent."""
        _, plan = self._plan()
        with self.house.database.read() as session:
            carriers = {one.carrier_id: one for one in load_carriers(session, "K1")}
        known = {box.box_id: box for box in boxes}
        aboard = [one for visit in plan.routes[0].trips[0].visits for one in visit.box_ids]
        sensing = [one for one in aboard if carriers[known[one].carrier_id].sensor_id]
        core = [one for one in sensing if carriers[known[one].carrier_id].senses == "core"]
        return core[0], next(one for one in sensing if one not in core)

    def _at(self, at_s: int) -> datetime:
        return self.clock.advance_to(SERVICE.instant(at_s))

    def _plan(self):
        with self.house.database.read() as session:
            loaded = load_plan(session, SERVICE.key)
            assert loaded is not None
            return loaded

    def _production_id(self, session) -> str:
        production = load_production(session, SERVICE.key)
        assert production is not None
        assert load_batches(session, production.production_id)
        return production.production_id


def _cooling(
    device_id: str, senses: str, box: Box, start_c: float, tau_s: int, end_at: datetime
) -> Iterator[Reading]:
    """One reading a minute since packing, falling towards 20 deg C."""
    packed_at = SERVICE.instant(box.packed_s)
    minutes = int((end_at - packed_at).total_seconds() // 60)
    for minute in range(1, minutes + 1):
        at = packed_at + timedelta(minutes=minute)
        value_c = 20 + (start_c - 20) * math.exp(-minute * 60 / tau_s)
        yield Reading(device_id, senses, senses, "temperature", round(value_c, 2), at, at, minute)
