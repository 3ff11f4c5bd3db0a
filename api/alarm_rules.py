"""The alarm rules in force: the operator's revision, else the packaged one."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.packaged import read_toml
from api.paths import config_dir
from api.permissions import Actor, ensure
from api.store.config import load_config, save_config
from orders.errors import BadInput
from telemetry.alarm_rules import AlarmRules, rules_from_table

KIND, NAME = "alarms", "house"


def alarm_rules(session: Session) -> AlarmRules:
    """When an alarm rings and whom it calls, by the newest revision."""
    kept = load_config(session, KIND, NAME)
    return _packaged() if kept is None else rules_from_table({**kept[1], "revision": kept[0]})


def change_alarm_rules(session: Session, told: Mapping[str, Any], *, actor: Actor, now_at: datetime) -> int:
    """
    Keeps a revision of the rules; those of the package stand where it says nothing.

    Raises
    ------
    BadInput
        When they cannot be used.
    """
    ensure(actor, "config.edit")
    kept = load_config(session, KIND, NAME)
    body = {**(kept[1] if kept else read_toml(config_dir() / "alarms.toml")), **told}
    try:
        rules_from_table(body)
    except ValueError as error:
        raise BadInput("alarm_rules_unusable", what=str(error)) from error
    revision = save_config(session, KIND, NAME, body, author=actor.user_id, made_at=now_at)
    record(session, actor, "config.edit", f"{KIND}/{NAME}", now_at, {"revision": revision})
    return revision


@cache
def _packaged() -> AlarmRules:
    return rules_from_table(read_toml(config_dir() / "alarms.toml"))
