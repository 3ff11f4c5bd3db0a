"""The checklist of an assessment: what is measured, what a person answers, and what is still open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orders.codes import Coded
from orders.oversight.site_rules import SiteRules
from orders.oversight.siting import Check


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """
    One thing that a person looks at.

    Parameters
    ----------
    item_id
        Short name, unique in the list.
    zh, en
        The question in each language; an empty one is shown in the other.
    source
        Where it comes from: a clause, or ``"system default"``.
    """

    item_id: str
    zh: str
    en: str
    source: str


def checklist(rules: SiteRules, general: Iterable[ChecklistItem]) -> tuple[ChecklistItem, ...]:
    """
    What a person answers before a site is selected.

    Parameters
    ----------
    rules
        The programme's; each piece of equipment is an item, a needed attendant another.
    general
        Items that every programme shares.
    """
    items = list(general)
    items += [ChecklistItem(f"equipment:{name}", name, "", rules.cite) for name in rules.equipment]
    if rules.attendant_required:
        items.append(ChecklistItem("attendant", "有专人值守", "A named person is on duty", rules.cite))
    return tuple(items)


def open_items(
    items: Iterable[ChecklistItem], answers: Mapping[str, str], checks: Iterable[Check]
) -> tuple[Coded, ...]:
    """
    What an assessment still lacks: unanswered items and what was not measured.

    Parameters
    ----------
    items
        The checklist.
    answers
        Item to ``"yes"`` or ``"no"``.
    checks
        The site's measures held against the programme.
    """
    unanswered = [
        Coded("lacks_answer", {"item": one.item_id, "text": one.zh or one.en})
        for one in items
        if answers.get(one.item_id) not in ("yes", "no")
    ]
    unmeasured = [Coded("lacks_measure", {"check": one.item}) for one in checks if one.verdict == "unknown"]
    return (*unanswered, *unmeasured)


def passes(answers: Mapping[str, str], checks: Iterable[Check]) -> bool:
    """Whether every answer is yes and every measure keeps its rule."""
    return all(one == "yes" for one in answers.values()) and all(one.verdict == "met" for one in checks)
