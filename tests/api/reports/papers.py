"""Sample papers of an invented kitchen."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from api.reports.box_labels import render as print_labels
from api.reports.facts import Named, PaperHead
from api.reports.label_facts import BoxLabel, BoxLabels, HoldLimits, LabelDish
from api.reports.loading_facts import LoadedStop, LoadedTrip, LoadingList
from api.reports.loading_list import render as print_loading
from api.reports.production_facts import (
    Amount,
    LeftOut,
    PanLoad,
    ProductionSheet,
    SpecialDish,
    SpecialMeal,
)
from api.reports.production_sheet import render as print_production
from api.reports.route_facts import RouteBox, RouteSheets, RouteStop, RouteTrip
from api.reports.route_sheet import render as print_routes
from api.reports.volunteer_facts import RoundDoor, RoundMeal, RoundSheet, RoundsLeft, VolunteerLists
from api.reports.volunteer_list import render as print_volunteers
from kitchen.batches import Extra
from orders.codes import Coded
from orders.service import Service
from orders.sites import Kitchen, Place

LANGUAGES = ("zh_CN", "en")

SERVICE = Service("K1", date(2026, 11, 23), "lunch")
KITCHEN = Kitchen(
    kitchen_id="K1",
    name="柳州示例中央厨房(集体用餐配送)",
    licence_kind="collective_meal_delivery",
    licence_no="JY34502000000017",
    place=Place(24.32, 109.42),
    zone="Asia/Shanghai",
    address="广西柳州市城中区示例路 18 号",
    phone="0772-5550118",
)


def at(clock: str, days: int = 0) -> datetime:
    """A wall time of the service day, as an instant."""
    hours, minutes = map(int, clock.split(":"))
    return SERVICE.start_at + timedelta(days=days, hours=hours, minutes=minutes)


def head() -> PaperHead:
    """The head of the sample papers."""
    return PaperHead(SERVICE, KITCHEN, 2, at("16:05", days=-1))


SOFT = Named("软食", "Soft and bite-sized")
EGG, SOY, GLUTEN, FISH, PEANUT, TREE_NUT = (
    Named("蛋类", "Eggs"),
    Named("大豆", "Soybeans"),
    Named("麸质谷物", "Gluten cereals"),
    Named("鱼类", "Fish"),
    Named("花生", "Peanuts"),
    Named("坚果", "Tree nuts"),
)
CRUSTACEAN, MOLLUSC = Named("甲壳类", "Crustaceans"), Named("软体动物", "Molluscs")
DISHES = (
    Named("红烧肉炖土豆", "Red-braised pork with potato"),
    Named("清蒸草鱼", "Steamed grass carp with ginger and spring onion"),
    Named("番茄牛腩", "Beef brisket with tomato"),
    Named("肉末蒸蛋", "Steamed egg with minced pork"),
    Named("蒜蓉西兰花", "Broccoli with garlic"),
    Named("冬瓜排骨汤", "Winter melon and pork rib soup"),
    Named("米饭", "Steamed rice"),
)
FOODS = (
    (Named("猪五花肉", "Pork belly, raw"), 11_820_000),
    (Named("土豆", "Potato"), 9_160_000),
    (Named("白砂糖", "Sugar, granulated"), 463_000),
    (Named("生抽", "Soy sauce, light"), 926_000),
    (Named("料酒", "Cooking wine"), 617_000),
    (Named("大葱", "Welsh onion"), 772_000),
    (Named("老姜", "Ginger root, mature"), 309_000),
    (Named("八角", "Star anise"), 15_500),
    (Named("精盐", "Salt, iodised"), 231_000),
    (Named("菜籽油", "Rapeseed oil"), 1_240_000),
)
PANS = ("可倾式炒锅 2 号", "蒸柜 1 号", "夹层锅 3 号", "万能蒸烤箱 1 号")
STOPS = (
    "城中街道长者饭堂",
    "鱼峰社区长者饭堂",
    "柳北区胜利小区长者饭堂",
    "柳江区拉堡镇助餐点",
    "柳南区河西街道社区居家养老服务中心",
)


def pan_load(number: int, *, special: bool = False, portions: int = 148) -> PanLoad:
    """A pan load that differs with its number."""
    dish = DISHES[number % len(DISHES)]
    start_at = at("07:30") + timedelta(minutes=7 * number)
    return PanLoad(
        code=f"B{number:02d}",
        dish=dish,
        variant=SOFT if number % 5 == 2 else None,
        equipment=PANS[number % len(PANS)],
        start_at=start_at,
        ready_at=start_at + timedelta(minutes=75),
        portions_ordered=portions,
        extras=() if special else (Extra("sample", 2), Extra("buffer", 1 + number % 3)),
        amounts=tuple(Amount(food, mg * portions // 148) for food, mg in FOODS[: 4 + number % 7]),
        core_min_c=70.0,
        allergens=(SOY, GLUTEN) if number % 2 else (),
        portions_special=portions if special else number % 3,
    )


def special_meal(number: int) -> SpecialMeal:
    """A named diner's sealed container."""
    names = ("王秀英", "欧阳建国", "韦桂兰", "覃玉珍", "蓝志强")
    avoid = ((EGG,), (PEANUT, TREE_NUT), (FISH, CRUSTACEAN, MOLLUSC), (SOY,))
    dishes = tuple(SpecialDish(DISHES[(number + i) % 7], None, "B01") for i in range(3))
    return SpecialMeal(names[number % 5], STOPS[number % 5], avoid[number % 4], f"X{number + 40}", dishes)


def production_sheet(
    loads: Sequence[PanLoad] | None = None, *, specials: int = 4, left_out: tuple[LeftOut, ...] = ()
) -> ProductionSheet:
    """A production sheet whose orders, loads and losses add up."""
    chosen = (
        tuple(loads)
        if loads is not None
        else (
            pan_load(1, special=True, portions=4),
            *(pan_load(number, portions=150 - 13 * number) for number in range(2, 9)),
        )
    )
    ordered = sum(load.portions_ordered for load in chosen) + sum(lost.portions for lost in left_out)
    return ProductionSheet(head(), chosen, tuple(map(special_meal, range(specials))), ordered, left_out)


def box_label(number: int, *, dishes: int = 4) -> BoxLabel:
    """A box label that differs with its number; every seventh is a named diner's, every fifth cold."""
    named = number % 7 == 3
    return BoxLabel(
        code=f"X{number:02d}",
        carrier_code=f"C{number:03d}",
        stop=STOPS[number % len(STOPS)],
        trip=f"T{1 + number // 20}-{1 + number % 6}",
        hold_class="cold" if number % 5 == 4 else "hot",
        dishes=tuple(
            LabelDish(DISHES[(number + i) % 7], SOFT if i == 2 else None, 1 if named else 10 + 7 * i)
            for i in range(dishes)
        ),
        cooked_at=at("09:05"),
        deliver_by_at=at("11:20"),
        eat_by_at=at("13:05"),
        contains=(SOY, GLUTEN, EGG)[: number % 4],
        may_contain=(PEANUT, CRUSTACEAN)[: number % 3],
        qr_text=f"holdchain:K1/2026-11-23/lunch/X{number:02d}",
        for_diner="覃玉珍" if named else "",
        avoid=(PEANUT, TREE_NUT) if named else (),
        second_leg=number % 6 == 5,
    )


def box_labels(count: int = 12) -> BoxLabels:
    """The labels of some boxes."""
    return BoxLabels(head(), HoldLimits(60, 0, 8), tuple(map(box_label, range(1, count + 1))))


def route_stop(number: int, *, boxes: int = 4) -> RouteStop:
    """A stop that differs with its number; some of its boxes are named, cold or carried on."""
    labels = [box_label(1 + 5 * number + i) for i in range(boxes)]
    return RouteStop(
        name=STOPS[number % len(STOPS)],
        address=f"广西柳州市示例路 {10 + number} 号社区综合服务楼一层",
        contact=f"覃主任 0772-555{1000 + number}",
        opens_at=at("10:20"),
        closes_at=at("11:40"),
        arrive_at=at("10:12") + timedelta(minutes=13 * number),
        deliver_by_at=at("11:20"),
        boxes=tuple(
            RouteBox(label.code, label.hold_class, label.portions, label.for_diner, label.second_leg)
            for label in labels
        ),
        owed=("C011", "C027") if number % 4 == 1 else (),
        place=Place(24.32 + 0.011 * ((number * 7) % 5 - 2), 109.42 + 0.009 * ((number * 5) % 7 - 2)),
        door_note="后门，按铃两次" if number % 3 == 0 else "",
        more_windows=((at("13:00"), at("14:00")),) if number % 4 == 2 else (),
        floor=3 if number % 3 == 0 else 0,
        lift=number % 2 == 0,
    )


def route_trip(number: int = 1, *, stops: int = 5) -> RouteTrip:
    """A trip of some stops."""
    return RouteTrip(
        code=f"T{number}",
        vehicle="桂B·D0018 五菱保温车",
        driver="梁师傅" if number != 2 else "",
        depart_at=at("09:50"),
        return_at=at("11:45"),
        distance_m=18_430,
        stops=tuple(route_stop(i, boxes=2 + i % 4) for i in range(stops)),
        qr_text=f"holdchain:K1/2026-11-23/lunch/T{number}",
        phone="136-0000-0001" if number != 2 else "",
    )


def route_sheets(*trips: RouteTrip) -> RouteSheets:
    """The route sheets of these trips, else of two."""
    return RouteSheets(head(), 60, trips or (route_trip(1), route_trip(2, stops=9)))


def loaded_trip(number: int, *, dock: int | None = 1, stops: int = 4) -> LoadedTrip:
    """A trip at a dock."""
    trip, begins = route_trip(number, stops=stops), at("09:30") + timedelta(minutes=10 * number)
    numbered = reversed(list(enumerate(trip.stops, start=1)))
    return LoadedTrip(
        code=trip.code,
        vehicle=trip.vehicle,
        driver=trip.driver,
        dock=dock,
        from_at=begins,
        closed_at=begins + timedelta(minutes=2),
        to_at=begins + timedelta(minutes=10),
        stops=tuple(LoadedStop(nth, stop.name, stop.boxes) for nth, stop in numbered),
    )


def loading_list(trips: int = 3, *, docks: int | None = 2) -> LoadingList:
    """Some trips at the docks in turn."""
    numbers = range(1, trips + 1)
    loaded = (loaded_trip(n, dock=docks and 1 + n % docks) for n in numbers)
    return LoadingList(head(), docks, tuple(loaded))


def round_meal(number: int) -> RoundMeal:
    """A meal for a door that differs with its number."""
    names = ("王秀英 LZ00012", "欧阳建国 LZ00458", "韦桂兰 LZ00007", "覃玉珍 LZ00391")
    return RoundMeal(
        diner=names[number % 4],
        order_code=f"20261123-{number:04d}",
        address=f"柳州市城中区示例路 {3 + number} 号 2 栋 30{number % 9} 室",
        phone=f"0772-555{2000 + number}" if number % 4 != 3 else "",
        door_note="门铃坏了，敲门；有狗" if number % 3 == 1 else "",
        dishes=tuple((DISHES[(number + i) % 7], SOFT if i == 1 else None, 1) for i in range(4)),
        avoid=(PEANUT, TREE_NUT) if number % 3 == 2 else (),
        boxes=("X14",) if number % 2 else ("X14", "X15"),
    )


def round_sheet(number: int = 1, *, doors: int = 5) -> RoundSheet:
    """A volunteer's round."""
    stops = tuple(
        RoundDoor(
            round_meal(number * 5 + n),
            at("10:52") + timedelta(minutes=5 * n),
            at("13:05"),
            Place(24.32 + 0.002 * ((n * 7) % 5 - 2), 109.42 + 0.003 * ((n * 5) % 7 - 2)),
        )
        for n in range(doors)
    )
    return RoundSheet(
        code=f"R{number}",
        site=STOPS[number % 5],
        site_place=Place(24.32, 109.42),
        volunteer="示例志愿者李" if number % 2 else "2",
        boxes=(("X14", "hot"), ("X15", "cold")),
        leave_at=at("10:50"),
        last_door_at=at("10:54") + timedelta(minutes=5 * doors),
        return_at=at("10:59") + timedelta(minutes=5 * doors),
        most_minutes=35,
        distance_m=2_480,
        doors=stops,
    )


def volunteer_lists(rounds: int = 2) -> VolunteerLists:
    """Some rounds, and meals that are in none."""
    reasons = (Coded("door_without_place"), Coded("door_too_far", {"minutes": 41, "most": 35}))
    left = tuple((round_meal(40 + n), reason) for n, reason in enumerate(reasons))
    sheets = tuple(round_sheet(number) for number in range(1, rounds + 1))
    return VolunteerLists(head(), sheets, (RoundsLeft(STOPS[0], left),))


def sample_papers() -> dict[str, bytes]:
    """The sample papers in both languages, by file name."""
    files = {}
    for language in LANGUAGES:
        files[f"production-sheet.{language}.pdf"] = print_production(production_sheet(), language).pdf
        files[f"box-labels.{language}.pdf"] = print_labels(box_labels(), language).pdf
        files[f"route-sheet.{language}.pdf"] = print_routes(route_sheets(), language).pdf
        files[f"loading-list.{language}.pdf"] = print_loading(loading_list(), language).pdf
        files[f"volunteer-lists.{language}.pdf"] = print_volunteers(volunteer_lists(), language).pdf
    return files
