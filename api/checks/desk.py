"""The desk on the floor: whose checks, who writes them, and by which rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from api.checks.asset_list import assets_of
from api.db import hold
from api.packaged import read_toml
from api.paths import config_dir
from api.permissions import Actor, ensure
from api.store.config import load_config
from kitchen.haccp import FloorRules, Fridge, Probe, floor_rules
from kitchen.registers import Register, Registers, registers_from_table
from kitchen.samples import SampleRules, sample_rules
from kitchen.staff import Worker, fit_on
from kitchen.store.checks import morning_checks
from kitchen.store.staff import load_workers
from kitchen.store.watched import load_fridges, load_probes
from orders.codes import Coded
from orders.errors import BadInput, NotFound
from orders.ids import IdSource
from orders.service import Service
from orders.sites import Kitchen
from orders.store.sites import load_kitchen_settings
from telemetry.assets import Asset

USUAL_RULES = "gb"


@dataclass(frozen=True, slots=True)
class CheckDesk:
    """
    What every act on the floor needs beside its own facts.

    Parameters
    ----------
    kitchen
        Whose checks.
    actor, now_at, ids
        Who, when, with which row ids.
    """

    kitchen: Kitchen
    actor: Actor
    now_at: datetime
    ids: IdSource

    @property
    def today_on(self) -> date:
        """The date at the kitchen."""
        return self.date_of(self.now_at)

    def date_of(self, at: datetime) -> date:
        """The date at the kitchen of an instant."""
        return Service(self.kitchen.kitchen_id, date.min, "lunch", self.kitchen.zone).local(at).date()


@dataclass(frozen=True, slots=True)
class Watch:
    """
    What a house lists, and so watches.

    Parameters
    ----------
    probes, fridges, workers
        By code, by code, by id; what is empty is not watched.
    assets
        Fixed assets by code.
    """

    probes: Mapping[str, Probe]
    fridges: Mapping[str, Fridge]
    workers: Mapping[str, Worker]
    assets: Mapping[str, Asset] = field(default_factory=dict)

    def findings(self) -> tuple[Coded, ...]:
        """What is not watched, and what follows from that."""
        listed = (("watch_no_probes", self.probes), ("watch_no_fridges", self.fridges))
        return tuple(Coded(code) for code, has in (*listed, ("watch_no_staff", self.workers)) if not has)


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What the floor is judged by.

    Parameters
    ----------
    floor, samples
        Control points; what is kept of each dish.
    revision
        Of the safety profile.
    """

    floor: FloorRules
    samples: SampleRules
    revision: int


def open_checks(session: Session, desk: CheckDesk, act: str) -> None:
    """Lets one act at a time on a kitchen's checks, by somebody who may; `Forbidden` for anybody else."""
    ensure(desk.actor, act, kitchen_id=desk.kitchen.kitchen_id)
    hold(session, f"checks/{desk.kitchen.kitchen_id}")


def registers_of(session: Session) -> Registers:
    """The registers of this house: the operator's revision, else the packaged ones."""
    kept = load_config(session, "registers", "house")
    if kept is not None:
        return registers_from_table({**kept[1], "revision": kept[0]})
    return registers_from_table(read_toml(config_dir() / "registers.toml"))


def limits_of(session: Session, kitchen_id: str) -> Limits:
    """Control points and samples by the safety profile that a kitchen goes by."""
    _, settings = load_kitchen_settings(session, kitchen_id)
    name = str(settings.get("safety_profile", USUAL_RULES))
    packaged = read_toml(config_dir() / "haccp.toml")["rules"]
    points = load_config(session, "haccp", name)
    table = (
        packaged.get(name, packaged[USUAL_RULES]) if points is None else {**points[1], "revision": points[0]}
    )
    profile = load_config(session, "safety_profile", name)
    if profile is None:
        body = read_toml(config_dir() / "safety-profiles.toml")["profile"][USUAL_RULES]
        profile = (int(body["revision"]), body)
    return Limits(floor_rules(table, profile[1]), sample_rules(profile[1]), profile[0])


def watch_of(session: Session, kitchen_id: str, on: date) -> Watch:
    """What a kitchen lists on a date."""
    return Watch(
        load_probes(session, kitchen_id),
        load_fridges(session, kitchen_id),
        load_workers(session, kitchen_id, on),
        assets_of(session, kitchen_id),
    )


def register_for(watch: Watch, register: Register, subject: str) -> Register:
    """A register with the limits of what an entry is about."""
    asset = watch.assets.get(subject) if register.about == "asset" else None
    return register.between(asset.rules.low_c, asset.rules.high_c) if asset else register


def person_named(session: Session, desk: CheckDesk, watch: Watch, told: str) -> str:
    """
    The name of who did it: one of the staff where they are listed, else the name as told.

    Raises
    ------
    BadInput
        When nobody is named, nobody of the staff is called so, or the person is off duty today.
    """
    wanted = told.strip()
    if not watch.workers:
        return wanted or desk.actor.name
    if not wanted:
        raise BadInput("check_person_missing")
    found = next(
        (one for one in watch.workers.values() if wanted in (one.code, one.name, one.worker_id)), None
    )
    if found is None:
        raise BadInput("check_person_unknown", person=wanted)
    today_on = desk.today_on
    barred = fit_on(found, morning_checks(session, desk.kitchen.kitchen_id, today_on), today_on)
    if off := next((one for one in barred if one.code == "worker_off_duty"), None):
        refusal = BadInput("check_person_off_duty", person=found.name)
        refusal.reasons = (off,)
        raise refusal
    return found.name


def need_subject(watch: Watch, about: str, told: str) -> str:
    """
    Whom or what an entry is about: the id of a person, the code of a probe, a fridge or an asset.

    Raises
    ------
    NotFound
        When the kitchen lists none of that name.
    """
    wanted = told.strip()
    if not about:
        return ""
    if about == "worker":
        for one in watch.workers.values():
            if wanted in (one.worker_id, one.code, one.name):
                return one.worker_id
    elif wanted in _listed(watch, about):
        return wanted
    raise NotFound(about, wanted or "-")


def subject_name(watch: Watch, about: str, subject: str, gone: Mapping[str, str]) -> str:
    """What people call the one that an entry is about; who has left keeps the name."""
    if about == "worker":
        worker = watch.workers.get(subject)
        return worker.name if worker else gone.get(subject, subject)
    found = _listed(watch, about).get(subject)
    return f"{found.code} {found.name}".strip() if found else subject


def _listed(watch: Watch, about: str) -> Mapping[str, Probe | Fridge | Asset]:
    kinds: Mapping[str, Mapping[str, Probe | Fridge | Asset]]
    kinds = {"probe": watch.probes, "asset": watch.assets}
    return kinds.get(about, watch.fridges)
