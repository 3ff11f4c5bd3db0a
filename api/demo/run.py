"""The rehearsal from the clerk's files to the bureau's bill."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from api.demo.equipment import devices, equipment, listed
from api.demo.floor import watched, write_evening
from api.demo.live import Live
from api.demo.params import DemoParams
from api.demo.people import Person
from api.demo.server import Rehearsal
from api.demo.store_room import deliveries, kept, suppliers
from api.demo.story import Story
from orders.errors import MealError

PAPERS = ("production-sheet", "box-labels", "route-sheets")
LANGUAGES = ("zh_CN", "en")
ROLES = ("kitchen", "dispatcher", "inspector", "bureau")
AFTER_CUT_OFF = timedelta(minutes=5)


class Rehearsed:
    """
    One rehearsed day in a running house.

    Parameters
    ----------
    house
        The running house.
    params
        What is rehearsed.
    story
        Who tells it.
    """

    def __init__(self, house: Rehearsal, params: DemoParams, story: Story) -> None:
        self._house, self._params, self._story = house, params, story
        self._people: dict[str, Person] = {}

    def run(self, finale: Callable[[], None]) -> dict[str, Any]:
        """Plays the day, then the finale while everybody is still signed in; gives the summary."""
        with ExitStack() as stack:
            self._people["admin"] = stack.enter_context(Person(self._house.base_url, self._house.admin_link))
            self._welcome(stack)
            self._register()
            self._evening_before()
            papers = self._print()
            live = self._live(stack)
            summary = self._evening(live, papers)
            finale()
            return summary

    def links(self) -> dict[str, str]:
        """A fresh one-time sign-in link for each role, for whoever looks around afterwards."""
        admin = self._people["admin"]
        wanted = [
            "admin",
            *ROLES,
            *sorted(login for login in self._people if login.startswith(("driver-", "canteen-"))),
        ]
        shown: dict[str, str] = {}
        for login in wanted:
            role = login.partition("-")[0]
            if role not in shown:
                shown[role] = self._house.base_url + admin.post(f"/api/v1/users/{login}/link")["path"]
        return shown

    def _welcome(self, stack: ExitStack) -> None:
        for role in ROLES:
            self._sign_in(stack, role, role)

    def _sign_in(self, stack: ExitStack, login: str, role: str, **scope: str) -> None:
        admin = self._people["admin"]
        new = {"login": login, "name": login, "role": role, "kitchen_id": self._params.kitchen_id, **scope}
        admin.post("/api/v1/users", new)
        link = admin.post(f"/api/v1/users/{login}/link")["path"]
        self._people[login] = stack.enter_context(Person(self._house.base_url, link))

    def _register(self) -> None:
        kitchen, now_at = self._people["kitchen"], self._params.starts_at
        house_watch = watched(self._params.kitchen_id)
        kitchen.put(f"/api/v1/checks/{self._params.kitchen_id}/watch", house_watch)
        kept_in = equipment(house_watch["fridges"])
        kitchen.put(f"/api/v1/assets/{self._params.kitchen_id}", listed(kept_in))
        for sensor in devices(kept_in):
            self._people["admin"].post("/api/v1/devices", sensor)
        for kind in ("canteens", "diners", "orders"):
            path = self._params.files.get(kind)
            if path is None:
                continue
            report = kitchen.upload(f"/api/v1/imports/{kind}", path.name, path.read_bytes())
            self._story.beat(
                now_at,
                "{file}: {added} rows kept, {bad} refused",
                file=path.name,
                added=report["added"],
                bad=report["bad_rows"],
            )
            for problem in report["problems"][:20]:
                self._story.note(
                    "  line {line}, {column}: {words}",
                    line=problem["line"],
                    column=problem["column"],
                    words=problem["words"],
                )

    def _evening_before(self) -> None:
        path, story, dispatcher = self._params.service_path, self._story, self._people["dispatcher"]
        kitchen = self._people["kitchen"]
        self._plan_next_week()
        cut_off_at = self._params.starts_at + timedelta(hours=1) + AFTER_CUT_OFF
        self._people["admin"].post("/api/v1/clock/advance", {"to": cut_off_at.isoformat()})
        closed = kitchen.post(f"{path}/close")
        story.beat(
            cut_off_at,
            "Orders closed: {orders} orders, {portions} portions; {clashes} clash with an allergen or a diet",
            "/kitchen",
            **closed,
        )
        if not closed["orders"]:
            raise MealError("rehearsal_without_orders", file=self._params.files["orders"].name)
        for clash in kitchen.get(f"{path}/clashes"):
            proposed = clash["proposed"]
            kitchen.post(
                f"{path}/clashes/{clash['clash_id']}", {"dish_id": proposed[0] if proposed else None}
            )
        self._take_in(cut_off_at)
        planned = dispatcher.post(f"{path}/plan", {"seed": self._params.seed})
        dispatcher.post(f"{path}/publish", {"version": planned["version"]})
        story.beat(
            cut_off_at + AFTER_CUT_OFF,
            "Plan {version}: {batches} batches, {boxes} boxes, {trips} trips, {km:.1f} km, checked",
            "/kitchen",
            version=planned["version"],
            batches=planned["batches"],
            boxes=planned["boxes"],
            trips=planned["trips"],
            km=planned["distance_m"] / 1000,
        )
        for loss in planned["losses"]:
            story.note(
                "  {ref}: {words} ({portions})",
                ref=loss["ref"],
                words=loss["words"],
                portions=loss["portions"],
            )

    def _take_in(self, at: datetime) -> None:
        """What the service lacks comes into the store room."""
        kitchen, stock = self._people["kitchen"], f"/api/v1/stock/{self._params.kitchen_id}"
        known = {one["code"]: one for one in suppliers(self._params.city)}
        for one in known.values():
            kitchen.put(f"{stock}/suppliers", kept(one))
        purchase = kitchen.get(f"{stock}/purchase", days=2)
        lots = [
            kitchen.post(f"{stock}/deliveries", one)
            for one in deliveries(purchase, known, self._params.service_on)
        ]
        self._story.beat(at, "{lots} lots are taken in, with their papers", "/stock", lots=len(lots))

    def _plan_next_week(self) -> None:
        monday_on = self._params.service_on + timedelta(days=7 - self._params.service_on.weekday())
        wanted = {
            "kitchen_id": self._params.kitchen_id,
            "from_on": monday_on.isoformat(),
            "days": 5,
            "seed": self._params.seed,
        }
        planned = self._people["kitchen"].post("/api/v1/menus/plan", wanted)
        self._story.beat(
            self._params.starts_at,
            "Menu of the week from {monday}: {days} days within the nutrition targets",
            "/kitchen",
            monday=monday_on.isoformat(),
            days=len(planned["menus"]),
        )

    def _print(self) -> list[str]:
        kitchen, saved = self._people["kitchen"], []
        self._params.out.mkdir(parents=True, exist_ok=True)
        for name in PAPERS:
            for language in LANGUAGES:
                file = f"{name}.{language}.pdf"
                path = self._params.out / file
                path.write_bytes(kitchen.fetch(f"{self._params.service_path}/papers/{file}"))
                saved.append(str(path))
        self._story.beat(
            self._params.starts_at + timedelta(hours=1) + 2 * AFTER_CUT_OFF,
            "Production sheet, box labels and route sheets are printed",
            f"{self._params.service_path}/papers/{PAPERS[0]}.{LANGUAGES[0]}.pdf",
        )
        return saved

    def _live(self, stack: ExitStack) -> Live:
        board = self._people["dispatcher"].get(f"{self._params.service_path}/board")
        for trip in board["trips"]:
            self._once(stack, f"driver-{trip['vehicle_id']}", "driver", vehicle_id=trip["vehicle_id"])
            for stop in trip["stops"]:
                if stop["kind"] == "canteen":
                    self._once(stack, f"canteen-{stop['site_id']}", "canteen", site_id=stop["site_id"])
        live = Live(board, self._people, self._story, self._params)
        live.play()
        return live

    def _once(self, stack: ExitStack, login: str, role: str, **scope: str) -> None:
        if login not in self._people:
            self._sign_in(stack, login, role, **scope)

    def _evening(self, live: Live, papers: list[str]) -> dict[str, Any]:
        path, story = self._params.service_path, self._story
        bureau = self._people["bureau"]
        settled = bureau.post(f"{path}/settle")
        at = live.ends_at
        kitchen_id = self._params.kitchen_id
        write_evening(self._people["kitchen"], kitchen_id, watched(kitchen_id))
        gaps = self._people["inspector"].get(f"/api/v1/checks/{kitchen_id}/gaps", days=1)
        story.beat(at, "The kitchen's registers are written: {gaps} gaps today", "/checks", gaps=len(gaps))
        story.beat(
            at,
            "Settled: {meals} meals, subsidy {yuan} yuan",
            "/bureau",
            meals=settled["meals"],
            yuan=f"{settled['subsidy_fen'] / 100:.2f}",
        )
        paid = next((one for one in bureau.get(f"{path}/bills") if one["subsidy_fen"]), None)
        if paid:
            story.beat(
                at,
                "{yuan} yuan of order {order} explained: {why}",
                f"/bureau/orders/{paid['order_code']}",
                yuan=f"{paid['subsidy_fen'] / 100:.2f}",
                order=paid["order_code"],
                why=" ".join(one["words"] for one in paid["why"]),
            )
        summary: dict[str, Any] = bureau.get(f"{path}/summary")
        shown = [{key: one[key] for key in ("code", "ref", "portions")} for one in summary["exceptions"]]
        return {
            **summary,
            "exceptions": shown,
            "readings_published": live.readings_published,
            "readings_acknowledged": live.readings_acknowledged,
            "papers": papers,
        }
