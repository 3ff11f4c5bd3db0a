"""The desk at the store room: whose stock it is, who acts, and by which rules."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session

from api.db import hold
from api.packaged import read_toml
from api.paths import config_dir
from api.permissions import Actor, ensure
from api.store.config import load_config
from kitchen.lots import Lot
from kitchen.receiving import ReceivingRules, rules_from_table
from kitchen.store.lots import find_lot
from orders.errors import BadInput, NotFound
from orders.ids import IdSource
from orders.service import Service
from orders.sites import Kitchen
from orders.store.sites import load_kitchen, load_kitchen_settings
from orders.typed import typed_number

MG_PER_KG = 1_000_000
MOST_KG = 20_000
KIND = "receiving"
USUAL_RULES = "gb"


@dataclass(frozen=True, slots=True)
class StockDesk:
    """
    What every act on stock needs beside its own facts.

    Parameters
    ----------
    kitchen
        Whose stock.
    actor, now_at, ids
        Who, when, with which row ids.
    data
        The data folder, where photos are kept; None where none is taken.
    """

    kitchen: Kitchen
    actor: Actor
    now_at: datetime
    ids: IdSource
    data: Path | None = None

    @property
    def today_on(self) -> date:
        """The date at the kitchen."""
        return self.date_of(self.now_at)

    def date_of(self, at: datetime) -> date:
        """The date at the kitchen of an instant."""
        return Service(self.kitchen.kitchen_id, date.min, "lunch", self.kitchen.zone).local(at).date()


def open_desk(session: Session, desk: StockDesk, act: str) -> None:
    """Lets one act at a time on a kitchen's stock, by somebody who may; `Forbidden` for anybody else."""
    ensure(desk.actor, act, kitchen_id=desk.kitchen.kitchen_id)
    hold(session, f"stock/{desk.kitchen.kitchen_id}")


def receiving_rules(session: Session, kitchen_id: str) -> ReceivingRules:
    """The kitchen's rules of receiving: the operator's revision, else the packaged ones."""
    _, settings = load_kitchen_settings(session, kitchen_id)
    name = str(settings.get("safety_profile", USUAL_RULES))
    packaged = read_toml(config_dir() / "receiving.toml")["rules"]
    kept = load_config(session, KIND, name)
    if kept is not None:
        return rules_from_table({**kept[1], "revision": kept[0]})
    return rules_from_table(packaged.get(name, packaged[USUAL_RULES]))


def need_lot(session: Session, desk: StockDesk, code: str) -> Lot:
    """
    The lot with this code.

    Raises
    ------
    NotFound
        When the kitchen has none.
    """
    lot = find_lot(session, desk.kitchen.kitchen_id, code.strip())
    if lot is None:
        raise NotFound("lot", code)
    return lot


def milligrams(kg: str) -> int:
    """
    Kilograms as typed, in milligrams, rounded to the nearest.

    Raises
    ------
    BadInput
        When it is no weight above 0.
    """
    mg = counted_mg(kg)
    if mg < 1:
        raise BadInput("stock_amount", most_kg=MOST_KG)
    return mg


def counted_mg(kg: str) -> int:
    """
    Kilograms as counted, 0 among them, in milligrams.

    Raises
    ------
    BadInput
        When it is no weight, or ``number_comma`` when its comma may part thousands or decimals.
    """
    amount = typed_number(kg)
    if amount is None or not 0 <= amount <= MOST_KG:
        raise BadInput("stock_amount", most_kg=MOST_KG)
    return round(amount * MG_PER_KG)


def need_kitchen(session: Session, kitchen_id: str) -> Kitchen:
    """The kitchen of this code; `NotFound` when there is none."""
    kitchen = load_kitchen(session, kitchen_id)
    if kitchen is None:
        raise NotFound("kitchen", kitchen_id)
    return kitchen


def need_text(text: str, code: str) -> str:
    """The text without blanks around it; refused by this code when nothing is left."""
    if not text.strip():
        raise BadInput(code)
    return text.strip()
