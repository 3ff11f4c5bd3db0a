"""What oversight goes by where no plan says it: the packaged file, or what the operator made of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from api.audit import record
from api.packaged import read_toml
from api.paths import config_dir
from api.permissions import Actor, ensure
from api.reports.facts import Named
from api.store.config import load_config, save_config
from api.words import ZONE
from orders.errors import BadInput
from orders.oversight.flags import FLAG_KINDS, FlagParams
from orders.oversight.surveys import Questionnaire
from orders.store.sites import load_kitchens
from orders.store.surveys import questionnaire_from_document

KIND, NAME = "oversight", "rules"
MOST_DAYS, MOST_FIGURE = 3650, 1_000_000


@dataclass(frozen=True, slots=True)
class ComplaintKind:
    """
    One kind of complaint.

    Parameters
    ----------
    kind
        Its code.
    name
        As people call it.
    days
        Calendar days until it is to be solved.
    verify
        Whether it is looked into before it is assigned.
    freezes_samples
        Whether it freezes the samples of the meal it is about.
    """

    kind: str
    name: Named
    days: int
    verify: bool
    freezes_samples: bool = False


@dataclass(frozen=True, slots=True)
class OversightRules:
    """
    The rules in force.

    Parameters
    ----------
    revision
        Of the operator's changes; 0 is the packaged file.
    params
        Thresholds of the flags.
    default_kinds, default_consequences
        For a programme that says nothing of fraud.
    always
        Kinds that are looked for whatever a programme says.
    also
        Other words of plans to the kind they mean.
    urgency
        Kinds, the most urgent first.
    complaints
        Kinds of complaints by code.
    channels
        How complaints come.
    questionnaire
        The packaged questions, without targets.
    """

    revision: int
    params: FlagParams
    default_kinds: frozenset[str]
    default_consequences: tuple[str, ...]
    always: frozenset[str]
    also: Mapping[str, str]
    urgency: tuple[str, ...]
    complaints: Mapping[str, ComplaintKind]
    channels: tuple[str, ...]
    questionnaire: Questionnaire


def oversight_rules(session: Session) -> OversightRules:
    """The rules in force."""
    revision, body = _body(session)
    kinds = {
        one["kind"]: ComplaintKind(
            one["kind"],
            Named(one["name"]["zh"], one["name"]["en"]),
            one["days"],
            one["verify"],
            bool(one.get("freezes_samples", False)),
        )
        for one in body["complaint"]
    }
    return OversightRules(
        revision=revision,
        params=FlagParams(**body["flags"]),
        default_kinds=frozenset(body["defaults"]["kinds"]),
        default_consequences=tuple(body["defaults"]["consequences"]),
        always=frozenset(body["defaults"].get("always", ())),
        also=body["also"],
        urgency=tuple(body["urgency"]["order"]),
        complaints=kinds,
        channels=tuple(body["complaint_channels"]["names"]),
        questionnaire=questionnaire_from_document(body["questionnaire"]),
    )


def change_rules(
    session: Session,
    *,
    flags: Mapping[str, int] | None = None,
    days: Mapping[str, int] | None = None,
    actor: Actor,
    now_at: datetime,
) -> OversightRules:
    """
    Changes thresholds of flags and days of complaints; what is not named stays.

    Parameters
    ----------
    session
        Open transaction.
    flags
        Name of a threshold to its new figure.
    days
        Kind of complaint to the days until it is to be solved.
    actor, now_at
        Who, when.

    Raises
    ------
    BadInput
        When a name is unknown or a figure makes no sense.
    """
    ensure(actor, "config.edit")
    _, body = _body(session)
    unknown = set(flags or {}) - set(body["flags"]) | set(days or {}) - {
        one["kind"] for one in body["complaint"]
    }
    if unknown:
        raise BadInput("oversight_rule_unknown", name=sorted(unknown)[0])
    thresholds = body["flags"] | dict(flags or {})
    complaints = [one | {"days": (days or {}).get(one["kind"], one["days"])} for one in body["complaint"]]
    try:
        FlagParams(**thresholds)
    except ValueError as error:
        raise BadInput("oversight_rule_wrong", why=str(error)) from error
    if not all(0 <= one["days"] <= MOST_DAYS for one in complaints):
        raise BadInput("oversight_rule_wrong", why=f"0 <= days <= {MOST_DAYS}")
    if max(thresholds.values()) > MOST_FIGURE:
        raise BadInput("oversight_rule_wrong", why=f"<= {MOST_FIGURE}")
    changed = body | {"flags": thresholds, "complaint": complaints}
    save_config(session, KIND, NAME, changed, author=actor.user_id, made_at=now_at)
    record(session, actor, "config.edit/oversight", NAME, now_at, {"flags": thresholds})
    return oversight_rules(session)


def thresholds(rules: OversightRules) -> dict[str, int]:
    """The flags' figures by name."""
    return asdict(rules.params)


def kinds_named(fraud: Mapping[str, Any], rules: OversightRules) -> frozenset[str]:
    """Kinds that a programme's ``fraud`` section looks for, or the defaults, and those always looked for."""
    named = [rules.also.get(name, name) for name in fraud.get("flags", ())]
    wanted = frozenset(named) & frozenset(FLAG_KINDS) if named else rules.default_kinds
    return wanted | rules.always


def zone_of(session: Session) -> str:
    """The house's wall clock: the first kitchen's."""
    return next((kitchen.zone for kitchen in load_kitchens(session)), ZONE)


def local_day(session: Session, now_at: datetime) -> date:
    """The local date of an instant."""
    return now_at.astimezone(ZoneInfo(zone_of(session))).date()


def _body(session: Session) -> tuple[int, dict[str, Any]]:
    kept = load_config(session, KIND, NAME)
    packaged = read_toml(config_dir() / "oversight.toml")
    return (0, packaged) if kept is None else (kept[0], packaged | kept[1])
