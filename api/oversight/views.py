"""What the pages of oversight show: flags with names, complaints with their standing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from api.oversight.flags import by_urgency, find_flag, proposed_consequences
from api.oversight.rules import OversightRules, oversight_rules, zone_of
from api.permissions import Actor
from api.reports.facts import Named
from api.store.users import load_users
from orders.oversight.complaints import STEP_KINDS, Progress, StepKind, allowed_steps, is_late
from orders.store.complaints import KeptComplaint
from orders.store.decisions import Decision, Done, load_decisions
from orders.store.diners import load_diners
from orders.store.flags import KeptFlag, load_flags
from orders.store.programmes import load_programme
from orders.store.sites import SiteRow

MOST_NAMED = 3
SEES_NAMES = frozenset({"bureau", "admin"})


@dataclass(frozen=True, slots=True)
class FlagView:
    """
    One flag of the list.

    Parameters
    ----------
    flag
        As it is kept.
    people
        Some of those whom it concerns; by name only for those who decide.
    others
        How many more it concerns.
    """

    flag: KeptFlag
    people: tuple[str, ...]
    others: int = 0

    @property
    def to_do(self) -> tuple[str, ...]:
        """What its decision leads to and nobody has carried out yet: no consequence follows by itself."""
        done = {one.consequence for one in self.flag.done}
        chosen = self.flag.decision.consequences if self.flag.decision else ()
        return tuple(one for one in chosen if one not in done)


@dataclass(frozen=True, slots=True)
class FlagPage:
    """
    One flag with everything that a decision rests on.

    Parameters
    ----------
    flag
        As it is kept.
    who
        Diner's id to how the person is called.
    proposed
        Consequences that the programme names.
    by_default
        Whether they are the system's, since the programme names none.
    done
        Consequence to how it was carried out.
    earlier
        Decisions that were replaced.
    decided_on
        Local day of the decision that stands, None without one.
    recorders
        Names of those who recorded the servings.
    """

    flag: KeptFlag
    who: Mapping[str, str]
    proposed: tuple[str, ...]
    by_default: bool
    done: Mapping[str, Done]
    earlier: tuple[Decision, ...]
    decided_on: date | None
    recorders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComplaintView:
    """
    One complaint.

    Parameters
    ----------
    kept
        As it is kept.
    kind, site
        Its kind and site as people call them.
    now
        How it stands.
    late
        Whether it was not solved in time.
    freezes
        Whether its kind freezes samples.
    """

    kept: KeptComplaint
    kind: str
    site: str
    now: Progress
    late: bool
    freezes: bool

    @property
    def pending(self) -> bool:
        """Whether it still waits for a solution."""
        return self.now.state in ("open", "assigned")

    @property
    def next_steps(self) -> tuple[StepKind, ...]:
        """What may be noted next."""
        return tuple(kind for kind in STEP_KINDS if kind in allowed_steps(self.now))


def flag_views(session: Session, since_on: date, *, actor: Actor) -> list[FlagView]:
    """Flags of any day that are open or lead to what is still to do, decided ones since a day, by urgency."""
    every = [FlagView(flag, ()) for flag in by_urgency(load_flags(session), oversight_rules(session))]
    shown = [one for one in every if one.flag.state == "open" or one.to_do or one.flag.service_on >= since_on]
    who = _who(session, [one.flag for one in shown], actor)
    return [_with_people(one.flag, who) for one in shown]


def flag_page(session: Session, flag_id: str, *, actor: Actor) -> FlagPage:
    """One flag with everything that a decision rests on; `NotFound` when there is none."""
    flag = find_flag(session, flag_id)
    body = load_programme(session, flag.rules.programme_id, flag.rules.programme_revision) or {}
    standing = flag.decision.decision_id if flag.decision else ""
    earlier = tuple(one for one in load_decisions(session, flag_id) if one.decision_id != standing)
    zone = ZoneInfo(zone_of(session))
    return FlagPage(
        flag=flag,
        who=_who(session, [flag], actor),
        proposed=proposed_consequences(session, flag),
        by_default=not body.get("fraud", {}).get("consequence"),
        done={one.consequence: one for one in flag.done},
        earlier=earlier,
        decided_on=flag.decision.decided_at.astimezone(zone).date() if flag.decision else None,
        recorders=_recorders(session, flag),
    )


def complaint_view(
    kept: KeptComplaint, rules: OversightRules, names: Mapping[str, Named], today_on: date, language: str
) -> ComplaintView:
    """One complaint as a page shows it."""
    one, now = kept.complaint, kept.progress
    kind = rules.complaints.get(one.kind)
    site = names.get(one.site_id)
    return ComplaintView(
        kept,
        kind.name.called(language) if kind else one.kind,
        site.called(language) if site else one.site_id,
        now,
        is_late(one, now, today_on),
        bool(kind and kind.freezes_samples),
    )


def site_names(session: Session) -> dict[str, Named]:
    """Site's id to its name; a home goes by its code, since it is named after who lives there."""
    rows = session.exec(select(SiteRow.site_id, SiteRow.name, SiteRow.kind).order_by("site_id"))
    return {
        site_id: Named(name if kind == "canteen" else site_id, "") for site_id, name, kind in rows if name
    }


def _with_people(flag: KeptFlag, who: Mapping[str, str]) -> FlagView:
    held = set(flag.finding.order_ids)
    suspects = dict.fromkeys(one.diner_id for one in flag.finding.servings if one.order_id in held)
    named = tuple(who[one] for one in list(suspects)[:MOST_NAMED])
    return FlagView(flag, named, len(suspects) - len(named))


def _recorders(session: Session, flag: KeptFlag) -> tuple[str, ...]:
    names = {user.actor.user_id: user.actor.name for user in load_users(session)}
    return tuple(dict.fromkeys(names.get(one.served_by, one.served_by) for one in flag.finding.servings))


def _who(session: Session, flags: list[KeptFlag], actor: Actor) -> dict[str, str]:
    wanted = {one.diner_id for flag in flags for one in flag.finding.servings}
    by_name = actor.role in SEES_NAMES
    return {
        diner_id: f"{diner.code} {diner.name}" if by_name else diner.code
        for diner_id, diner in load_diners(session, ids=wanted).items()
    }
