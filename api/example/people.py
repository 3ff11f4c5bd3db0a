"""Invented diners: names, ages, places and needs drawn from a seed."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from api.example.city import City, ExampleSite
from orders.diners import Texture

SURNAMES = "韦覃黄李陈梁莫罗蒙廖陆周吴刘张王何卢谢蓝潘石龙邓曾黎苏林杨唐蒋冯宋欧谭农岑班闭甘施赖熊秦侯贺姚汤"
RARE_SURNAMES = ("欧阳", "上官", "禤", "昝", "亓", "逄", "妟")
FEMALE = "兰英珍莲芳芬凤娟秀玉桂梅琴香菊翠云霞娥华素惠丽美月金连"
MALE = "国强明贵德生福荣光志建文武林山海军平忠庆春发才祥礼义清"
RARE_GIVEN = ("堃", "喆", "䶮", "甡", "𬭎", "犇")
ALLERGENS = ("crustacean", "egg", "peanut", "fish", "milk", "soy", "gluten", "tree_nut", "mollusc", "sesame")
ALLERGEN_WEIGHTS = (18, 14, 14, 12, 10, 10, 8, 6, 4, 4)
OTHER_CITY = "450100"
OTHER_COUNTY = "450222"
M_PER_DEGREE = 111_320
DIRECT_AT_MOST = 40


@dataclass(frozen=True, slots=True)
class Person:
    """
    An invented diner, as a row of the clerk's sheet.

    Parameters
    ----------
    code, name, sex
        Clerk's number, name, ``"f"`` or ``"m"``.
    born_on
        Date of birth.
    id_last_four
        Invented; no whole number is ever made.
    hukou, residence
        Six-digit codes.
    site
        Canteen.
    address, lat, lon
        Home; the point only where a meal is brought.
    delivery
        As `orders.diners.Diner`.
    diets, allergens, texture
        Needs, as codes.
    portion_size
        How much of each dish.
    in_institution
        Lives in a care institution.
    """

    code: str
    name: str
    sex: Literal["f", "m"]
    born_on: date
    id_last_four: str
    hukou: str
    residence: str
    site: ExampleSite
    address: str
    delivery: Literal["dine_in", "volunteer", "direct"] = "dine_in"
    lat: float | None = None
    lon: float | None = None
    diets: tuple[str, ...] = ()
    allergens: tuple[str, ...] = ()
    texture: Texture = "regular"
    portion_size: str = "regular"
    in_institution: bool = False

    @property
    def at_home(self) -> bool:
        """Whether the meal is brought to the door."""
        return self.delivery != "dine_in"


def invent_people(city: City, count: int, seed: int, on: date) -> list[Person]:
    """
    Invents a city's diners; the same arguments give the same people.

    Parameters
    ----------
    city
        Where they live.
    count
        How many, at least 1.
    seed
        Any whole number.
    on
        Date on which ages are meant: 60 to 98, about 45 % of 80 and over. One person turns 80 on this very
        day and one the day after.
    """
    if count < 1:
        raise ValueError(f"count must be >= 1, got {count}.")
    rng = random.Random(f"example people {city.name} {count} {seed} {on}")
    sites = _spread(city.sites, count)
    people = [_person(rng, index + 1, site, city, on) for index, site in enumerate(sites)]
    people = _with_edges(people, on)
    people = _with_rare_names(rng, people)
    people = _with_allergens(rng, _with_homes(rng, people))
    return _with_sizes(random.Random(f"example sizes {city.name} {count} {seed} {on}"), people)


def _spread(sites: Sequence[ExampleSite], count: int) -> list[ExampleSite]:
    """Sites in proportion to their seats, in an order that mixes them."""
    seats = sum(site.capacity for site in sites)
    served = [0] * len(sites)
    chosen = []
    for number in range(1, count + 1):
        due = [site.capacity * number - seats * served[i] for i, site in enumerate(sites)]
        index = due.index(max(due))
        served[index] += 1
        chosen.append(sites[index])
    return chosen


def _person(rng: random.Random, number: int, site: ExampleSite, city: City, on: date) -> Person:
    sex: Literal["f", "m"] = "f" if rng.random() < 0.58 else "m"
    old = rng.random() < 0.45
    age = rng.triangular(80, 98, 81) if old else rng.uniform(60, 80)
    born_on = on - timedelta(days=int(age * 365.2425) + 1)
    hukou = site.district_code if rng.random() < 0.3 else city.region
    return Person(
        code=f"LZ{number:05d}",
        name=_name(rng, sex),
        sex=sex,
        born_on=born_on,
        id_last_four=f"{rng.randrange(1000):03d}{rng.choice('0123456789X')}",
        hukou=OTHER_CITY if rng.random() < 0.02 else hukou,
        residence=OTHER_COUNTY if rng.random() < 0.01 else site.district_code,
        site=site,
        address=_address(rng, site),
        diets=_diets(rng),
        texture="soft" if rng.random() < (0.18 if old else 0.04) else "regular",
        in_institution=rng.random() < 0.01,
    )


def _address(rng: random.Random, site: ExampleSite) -> str:
    road, house, floor, flat = (
        rng.randrange(1, 99),
        rng.randrange(1, 12),
        rng.randrange(1, 8),
        rng.randrange(1, 5),
    )
    return f"{site.district}示例路{road}号{house}栋{floor}0{flat}室"


def _name(rng: random.Random, sex: str) -> str:
    given = FEMALE if sex == "f" else MALE
    length = 1 if rng.random() < 0.15 else 2
    return rng.choice(SURNAMES) + "".join(rng.choice(given) for _ in range(length))


def _diets(rng: random.Random) -> tuple[str, ...]:
    draw = rng.random()
    limits = (("vegetarian", 0.010), ("halal", 0.018), ("no_pork", 0.030), ("low_purine", 0.070))
    belief = next((diet for diet, limit in limits if draw < limit), None)
    health = [diet for diet, part in (("low_salt", 0.12), ("diabetic", 0.14)) if rng.random() < part]
    return tuple([belief, *health] if belief else health)


def _with_edges(people: list[Person], on: date) -> list[Person]:
    """The first two turn 80 today and tomorrow, so that the class's first day shows in every example."""
    eighty_on = on.replace(year=on.year - 80)
    edges = (eighty_on, eighty_on + timedelta(days=1))
    exact = [
        replace(p, born_on=born_on, residence=p.site.district_code, in_institution=False)
        for p, born_on in zip(people, edges, strict=False)
    ]
    return exact + people[len(exact) :]


def _with_rare_names(rng: random.Random, people: list[Person]) -> list[Person]:
    """About one in a hundred has a surname or a character that fonts and forms stumble over."""
    people = list(people)
    for turn, index in enumerate(rng.sample(range(len(people)), len(people) // 90)):
        person = people[index]
        name = (
            rng.choice(RARE_SURNAMES) + person.name[1:]
            if turn % 2
            else person.name[:-1] + RARE_GIVEN[turn // 2 % len(RARE_GIVEN)]
        )
        people[index] = replace(person, name=name)
    return people


def _with_homes(rng: random.Random, people: list[Person]) -> list[Person]:
    """Two in fifteen eat at home; a tenth of those are the van's own stops."""
    people = list(people)
    at_home = rng.sample(range(len(people)), round(len(people) * 2 / 15))
    direct = min(DIRECT_AT_MOST, round(len(at_home) / 10))
    for turn, index in enumerate(at_home):
        person = people[index]
        far = turn < direct
        lat, lon = _near(rng, person.site, (900, 2200) if far else (150, 900))
        people[index] = replace(person, delivery="direct" if far else "volunteer", lat=lat, lon=lon)
    return people


def _near(rng: random.Random, site: ExampleSite, ring_m: tuple[int, int]) -> tuple[float, float]:
    distance_m, bearing = rng.uniform(*ring_m), rng.uniform(0, 2 * math.pi)
    lat = site.lat + distance_m * math.cos(bearing) / M_PER_DEGREE
    lon = site.lon + distance_m * math.sin(bearing) / (M_PER_DEGREE * math.cos(math.radians(site.lat)))
    return round(lat, 5), round(lon, 5)


def _with_allergens(rng: random.Random, people: list[Person]) -> list[Person]:
    """About 8 % are allergic, a fifth of those twice."""
    people = list(people)
    for index in rng.sample(range(len(people)), round(len(people) * 0.08)):
        wanted = 2 if rng.random() < 0.2 else 1
        drawn = rng.choices(ALLERGENS, ALLERGEN_WEIGHTS, k=wanted)
        people[index] = replace(people[index], allergens=tuple(sorted(set(drawn))))
    return people


def _with_sizes(rng: random.Random, people: list[Person]) -> list[Person]:
    """About one in twenty takes a small portion, one in twenty-five a large one."""
    draws = (rng.random() for _ in people)
    sizes = ("small" if draw < 0.05 else "large" if draw < 0.09 else "regular" for draw in draws)
    return [replace(person, portion_size=size) for person, size in zip(people, sizes, strict=True)]
