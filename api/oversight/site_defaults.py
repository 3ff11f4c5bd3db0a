"""What the register of sites goes by where no plan says it, and the rules of a site's programme."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session

from api.in_force import not_in_force
from api.packaged import read_toml
from api.paths import config_dir
from api.reports.facts import Named
from api.store.config import load_config
from orders.oversight.checklists import ChecklistItem
from orders.oversight.licences import LicenceParams
from orders.oversight.site_rules import SiteRules, site_rules
from orders.store.programmes import load_programmes


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """
    What is printed under a title on the wall.

    Parameters
    ----------
    kind
        ``"licence"``, ``"health"``, ``"prices"``, ``"elderly_prices"``, ``"phone"``, ``"supply"``, or
        ``"text"``: what the site writes.
    titles
        How plans call it.
    en
        In English; empty where nobody has a word.
    """

    kind: str
    titles: tuple[str, ...]
    en: str


@dataclass(frozen=True, slots=True)
class Defaults:
    """
    The register's own figures and words.

    Parameters
    ----------
    change_notice_days
        For a plan that names none.
    licences
        When to warn.
    notices
        Titles for a plan that names none.
    kinds
        What is printed under which title.
    items
        The checklist that every programme shares.
    equipment
        A plan's words for equipment, in both languages.
    """

    change_notice_days: int
    licences: LicenceParams
    notices: tuple[str, ...]
    kinds: tuple[NoticeKind, ...]
    items: tuple[ChecklistItem, ...]
    equipment: Mapping[str, Named]

    def kind_of(self, title: str) -> NoticeKind:
        """What is printed under a title; a text where nobody knows it."""
        found = (one for one in self.kinds if title in one.titles)
        return next(found, NoticeKind("text", (title,), ""))


@dataclass(frozen=True, slots=True)
class Ruled:
    """
    A programme's rules for sites, with the register's defaults in their place.

    Parameters
    ----------
    programme_id, revision, name
        Whose rules.
    rules
        The rules.
    defaulted
        Names of those that the plan does not state.
    defaults
        The register's figures and words.
    """

    programme_id: str
    revision: int
    name: Named
    rules: SiteRules
    defaulted: frozenset[str]
    defaults: Defaults


def register_defaults(session: Session) -> Defaults:
    """The figures in force: the operator's own, else those of the package."""
    kept = load_config(session, "site_register", "defaults")
    table = kept[1] if kept else read_toml(config_dir() / "site-register.toml")
    figures = table["defaults"]
    return Defaults(
        figures["change_notice_days"],
        LicenceParams(figures["warn_days"]),
        tuple(figures["notices"]),
        tuple(NoticeKind(one["kind"], tuple(one["titles"]), one["en"]) for one in table["notice"]),
        tuple(
            ChecklistItem(one["id"], one["zh"], one["en"], f"{one['source']} ({one['evidence']})")
            for one in table["checklist"]
        ),
        {name: Named(words["zh"], words["en"]) for name, words in table["equipment"].items()},
    )


def rules_of(session: Session, programme_id: str, day_on: date) -> Ruled:
    """
    The rules of a programme that is in force on a day.

    Raises
    ------
    NotFound
        When there is no such programme on that day.
    """
    found = load_programmes(session, day_on).get(programme_id)
    if found is None:
        raise not_in_force(session, programme_id, day_on)
    return ruled(programme_id, found, register_defaults(session))


def ruled(programme_id: str, found: tuple[int, Mapping[str, Any]], defaults: Defaults) -> Ruled:
    """A programme's rules with the defaults filled in."""
    revision, body = found
    rules, defaulted = site_rules(body), set()
    if rules.change_notice_days is None:
        rules = replace(rules, change_notice_days=defaults.change_notice_days)
        defaulted.add("change_notice_days")
    if not rules.notices:
        rules = replace(rules, notices=defaults.notices)
        defaulted.add("notices")
    name = body["programme"]["name"]
    named = Named(name["zh"], name["en"])
    return Ruled(programme_id, revision, named, rules, frozenset(defaulted), defaults)
