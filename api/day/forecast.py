"""Forecast: chilled dishes cooked before the cut-off, by what past services asked for and what is ordered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.day.cooks import cooks_of
from api.day.diets import with_diets
from api.day.holds import profile_of
from api.day.offered import offered
from api.day.plan import made_dishes, portions_of
from api.day.services import Rules, require_open_day
from api.db import Database
from api.packaged import read_toml
from api.paths import config_dir
from api.permissions import Actor, ensure
from kitchen.batches import Batch, ExtraParams, plan_batches
from kitchen.demand import Portion
from kitchen.equipment import Cook, Equipment
from kitchen.forecast import Asked, ForecastLine, forecast
from kitchen.past import PastRule, past_rule
from kitchen.recipes import Dish
from kitchen.schedule import Schedule, ScheduleParams, schedule
from kitchen.store.catalogue import load_dishes
from kitchen.store.chilled import (
    ChilledBatch,
    Forecast,
    chilled_off_heat,
    load_chilled,
    load_forecast,
    load_forecast_lines,
    save_forecast,
)
from kitchen.store.equipment import load_equipment
from kitchen.windows import ReadyWindow
from orders.codes import Coded
from orders.errors import Conflict, MealError, NotFound
from orders.ids import IdSource
from orders.service import Service, parse_service
from orders.store.diners import load_diners
from orders.store.orders import load_orders
from orders.store.services import closed_services, load_close

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Chilling:
    """
    What is expected of a service's chilled dishes, and what is cooked of them before the cut-off.

    Parameters
    ----------
    service, head
        Which service, and which version of its forecast.
    lines, batches
        What is expected, with its reasons; what is cooked, and when.
    notes
        What the schedule says of it.
    """

    service: Service
    head: Forecast
    lines: tuple[ForecastLine, ...]
    batches: tuple[ChilledBatch, ...]
    notes: tuple[Coded, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kitchen:
    """What a forecast is made and cooked from."""

    rule: PastRule
    lines: tuple[ForecastLine, ...]
    dishes: Mapping[str, Dish]
    equipment: tuple[Equipment, ...]
    cooks: tuple[Cook, ...]
    window_s: tuple[int, int]
    sample_g: int


def make_forecast(
    database: Database, service: Service, *, actor: Actor, now_at: datetime, ids: IdSource, seed: int
) -> Chilling:
    """
    Forecasts the chilled dishes of a service that is still open, and plans the batches of the day before.

    Raises
    ------
    NotFound
        When the service has no menu.
    Conflict
        When the service is closed, a chilled batch for it is off the heat already, its menu has no chilled
        dish, the kitchen states no hours, or there is no room in them.
    ImportError
        When OR-Tools is missing.
    """
    ensure(actor, "day.plan", kitchen_id=service.kitchen_id)
    with database.read() as session:
        kitchen = _kitchen(session, service)
    batches, made = _cooked(kitchen, service, seed, ids)
    with database.begin(lock=service.key) as session:
        _require_ahead(session, service)
        before = load_forecast(session, service.key)
        version = before.version + 1 if before else 1
        rule = {name: float(value) for name, value in asdict(kitchen.rule).items()}
        head = Forecast(ids.new(), service.key, version, rule, now_at, actor.user_id)
        chilled = _chilled(head, service, batches, made)
        save_forecast(session, head, kitchen.lines, chilled)
        detail = {"version": version, "portions": sum(line.portions for line in kitchen.lines)}
        record(session, actor, "day.plan/forecast", service.key, now_at, detail)
    return Chilling(service, head, kitchen.lines, tuple(chilled), (*made.late, *made.why, *made.notes))


def read_forecast(session: Session, service: Service) -> Chilling | None:
    """The newest forecast of a service, None when there is none."""
    head = load_forecast(session, service.key)
    if head is None:
        return None
    lines = tuple(load_forecast_lines(session, head.forecast_id))
    return Chilling(service, head, lines, tuple(load_chilled(session, head.forecast_id)))


def _kitchen(session: Session, service: Service) -> _Kitchen:
    rules = require_open_day(session, service)
    _require_ahead(session, service)
    menu = offered(session, service)
    if menu is None:
        raise NotFound("menu", service.key)
    chilled = [item.dish_id for item in menu.items if item.supply == "cook_chill"]
    if not chilled:
        raise Conflict("nothing_chilled", service=service.key)
    default = read_toml(config_dir() / "forecast.toml")
    rule = past_rule(rules.settings.get("forecast", {}), default)
    dishes = load_dishes(session, set(chilled))
    lines = forecast(
        [one for one in chilled if one in dishes],
        _past(session, service, chilled, rule),
        _asked(session, service, chilled),
        rule,
    )
    if not lines:
        raise Conflict("nothing_expected", service=service.key)
    profile = profile_of(session, str(rules.settings.get("safety_profile", "gb")))
    return _Kitchen(
        rule=rule,
        lines=lines,
        dishes=dishes | made_dishes(session, dishes, _portions(lines, service)),
        equipment=tuple(load_equipment(session, service.kitchen_id)),
        cooks=cooks_of(session, service)[0],
        window_s=_hours(service, rules),
        sample_g=profile.sample_min_g,
    )


def _require_ahead(session: Session, service: Service) -> None:
    """Refuses a service that is closed, or for which chilled food is off the heat."""
    if load_close(session, service) is not None:
        raise Conflict("service_closed_already", service=service.key)
    since_at = service.instant(0) - DAY - DAY
    off_heat = chilled_off_heat(session, service.kitchen_id, since_at)
    begun = next((one.code for one, _ in off_heat if one.service_key == service.key), None)
    if begun is not None:
        raise Conflict("chilled_begun", batch=begun)


def _hours(service: Service, rules: Rules) -> tuple[int, int]:
    meal = rules.settings["meal"][service.meal]
    if "forecast_from" not in meal or "forecast_to" not in meal:
        raise Conflict("forecast_without_hours", kitchen=service.kitchen_id)
    walls = (time.fromisoformat(str(meal[name])) for name in ("forecast_from", "forecast_to"))
    from_s, to_s = (service.seconds(service.at_local(wall, -1)) for wall in walls)
    return from_s, to_s


def _asked(session: Session, service: Service, dish_ids: Iterable[str]) -> dict[str, Asked]:
    """Regular portions of these dishes on order for a service: by dish, then by site and variant."""
    wanted = set(dish_ids)
    menu = offered(session, service, wanted)
    if menu is None:
        return {}
    orders = [
        replace(order, lines=own)
        for order in load_orders(session, service)
        if (own := tuple(line for line in order.lines if line.dish_id in wanted))
    ]
    diners = with_diets(load_diners(session, ids={order.diner_id for order in orders}))
    found: dict[str, dict[tuple[str, str], Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for portion in portions_of(orders, diners, menu):
        found[portion.dish_id][portion.site_id, portion.variant] += portion.size.ratio
    return {dish_id: dict(by_key) for dish_id, by_key in found.items()}


def _past(
    session: Session, service: Service, dish_ids: Sequence[str], rule: PastRule
) -> dict[str, list[Asked]]:
    """The same at each past service of this weekday and meal that offered a dish, by dish."""
    since_on = service.service_on - timedelta(weeks=rule.look_back_weeks)
    found: dict[str, list[Asked]] = {dish_id: [] for dish_id in dish_ids}
    for key in closed_services(session, since_on, service.service_on - DAY):
        one = parse_service(key, service.zone)
        same = (one.kitchen_id, one.meal, one.service_on.weekday())
        if same != (service.kitchen_id, service.meal, service.service_on.weekday()):
            continue
        menu = offered(session, one, set(dish_ids))
        asked = _asked(session, one, dish_ids)
        for item in menu.items if menu else ():
            found[item.dish_id].append(asked.get(item.dish_id, {}))
    return found


def _portions(lines: Iterable[ForecastLine], service: Service) -> list[Portion]:
    """What is expected as portions of nobody, a regular one each, by site."""
    return [
        Portion(
            f"{service.key} {line.site_id} {line.dish_id} {line.variant} {number}",
            "",
            "",
            line.site_id,
            line.dish_id,
            line.variant,
            "cold",
        )
        for line in lines
        for number in range(line.portions)
    ]


def _cooked(
    kitchen: _Kitchen, service: Service, seed: int, ids: IdSource
) -> tuple[tuple[Batch, ...], Schedule]:
    """The batches of what is expected, and their minutes on the day before."""
    portions = _portions(kitchen.lines, service)
    plan = plan_batches(
        portions, kitchen.dishes, kitchen.equipment, ExtraParams(kitchen.sample_g), iter(ids.new, "")
    )
    if plan.excepted:
        raise _refused(plan.excepted[0].reason)
    from_s, to_s = kitchen.window_s
    window = ReadyWindow(from_s, to_s, start_from_s=from_s)
    made = schedule(
        plan.batches,
        kitchen.equipment,
        {batch.batch_id: window for batch in plan.batches},
        earliest_s=from_s,
        params=replace(ScheduleParams(), latest_s=to_s),
        seed=seed,
        cooks=kitchen.cooks,
    )
    if made.reasons or not made.slots:
        raise _refused(made.reasons[0] if made.reasons else Coded("schedule_not_found", {"batches": 1}))
    return plan.batches, made


def _refused(reason: Coded) -> MealError:
    refusal = Conflict("forecast_not_cooked")
    refusal.reasons = (reason,)
    return refusal


def _chilled(
    head: Forecast, service: Service, batches: Iterable[Batch], made: Schedule
) -> list[ChilledBatch]:
    slots = {slot.batch_id: slot for slot in made.slots}
    return [
        ChilledBatch(
            chilled_id=batch.batch_id,
            forecast_id=head.forecast_id,
            service_key=service.key,
            kitchen_id=service.kitchen_id,
            code=f"C{service.service_on:%m%d}-{number}",
            dish_id=batch.dish_id,
            variant=batch.variant,
            equipment_kind=batch.equipment_kind,
            equipment_id=slots[batch.batch_id].equipment_id,
            cook_id=slots[batch.batch_id].cook_id,
            start_s=slots[batch.batch_id].start_s,
            ready_s=slots[batch.batch_id].ready_s,
            portions=batch.portions,
            sample=sum(extra.portions for extra in batch.extras if extra.purpose == "sample"),
        )
        for number, batch in enumerate(batches, 1)
    ]


def forecast_document(made: Chilling, say: Any) -> dict[str, Any]:
    """A forecast as a JSON document; ``say`` gives a code its sentence."""
    service = made.service
    return {
        "service": service.key,
        "version": made.head.version,
        "rule": dict(made.head.rule),
        "portions": sum(line.portions for line in made.lines),
        "lines": [
            {
                "site_id": line.site_id,
                "dish_id": line.dish_id,
                "variant": line.variant,
                "portions": line.portions,
                "ordered": float(line.ordered),
                "past": list(line.past),
                "reason": say(line.reason),
            }
            for line in made.lines
        ],
        "batches": [
            {
                "chilled_id": one.chilled_id,
                "code": one.code,
                "dish_id": one.dish_id,
                "variant": one.variant,
                "equipment_id": one.equipment_id,
                "start_at": service.instant(one.start_s).isoformat(),
                "ready_at": service.instant(one.ready_s).isoformat(),
                "portions": one.portions,
                "sample": one.sample,
            }
            for one in made.batches
        ],
        "findings": [say(note) for note in made.notes],
    }
