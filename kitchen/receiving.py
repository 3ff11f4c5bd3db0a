"""Receiving: which papers, temperature and dates a delivery must show, by food group, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from kitchen.foods import Food
from kitchen.tables import Table, number, part, text, whole
from orders.codes import Coded

Storage = Literal["ambient", "chilled", "frozen"]
STORAGES: tuple[Storage, ...] = get_args(Storage)
LICENCE = "supplier_licence"


@dataclass(frozen=True, slots=True)
class SupplierLicence:
    """
    One licence of a supplier.

    Parameters
    ----------
    kind, number
        As written on it.
    valid_to_on
        Its last day; None when it does not run out.
    """

    kind: str
    number: str
    valid_to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Supplier:
    """
    Who delivers.

    Parameters
    ----------
    supplier_id, code
        Row id, and the kitchen's own code.
    name, contact, phone
        As printed on the purchase list.
    licences
        What it may trade by.
    groups
        Food groups it is asked for when no food names a supplier.
    """

    supplier_id: str
    code: str
    name: str
    contact: str = ""
    phone: str = ""
    licences: tuple[SupplierLicence, ...] = ()
    groups: frozenset[str] = frozenset()

    def licensed_on(self, on: date) -> bool:
        """Whether a licence holds on a date."""
        return any(one.valid_to_on is None or on <= one.valid_to_on for one in self.licences)


@dataclass(frozen=True, slots=True)
class ReceivingRule:
    """
    What is asked of a delivery of one food.

    Parameters
    ----------
    papers
        Kinds of papers, `LICENCE` among them when the supplier's is checked.
    storage
        How it comes unless the delivery says otherwise.
    shelf_days
        Days it keeps when its label names no date; None when the label must.
    tracked
        Whether lots are kept of it; tap water has none.
    photo
        Whether a photo is asked for.
    """

    papers: tuple[str, ...]
    storage: Storage
    shelf_days: int | None
    tracked: bool = True
    photo: bool = False


@dataclass(frozen=True, slots=True)
class ReceivingRules:
    """
    A kitchen's rules of receiving.

    Parameters
    ----------
    revision
        Of these figures.
    paper_names
        Chinese and English name of each kind of paper.
    usual
        Where neither group nor tag says otherwise.
    by_group, by_tag
        What a food group has in its place, and the papers that a tag adds (``"pork"``).
    most_c
        Warmest surface at receipt by storage, degrees Celsius.
    soon_days
        Days before the last one from which a lot is shown as expiring.
    """

    revision: int
    paper_names: Mapping[str, tuple[str, str]]
    usual: ReceivingRule
    by_group: Mapping[str, ReceivingRule]
    by_tag: Mapping[str, tuple[str, ...]]
    most_c: Mapping[str, float]
    soon_days: int

    def rule_for(self, food: Food) -> ReceivingRule:
        """What is asked of this food: its group's rule with the papers that its tags add."""
        rule = self.by_group.get(food.group, self.usual)
        added = (paper for tag in sorted(food.tags) for paper in self.by_tag.get(tag, ()))
        papers = tuple(dict.fromkeys((*rule.papers, *added)))
        return ReceivingRule(papers, rule.storage, rule.shelf_days, rule.tracked, rule.photo)


@dataclass(frozen=True, slots=True)
class Delivery:
    """
    What stands at the door.

    Parameters
    ----------
    mg
        Weighed as it came, milligrams.
    papers
        Number of each paper by its kind.
    temperature_c
        Of its surface, degrees Celsius; None when nobody measured.
    expires_on
        Of its label, None where it names no date.
    storage
        How it came.
    photos
        How many photos were taken.
    """

    mg: int
    papers: Mapping[str, str]
    temperature_c: float | None
    expires_on: date | None
    storage: Storage
    photos: int = 0


def wanting(
    delivery: Delivery, supplier: Supplier, rule: ReceivingRule, rules: ReceivingRules, on: date
) -> tuple[Coded, ...]:
    """
    Everything that is wrong with a delivery; empty when it may come in.

    Parameters
    ----------
    delivery, supplier
        What came, from whom.
    rule, rules
        What is asked of this food, and the limits.
    on
        The date of receipt.
    """
    found = []
    for paper in rule.papers:
        if paper == LICENCE:
            found += _licence(supplier, on)
        elif not delivery.papers.get(paper):
            found.append(Coded("receipt_paper_missing", {"paper": paper}))
    found += _temperature(delivery, rules.most_c.get(delivery.storage))
    if delivery.expires_on is None and rule.shelf_days is None:
        found.append(Coded("receipt_expiry_missing"))
    if delivery.expires_on is not None and delivery.expires_on < on:
        found.append(Coded("receipt_expired", {"expires_on": delivery.expires_on.isoformat()}))
    if rule.photo and not delivery.photos:
        found.append(Coded("receipt_photo_missing"))
    return tuple(found)


def _licence(supplier: Supplier, on: date) -> list[Coded]:
    if not supplier.licences:
        return [Coded("receipt_licence_missing", {"supplier": supplier.name})]
    if supplier.licensed_on(on):
        return []
    ended_on = max(one.valid_to_on for one in supplier.licences if one.valid_to_on is not None)
    return [Coded("receipt_licence_over", {"supplier": supplier.name, "ended_on": ended_on.isoformat()})]


def _temperature(delivery: Delivery, most_c: float | None) -> list[Coded]:
    if most_c is None:
        return []
    if delivery.temperature_c is None:
        return [Coded("receipt_temperature_missing", {"most_c": most_c})]
    if delivery.temperature_c > most_c:
        measured = {"temperature_c": delivery.temperature_c, "most_c": most_c}
        return [Coded("receipt_temperature_high", measured)]
    return []


def rules_from_table(table: Table) -> ReceivingRules:
    """
    One block of ``receiving.toml``.

    Raises
    ------
    ValueError
        Naming the field that is missing, or a paper that has no name.
    """
    names = {
        code: (text(part(part(table, "paper"), code), "zh"), text(part(part(table, "paper"), code), "en"))
        for code in part(table, "paper")
    }
    usual = _rule(part(table, "usual"), names)
    groups, tags = part(table, "group"), part(table, "tag")
    limits = part(table, "temperature")
    return ReceivingRules(
        revision=whole(table, "revision"),
        paper_names=names,
        usual=usual,
        by_group={code: _rule({**part(table, "usual"), **part(groups, code)}, names) for code in groups},
        by_tag={code: _papers(part(tags, code), names) for code in tags},
        most_c={code: number(part(limits, code), "max_c") for code in limits},
        soon_days=whole(table, "soon_days"),
    )


def _papers(table: Table, names: Mapping[str, object]) -> tuple[str, ...]:
    papers = table.get("papers")
    if not isinstance(papers, list):
        raise ValueError("papers must be a list.")
    if unnamed := [paper for paper in papers if paper not in names]:
        raise ValueError(f"papers {unnamed} have no name under paper.")
    return tuple(str(paper) for paper in papers)


def _rule(table: Table, names: Mapping[str, object]) -> ReceivingRule:
    storage = text(table, "storage")
    if storage not in STORAGES:
        raise ValueError(f"storage must be one of {STORAGES}, got {storage!r}.")
    keeps = whole(table, "shelf_days", -1)
    return ReceivingRule(
        papers=_papers(table, names),
        storage=storage,
        shelf_days=None if keeps < 0 else keeps,
        tracked=bool(table.get("tracked", True)),
        photo=bool(table.get("photo", False)),
    )
