"""A house with one programme in force and a site that can be led through its life."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from api.clock import RehearsalClock
from api.house import House, open_house
from api.oversight.sites import Asked, act_on_site, apply_site
from api.oversight.sites_keep import Told, keep, keep_inspection
from api.people import OPERATOR
from api.permissions import Actor
from api.settings import Settings
from orders.oversight.life_cycle import Document, SiteAct, Standing
from orders.oversight.site_file import SiteFile
from orders.oversight.siting import SiteMeasures
from orders.store.programmes import save_programme

NOW_AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
BUREAU = Actor("u-bureau", "韦科员", "bureau")
MONITOR = Actor("u-monitor", "第三方", "monitor")
BODY: dict[str, Any] = {
    "programme": {"name": {"zh": "示例区养老助餐服务", "en": "Example meal service"}},
    "area": {
        "include": ["450200"],
        "site_quota": {"450202": 1},
        "siting": [{"kind": "urban", "max_radius_m": 1000, "min_elderly": 2000}],
    },
    "site": {
        "min_seats": 20,
        "min_area_per_seat_m2": 1.5,
        "accessible": {"floor": 1, "else": ["lift", "ramp"]},
        "licence": {"on_site_cooking": "食品经营许可证", "supplied": "集体用餐配送单位资质"},
        "equipment": ["card_pos"],
        "notices": [
            "食品经营许可证", "从业人员健康证", "收费标准", "老年人优惠收费标准", "食品安全管理制度",
            "食品安全承诺书", "举报投诉电话", "助餐订餐流程",
        ],
        "change_notice_days": 15,
        "filing": ["备案表"],
        "cite": "第五条",
    },
    "survey": {"complaints": {"hotline": "12345"}},
}  # fmt: skip
MEASURES = SiteMeasures("urban", None, 900, 2100, None, 40, 72.0, 1)
ITEMS = ("areas", "step_free_fittings", "location", "hygiene", "equipment:card_pos")
ANSWERS = dict.fromkeys(ITEMS, "yes")


def site(site_id: str = "C01", **facts: Any) -> SiteFile:
    """A site that applies."""
    known = {
        "programme_id": "p",
        "name": "文昌社区长者饭堂",
        "address": "文昌路 1 号",
        "district": "450202",
        "street": "文昌街道",
        "operator": "文昌社区居家养老服务中心",
        "contact": "韦主任",
        "phone": "0772-5550101",
        "measures": MEASURES,
    }
    return SiteFile(site_id=site_id, **(known | facts))


def open_register(folder: Path, template: Path) -> House:
    """A house whose clock stands still and whose programme is in force."""
    shutil.copy(template, folder / "holdchain.sqlite3")
    RehearsalClock.start(folder / "clock.json", NOW_AT, 0)
    house = open_house(Settings(data=folder), seed=1, upgrade=False)
    with house.database.begin() as session:
        keep_programme(session, "p", BODY)
    return house


def keep_programme(session: Session, programme_id: str, body: dict[str, Any]) -> None:
    """Keeps a programme that is in force for years."""
    valid = (date(2020, 1, 1), date(2030, 1, 1))
    save_programme(session, programme_id, body, valid=valid, author="test", made_at=NOW_AT)


def asked(day: int = 0, **facts: Any) -> Asked:
    """Somebody's word, so many days after the first."""
    return Asked("韦主任", DAY + timedelta(days=day), **facts)


def apply(house: House, file: SiteFile, actor: Actor = OPERATOR) -> Standing:
    """Files a site."""
    with house.database.begin() as session:
        return apply_site(session, file, asked(), actor=actor, now_at=NOW_AT, ids=house.ids)


def act(
    house: House, act_name: SiteAct, day: int, site_id: str = "C01", actor: Actor = OPERATOR, **facts: Any
) -> Standing:
    """Does the next thing on a site."""
    told, now_at = asked(day, **facts), NOW_AT + timedelta(days=day)
    with house.database.begin() as session:
        return act_on_site(session, site_id, act_name, told, actor=actor, now_at=now_at, ids=house.ids)


def tell(house: House, what: str, site_id: str = "C01", actor: Actor = OPERATOR, **fields: str) -> None:
    """Sends a form of the bureau, or of an inspector where the bureau has none of this name."""
    from api.oversight.sites_keep import EDITS

    with house.database.begin() as session:
        told = Told(session, site_id, fields, actor, NOW_AT, house.ids)
        (keep if what in EDITS else keep_inspection)(what, told)


def papers(*kinds: str, day: int = 0) -> tuple[Document, ...]:
    """Papers with a number."""
    return tuple(Document(kind, "No. 7", DAY + timedelta(days=day)) for kind in kinds)


def lead_to_agreement(house: House, site_id: str = "C01", **facts: Any) -> None:
    """Takes a site from its application to its filing."""
    apply(house, site(site_id, **facts))
    act(house, "assess", 0, site_id, answers=ANSWERS)
    act(house, "select", 0, site_id)
    act(house, "agree", 0, site_id, documents=papers("agreement", "备案表"))


def equip(house: House, site_id: str = "C01", cook: str = "覃师傅") -> str:
    """Gives a site its cook, its licences and its wall; gives the cook's row id."""
    from orders.store.licences import load_staff

    tell(house, "supply", site_id, meal="lunch", form="own_kitchen")
    own = {"kind": "food_operation", "number": "JY24502020001", "holder": "文昌社区居家养老服务中心"}
    tell(house, "licence", site_id, **own, from_on="2024-05-01", to_on="2029-04-30")
    tell(house, "person", site_id, name=cook, job="厨师", from_on="2026-01-01")
    with house.database.read() as session:
        staff_id = load_staff(session, site_id)[-1].staff_id
    health = {"kind": "health", "staff_id": staff_id, "number": "GX0772-118"}
    tell(house, "licence", site_id, **health, from_on="2026-01-05", to_on="2027-01-04")
    return staff_id


def open_site(house: House, site_id: str = "C01", **facts: Any) -> None:
    """Takes a site from its application to its opening."""
    lead_to_agreement(house, site_id, **facts)
    equip(house, site_id)
    act(house, "open", 0, site_id)


def decorate(house: House, site_id: str = "C01") -> None:
    """Fills the site's wall, but for one text."""
    tell(house, "prices", site_id, prices="午餐（两荤一素一汤）, 15, 10\n早餐, 6, 5\n加菜, 4")
    tell(house, "notice", site_id, title="食品安全管理制度", body=SYSTEM)
    tell(house, "notice", site_id, title="助餐订餐流程", body=STEPS)
    tell(house, "grade", site_id, grade="A", graded_on="2026-09-01", office="示例市场监督管理局")


SYSTEM = (
    "一、原料索证索票，进货查验，先进先出。\n二、生熟分开，烹调中心温度不低于 70 ℃。\n"
    "三、每餐留样 125 克以上，冷藏 48 小时。\n四、餐具每餐消毒，从业人员每日晨检。"
)
STEPS = (
    "一、凭身份证登记，领取就餐码。\n二、提前一天 16:00 前预约，选菜并付费。\n"
    "三、凭码取餐；行动不便者可申请送餐。"
)
