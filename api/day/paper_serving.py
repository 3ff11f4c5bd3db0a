"""Serving lists of a published service: who gets what at each table, by hand when no screen works."""

from collections import Counter
from collections.abc import Mapping

from api.day.paper_facts import PaperFacts
from api.day.paper_labels import container_labels, portions_of, spare_portions
from api.names import allergens_named
from api.reports.facts import Named
from api.reports.serving_list import ServingLists, ServingRow, ServingTable


def serving_lists(facts: PaperFacts) -> ServingLists:
    """One list a canteen, by name in the order of pinyin: the meals that are packed for it."""
    sealed = {label.diner_code: label.colour for label in container_labels(facts).labels}
    packed: dict[str, dict[str, list[str]]] = {}
    eat_by_s: dict[str, int] = {}
    spare: dict[str, Counter[str]] = {}
    for box in facts.boxes:
        orders = packed.setdefault(box.site_id, {})
        eat_by_s[box.site_id] = min(box.eat_by_s, eat_by_s.get(box.site_id, box.eat_by_s))
        spare.setdefault(box.site_id, Counter()).update(spare_portions(box))
        for line_id in box.line_ids:
            if line_id in facts.ordered:
                orders.setdefault(facts.ordered[line_id][0].order_id, []).append(line_id)
    tables = [
        ServingTable(
            facts.site_name(site_id),
            facts.service.instant(eat_by_s[site_id]),
            tuple(sorted((_row(facts, lines, sealed) for lines in orders.values()), key=_by_name)),
            tuple((facts.dish_named(key), number) for key, number in spare[site_id].items()),
        )
        for site_id, orders in sorted(packed.items())
        if site_id in facts.sites and facts.sites[site_id].kind == "canteen"
    ]
    return ServingLists(facts.production_head, tuple(tables))


def _row(facts: PaperFacts, lines: list[str], sealed: Mapping[str, Named | None]) -> ServingRow:
    order = facts.ordered[lines[0]][0]
    diner = facts.diners.get(order.diner_id)
    return ServingRow(
        diner=facts.diner_label(order.diner_id) or order.code,
        order_code=order.code,
        dishes=portions_of(facts, lines),
        avoid=allergens_named(diner.allergens) if diner else (),
        sealed=diner is not None and diner.code in sealed,
        colour=sealed.get(diner.code) if diner else None,
    )


def _by_name(row: ServingRow) -> bytes:
    """As a Chinese list is read: GB 18030 has the common characters in the order of pinyin."""
    return row.diner.encode("gb18030", "replace")
