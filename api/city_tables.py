"""What the files of a city's folder may hold: strict tables, so that a slip of the pen is told."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator
from pydantic import Strict as Exact

from kitchen.boxes import CarrierKind
from orders.menus import Category
from orders.programmes.faults import fault
from orders.programmes.parts import Name, Strict, Texts
from orders.service import Meal
from orders.sites import LicenceKind


class _WithCode(Protocol):
    code: str


Entries = TypeVar("Entries", bound=Sequence[_WithCode])


def _above_zero(value: float) -> float:
    if not value > 0:
        raise fault("fault_above_zero", name=str(value))
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise fault("fault_timezone", name=value) from error
    return value


def _once(entries: Entries) -> Entries:
    codes = [entry.code for entry in entries]
    for code in codes:
        if codes.count(code) > 1:
            raise fault("fault_code_twice", name=code)
    return entries


def _part_counts(value: Any) -> Any:
    pair = value if isinstance(value, list) else [value, value]
    if len(pair) != 2 or not all(type(one) is int for one in pair) or not 0 <= pair[0] <= pair[1]:
        raise fault("fault_parts", name=str(value))
    return value


def _share(value: float) -> float:
    if not 0 < value <= 1:
        raise fault("fault_share", name=str(value))
    return value


Number = Annotated[float, Exact(), Field(allow_inf_nan=False)]
NotNegative = Annotated[Number, Field(ge=0)]
Positive = Annotated[Number, AfterValidator(_above_zero)]
Whole = Annotated[int, Exact(), Field(ge=0)]
AboveZero = Annotated[int, Exact(), AfterValidator(_above_zero)]
Truth = Annotated[bool, Exact()]
Hour = Annotated[str, Field(pattern=r"^(1?\d|2[0-3])$")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Code = Annotated[str, Field(min_length=1)]


class _File(Strict):
    schema_: Literal[1] = Field(default=1, alias="schema")
    invented: Truth = False
    evidence: str = ""


class _Licence(Strict):
    kind: LicenceKind
    kind_name: Name | None = None
    number: str
    scope: Texts = ()
    valid_from: date | None = None
    valid_to: date | None = None


class _Home(Strict):
    window_from: Clock
    window_to: Clock
    eating_minutes: Whole
    unload_s: Whole
    evidence: str = ""


class _Hours(Strict):
    name: Name | None = None
    day_from: Clock | None = None
    cook_from: Clock
    cook_to: Clock
    forecast_from: Clock | None = None
    forecast_to: Clock | None = None
    chill_from: Clock | None = None
    chill_to: Clock | None = None
    pack_minutes: Whole
    load_minutes: Whole
    serve_from: Clock | None = None
    serve_to: Clock
    home: _Home | None = None


class _Meals(Strict):
    breakfast: _Hours | None = None
    lunch: _Hours | None = None
    dinner: _Hours | None = None


class _Assumption(Strict):
    pack_core_c: Number
    ambient_c: Number
    walk_in_buffer_ratio: Annotated[Number, Field(ge=0)] = 0.0
    evidence: str = ""


class _Menu(Strict):
    target: str = ""
    price_fen: Whole | None = None
    parts: dict[Category, Annotated[Any, AfterValidator(_part_counts)]] | None = None
    evidence: str = ""


class _Past(Strict):
    quantile: Annotated[Number, AfterValidator(_share)] | None = None
    look_back_weeks: AboveZero | None = None
    least_services: AboveZero | None = None
    cold_start_ratio: NotNegative | None = None
    evidence: str = ""


class _Buffer(_Past):
    staff_meals: Whole | None = None


class _Paper(Strict):
    jin: Truth = False


class _Worker(Strict):
    code: Code
    name: str
    role: str = ""
    skills: Texts | str = ()
    works_from: Clock | None = None
    works_to: Clock | None = None
    certificate_to_on: date | None = None


class _Probe(Strict):
    code: Code
    name: str = ""
    calibrated_on: date | None = None
    calibration_due_on: date | None = None
    accuracy_c: Number | None = None


class _Fridge(Strict):
    code: Code
    name: str = ""


class _Kitchen(Strict):
    code: Code
    name: Name
    district_code: str = ""
    district: str = ""
    address: Name
    lat: Annotated[Number, Field(ge=-90, le=90)]
    lon: Annotated[Number, Field(ge=-180, le=180)]
    coordinates: str = ""
    coordinates_source: str = ""
    zone: Annotated[str, AfterValidator(_zone)]
    phone: str
    contact: str = ""
    docks: AboveZero = 1
    empties_back: bool = False
    safety_profile: str = "gb"
    programme: str = ""
    licence: _Licence
    meal: _Meals
    menu: _Menu | None = None
    assumption: _Assumption
    buffer: _Buffer | None = None
    forecast: _Past | None = None
    paper: _Paper | None = None
    staff: Annotated[tuple[_Worker, ...], AfterValidator(_once)] = ()
    hand_probe: Annotated[tuple[_Probe, ...], AfterValidator(_once)] = ()
    fridge: Annotated[tuple[_Fridge, ...], AfterValidator(_once)] = ()


class KitchenFile(_File):
    """``kitchen.toml``."""

    city: str = ""
    city_name: Name | None = None
    region: str = ""
    kitchen: Annotated[tuple[_Kitchen, ...], Field(min_length=1), AfterValidator(_once)]


class _SupplierLicence(Strict):
    kind: str
    number: str
    valid_to_on: date | None = None


class _Supplier(Strict):
    code: Code
    name: str = Field(min_length=1)
    contact: str = ""
    phone: str = ""
    groups: Texts = ()
    licence: _SupplierLicence | None = None
    papers: Texts = ()
    keeps_days: Whole | None = None


class SuppliersFile(_File):
    """``suppliers.toml``: who delivers what; papers and keeps_days are the rehearsal's alone."""

    supplier: Annotated[list[_Supplier], AfterValidator(_once)]


class _EquipmentKind(Strict):
    name: Name | None = None
    changeover_minutes: Whole = 0
    deep_clean_minutes: Whole = 0
    attended_minutes: Whole | None = None
    setup_minutes: Whole = 0
    empty_minutes: Whole = 0


class _Equipment(Strict):
    code: Code
    kind: str
    name: Name
    capacity_ratio: Positive = 1.0
    litres: Positive | None = None
    specials_only: Truth = False


class EquipmentFile(_File):
    """``equipment.toml``."""

    kitchen: str = ""
    kind: dict[str, _EquipmentKind]
    equipment: Annotated[tuple[_Equipment, ...], AfterValidator(_once)]


class _CarrierKind(Strict):
    name: Name | None = None
    form: str = ""
    units: AboveZero
    empty_g: Whole
    pans: Whole = 0
    meals: Whole = 0
    capacity_portions: AboveZero
    pan_litres: Number = 0.0
    litres: Number = 0.0
    max_food_g: AboveZero
    tau_s: AboveZero
    drop_ratio: Annotated[Number, Field(ge=0, lt=1)]
    bound_c: NotNegative
    air_tau_low_s: AboveZero | None = None
    air_tau_high_s: AboveZero | None = None
    tau_per_c_ratio: Number = 0.0
    store_c: Number | None = None
    gap_s: AboveZero | None = None
    gap_air_c: Number = 0.0
    open_tau_low_s: AboveZero | None = None
    open_gap_c: Number = 0.0
    evidence: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> "_CarrierKind":
        if (self.pans < 1) == (self.meals < 1):
            raise fault("fault_pans_or_meals")
        named = ("open_tau_low_s", "air_tau_low_s", "air_tau_high_s")
        stated = [(name, value) for name in named if (value := getattr(self, name)) is not None]
        for (name, value), (above, most) in pairwise(stated):
            if value > most:
                raise fault("fault_not_above", key=name, name=value, above=above, most=most)
        return self


class _Carrier(Strict):
    code: Code
    kind: str
    sensor: str = ""
    senses: Literal["", "air", "core"] = ""

    @model_validator(mode="after")
    def _consistent(self) -> "_Carrier":
        if bool(self.sensor) != bool(self.senses):
            raise fault("fault_sensor_senses")
        return self


class CarriersFile(_File):
    """``carriers.toml``."""

    kitchen: str = ""
    kind: dict[CarrierKind, _CarrierKind]
    carrier: Annotated[tuple[_Carrier, ...], AfterValidator(_once)]


class _Roads(Strict):
    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")]
    profile: Literal["van", "truck", "bicycle", "walk"] = "van"
    snap_m: AboveZero = 500


class _Travel(Strict):
    speed_kmh: Positive
    kmh_by_hour: dict[Hour, Positive] = Field(default_factory=dict)
    detour_ratio: Annotated[Number, Field(ge=1)]
    park_s: Whole = 0
    roads: _Roads | None = None
    evidence: str = ""


class _Rest(Strict):
    starts: Annotated[Clock, Field(alias="from")]
    ends: Annotated[Clock, Field(alias="to")]
    minutes: AboveZero


class _Van(Strict):
    code: Code
    plate: str = ""
    name: Name
    capacity_units: AboveZero
    hot_units: Whole | None = None
    cold_units: Whole | None = None
    payload_g: AboveZero
    skills: Texts = ()
    pace_pct: AboveZero = 100
    rests: tuple[_Rest, ...] = ()
    most_out_hours: Positive | None = None
    shift_from: Clock
    shift_to: Clock
    driver: str = ""
    phone: str = ""
    reload_minutes: Whole = 0
    most_trips: AboveZero = 1
    fixed_cost_fen: Whole = 0
    cost_per_trip_fen: Whole = 0
    cost_per_km_fen: Whole = 0
    cost_per_hour_fen: Whole = 0


class _Volunteers(Strict):
    walk_speed_kmh: Positive
    handover_s: Whole = 0
    bags_each: AboveZero = 1
    meals_per_bag: AboveZero = 1
    shift_from: Clock | None = None
    shift_to: Clock | None = None
    count: dict[str, Whole] = Field(default_factory=dict)
    evidence: str = ""


class FleetFile(_File):
    """``fleet.toml``."""

    kitchen: str = ""
    travel: _Travel
    van: Annotated[tuple[_Van, ...], AfterValidator(_once)]
    volunteer: _Volunteers | None = None


class _Set(Strict):
    code: Code
    name: Name
    price_fen: Whole
    parts: dict[str, Whole]


class _Day(Strict):
    weekday: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    items: Texts


class MenuFile(_File):
    """``menu.toml``."""

    kitchen: str = ""
    meal: Meal
    valid_from: date | None = None
    valid_to: date | None = None
    set: Annotated[tuple[_Set, ...], Field(min_length=1), AfterValidator(_once)]
    day: tuple[_Day, ...]
