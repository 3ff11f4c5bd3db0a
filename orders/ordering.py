"""Ordering: until when, which dishes, at which price, and what cancelling costs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from orders.bills import Bill, MealEvent
from orders.calendars import Calendar, ServiceDays
from orders.codes import Coded
from orders.diners import Diner
from orders.errors import BadInput, Conflict
from orders.menus import Menu, MenuItem
from orders.order import Ending
from orders.programmes.classes import class_on
from orders.programmes.schema import Programme
from orders.programmes.sections import Ordering
from orders.service import Service
from orders.settlement import settle
from orders.settling.funds import FundMovement
from orders.settling.rules import RuleBook
from orders.suitability import substitutes, unsuitable

LOOK_BACK_DAYS = 60
MIDNIGHT = "24:00"


@dataclass(frozen=True, slots=True)
class MealSet:
    """
    What is ordered and paid as one: how many dishes of each category, and the price.

    Parameters
    ----------
    code
        Short code of the set.
    price_fen
        List price, fen.
    parts
        Category to the number of dishes.
    name_zh, name_en
        As pages call it; empty for the only set there is.
    """

    code: str
    price_fen: int
    parts: Mapping[str, int]
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """
    The price of one meal in three lines, with why.

    Parameters
    ----------
    price_fen, subsidy_fen, diner_fen
        List price; what programme, operator and charity take off; what the diner pays.
    site_bears_fen
        What the site bears itself; 0 while the meal is simply served.
    class_id, programme_id
        The diner's class that day, empty for none, and the programme that said so.
    why
        Reasons in order, as codes.
    """

    price_fen: int
    subsidy_fen: int
    diner_fen: int
    site_bears_fen: int
    class_id: str
    programme_id: str
    why: tuple[Coded, ...]


def cut_off_at(service: Service, ordering: Ordering, days: ServiceDays, calendar: Calendar) -> datetime:
    """
    The last instant at which an order is in time, inclusive.

    Parameters
    ----------
    service
        What is ordered.
    ordering
        The programme's rule: so many days ahead, counted in calendar days or in days of service.
    days, calendar
        Which dates are days of service.
    """
    closes_on = service.service_on
    for _ in range(ordering.days_ahead):
        closes_on -= timedelta(days=1)
        if ordering.cutoff_day == "service":
            closes_on = _day_of_service(closes_on, days, calendar)
    back = (service.service_on - closes_on).days
    if ordering.cutoff_time == MIDNIGHT:
        return service.at_local(time(0), days=1 - back)
    return service.at_local(time.fromisoformat(ordering.cutoff_time), days=-back)


def _day_of_service(day_on: date, days: ServiceDays, calendar: Calendar) -> date:
    """This date or the last one before it with service."""
    back = (day_on - timedelta(days=step) for step in range(LOOK_BACK_DAYS))
    return next((day for day in back if not days.closed_reason(day, calendar)), day_on)


def counted_at(now_at: datetime, written_at: datetime | None, *, reason: str, by_staff: bool) -> datetime:
    """
    The instant by which an order is judged.

    The server's receipt decides, also for what a phone kept while it had no network; only staff may enter
    what was written on paper earlier, and say why it comes late.

    Raises
    ------
    BadInput
        When the reason is missing, or the time lies in the future.
    """
    if written_at is None or not by_staff:
        return now_at
    if not reason.strip():
        raise BadInput("paper_needs_reason")
    if written_at > now_at:
        raise BadInput("paper_in_the_future", written_at=written_at.isoformat())
    return written_at


def check_dishes(diner: Diner, menu: Menu, dish_ids: Sequence[str]) -> None:
    """
    Refuses dishes that the menu has not, that stand twice, or that the diner must not get.

    Raises
    ------
    BadInput
        Naming the dish; of an unsuitable one the reason, and the dishes that suit instead.
    """
    if not dish_ids:
        raise BadInput("no_dish_chosen")
    for dish_id in dish_ids:
        item = menu.item(dish_id)
        if item is None:
            raise BadInput("dish_not_on_menu", dish=dish_id, service=menu.service.key, offered=menu.choices)
        if dish_ids.count(dish_id) > 1:
            raise BadInput("dish_twice", dish=dish_id)
        if reasons := unsuitable(diner, item):
            instead = "、".join(one.dish_id for one in substitutes(diner, item, menu, dish_ids))
            raise _does_not_suit(reasons[0], dish_id, instead or "-")


def _does_not_suit(reason: Coded, dish: str, instead: str) -> BadInput:
    """The refusal of a dish, naming what suits in its place."""
    cause = next(str(value) for name, value in reason.params.items() if name not in ("dish", "lot"))
    if reason.code in ("clash_allergen", "clash_lot"):
        return BadInput("order_has_allergen", dish=dish, allergen=cause, instead=instead)
    if reason.code == "clash_diet":
        return BadInput("order_against_diet", dish=dish, tag=cause, instead=instead)
    return BadInput("order_too_solid", dish=dish, texture=cause, instead=instead)


def price_of(menu: Menu, sets: Iterable[MealSet], dish_ids: Iterable[str]) -> int:
    """
    The list price of these dishes: of the cheapest set that holds them all.

    The menu's price is that of the cheapest set there is; without sets it is the price of any meal.

    Raises
    ------
    BadInput
        When no set has so many dishes of a category.
    """
    known = sorted(sets, key=lambda one: one.price_fen)
    if not known:
        return menu.price_fen
    wanted: dict[str, int] = {}
    for dish_id in dish_ids:
        item = menu.item(dish_id)
        if item is not None:
            wanted[item.category] = wanted.get(item.category, 0) + 1
    for one in known:
        if all(count <= one.parts.get(category, 0) for category, count in wanted.items()):
            return menu.price_fen + one.price_fen - known[0].price_fen
    raise BadInput("no_set_holds_these", dishes=sum(wanted.values()))


def usual(
    diner: Diner, menu: Menu, sets: Sequence[MealSet], wishes: Iterable[str] = ()
) -> tuple[MenuItem, ...]:
    """
    The set that this diner is given without asking: of each category what suits, wishes first.

    Parameters
    ----------
    diner
        Who eats.
    menu
        What there is.
    sets
        The sets on offer; the cheapest that the diner can have in full is taken, without sets one dish
        of each category.
    wishes
        Dishes of earlier orders or of a standing order, the dearest first.

    Returns
    -------
    tuple[MenuItem, ...]
        In the menu's order; empty when nothing suits.
    """
    liked = {dish: place for place, dish in enumerate(wishes)}
    fit = [item for item in menu.items if not unsuitable(diner, item)]
    fit.sort(key=lambda item: liked.get(item.dish_id, len(liked)))
    plain = MealSet("", menu.price_fen, dict.fromkeys((item.category for item in menu.items), 1))
    offers = sorted(sets, key=lambda one: one.price_fen) or [plain]
    fills = [(one, _filled(one, fit)) for one in offers]
    whole = next((chosen for one, chosen in fills if len(chosen) == sum(one.parts.values())), fills[0][1])
    return tuple(item for item in menu.items if item in whole)


def _filled(one: MealSet, fit: Sequence[MenuItem]) -> list[MenuItem]:
    return [
        item
        for category, wanted in one.parts.items()
        for item in [item for item in fit if item.category == category][:wanted]
    ]


def quote(
    wanted: MealEvent,
    others: Iterable[MealEvent],
    book: RuleBook,
    diners: Mapping[str, Diner],
    *,
    funds: Iterable[FundMovement] = (),
) -> Quote:
    """
    The price of a meal that is ordered, as it would be settled if everything ordered is eaten.

    Parameters
    ----------
    wanted
        The meal, with the event whose price is asked: ``"served"``, or how it would end.
    others
        The diner's other meals of the month, served or ordered; they use up limits and allowances.
    book
        The programme's revisions.
    diners
        By id; the diner of the meals.
    funds
        What charities' funds hold.
    """
    meals = [one for one in others if one.order_id != wanted.order_id]
    (bill,) = settle([wanted], book, diners, context=meals, funds=funds)
    return quoted(bill)


def quoted(bill: Bill) -> Quote:
    """A bill as three lines: all that others pay is one."""
    return Quote(
        price_fen=bill.event.price_fen,
        subsidy_fen=bill.subsidy_fen + bill.operator_fen + bill.charity_fen,
        diner_fen=bill.diner_fen,
        site_bears_fen=bill.site_bears_fen,
        class_id=bill.class_id,
        programme_id=bill.programme_id,
        why=bill.why,
    )


def home_refusal(programme: Programme, diner: Diner, service: Service) -> Coded | None:
    """
    Why a meal is not brought home to this diner, None when it is.

    A programme that says nothing of home delivery brings meals to everybody who asks. Otherwise the diner's
    class, the meal and every condition that the programme names must hold, each as a dated fact
    ``home_delivery.<condition>`` that somebody approved.

    Parameters
    ----------
    programme, diner
        Whose rules, for whom.
    service
        Which meal.
    """
    rules = programme.delivery
    if rules.home is None and not rules.home_for:
        return None
    day_on, home = service.service_on, rules.home
    if home is None:
        approved = any(diner.fact(f"home_delivery.{name}", day_on) == "true" for name in rules.home_for)
        flagged = set(rules.home_for) & set(diner.values("flag", day_on))
        return None if approved or flagged else Coded("home_not_approved", {"lacking": rules.home_for[0]})
    if home.meals and service.meal not in home.meals:
        return Coded("home_not_this_meal", {"meal": service.meal})
    kind = class_on(programme, diner, day_on)
    if home.classes and (kind is None or kind.id not in home.classes):
        return Coded("home_not_this_class", {"class_id": kind.id if kind else ""})
    lacking = (name for name in home.requires if diner.fact(f"home_delivery.{name}", day_on) != "true")
    missing = next(lacking, None)
    return Coded("home_not_approved", {"lacking": missing}) if missing else None


def ending_of(cancelled_at: datetime, limit_at: datetime) -> Ending:
    """Whether an order cancelled now was cancelled in time, the cut-off itself included."""
    return "cancelled_before_cutoff" if cancelled_at <= limit_at else "cancelled_after_cutoff"


def require_confirmed(shown_fen: int | None, owed_fen: int) -> None:
    """
    Refuses an ending that costs something before the person was shown what.

    Raises
    ------
    Conflict
        ``confirm_consequence``, naming what the diner still pays.
    """
    if owed_fen and shown_fen != owed_fen:
        raise Conflict("confirm_consequence", owed_fen=owed_fen)
