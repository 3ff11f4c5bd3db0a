"""Sites, papers and rules for the tests of the oversight; the rules are those of the five plans' drafts."""

from datetime import date, timedelta

from orders.oversight.life_cycle import Document, SiteEvent
from orders.oversight.site_rules import SiteRules, site_rules

DAY = date(2026, 11, 2)
TOWN = {
    "area": {
        "siting": [
            {"kind": "urban", "max_radius_m": 1000, "min_elderly": 2000},
            {"kind": "rural_village", "households_gte": 500, "min_sites": 1},
        ],
        "distribution_centre": {"per": "town_or_street", "min": 1},
    },
    "site": {
        "min_area_per_seat_m2": 1.5,
        "min_seats": 20,
        "accessible": {"floor": 1, "else": ["lift", "ramp"]},
        "licence": {"on_site_cooking": "食品经营许可证", "supplied": "备餐、就餐规定"},
        "equipment": ["card_pos"],
        "notices": ["食品经营许可证", "从业人员健康证"],
        "change_notice_days": 15,
        "filing": ["备案表"],
        "cite": "第五条",
    },
}
CIRCLES = {
    "area": {"min_sites": {"per": "street_or_town", "count": 1}},
    "circle": [
        {"zone": "centre", "minutes": {"target": 10, "limit": 15}, "mode": "walk"},
        {"zone": "outer", "minutes": {"target": 20, "limit": 25}, "mode": "walk"},
    ],
}
QUOTA = {"area": {"site_quota": {"450202": 1}}, "supply": {"modes": ["own_kitchen", "central_kitchen"]}}
CAPACITY = {
    "site": {
        "min_meals_per_service": 100,
        "min_seats": 30,
        "max_floor": 2,
        "accessible": {"floor": 1, "else": ["lift", "ramp"]},
    }
}


def rules() -> SiteRules:
    """The rules of the town that wants 15 days' notice."""
    return site_rules(TOWN)


def paper(kind: str, dated_on: date = DAY) -> Document:
    """A paper with a number."""
    return Document(kind, "No. 7", dated_on)


def done(act: str, day: int = 0, effect: int | None = None, **facts) -> SiteEvent:
    """An act so many days after the first, of effect on that day or another."""
    happened_on = DAY + timedelta(days=day)
    effect_on = happened_on if effect is None else DAY + timedelta(days=effect)
    return SiteEvent(act, "韦主任", happened_on, effect_on, **facts)


def change(act: str, day: int, effect: int, **facts) -> SiteEvent:
    """A planned change, posted on the day it is told."""
    posted_on = DAY + timedelta(days=day)
    documents = (paper("public_notice", posted_on), paper("written_statement", posted_on))
    given = {"reason": "装修", "contact": "覃师傅 0772-1", "documents": documents} | facts
    return done(act, day, effect, **given)


def opened() -> list[SiteEvent]:
    """What leads to an open site, on day 5."""
    return [
        done("apply", 0),
        done("assess", 1, passed=True),
        done("select", 2),
        done("agree", 3, documents=(paper("agreement"), paper("备案表"))),
        done("open", 5),
    ]
