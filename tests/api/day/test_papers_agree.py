"""Property: the papers of any day say what the locked orders say, read back from the PDFs' text."""

import re
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.day.diets import load_rules
from api.day.paper_differences import production_changes
from api.day.paper_facts import PaperFacts, load_paper_facts, variant_named
from api.day.paper_kept import masked
from api.day.paper_labels import box_labels, container_labels
from api.day.paper_matrix import batch_matrix
from api.day.paper_production import production_sheet
from api.reports import batch_matrix as matrix_paper
from api.reports import box_labels as labels_paper
from api.reports import production_sheet as production_paper
from api.reports.wording import Words, dish_text, weight_text
from api.stock.bills import load_mg
from kitchen.demand import REGULAR_SIZE
from kitchen.recipes import portion_g
from orders.codes import Coded
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay
from tests.api.reports.readback import figures, pages_text, squeezed

ZH = Words("zh_CN")
ROW = r"\s+((?:B\d+\s+)+)(\d+)\s+(\d+)\s+(\d+)\b"


@pytest.fixture(scope="module")
def facts(published_day: ExampleDay) -> PaperFacts:
    """What the papers are made from."""
    with published_day.database.read() as session:
        return load_paper_facts(session, SERVICE, PUBLISHED_AT)


def some_day(facts: PaperFacts, rng: Random) -> PaperFacts:
    """A day of some of these orders, some portions withdrawn, one load perhaps without a minute."""
    orders = rng.sample(facts.orders, rng.randint(1, 25))
    withdrawn = set(rng.sample([line.line_id for order in orders for line in order.lines], rng.randint(0, 3)))
    ordered = tuple(
        replace(
            order,
            lines=tuple(
                replace(line, state="withdrawn") if line.line_id in withdrawn else line
                for line in order.lines
            ),
        )
        for order in orders
    )
    left = {line.line_id for order in ordered for line in order.lines if line.state != "withdrawn"}
    sizes = [load_rules().size(code) for code in load_rules().sizes]
    batches = [
        replace(
            batch,
            sizes={one: size for one in batch.line_ids if (size := rng.choice(sizes)) != REGULAR_SIZE},
            line_ids=tuple(one for one in batch.line_ids if one in left),
            special_line_ids=tuple(one for one in batch.special_line_ids if one in left),
        )
        for batch in facts.batches
        if left & set(batch.line_ids)
    ]
    boxes = [
        replace(box, line_ids=tuple(one for one in box.line_ids if one in left))
        for box in facts.boxes
        if left & set(box.line_ids)
    ]
    unscheduled = {batches[0].batch_id} if batches and rng.random() < 0.5 else set()
    return replace(
        facts,
        orders=ordered,
        batches=tuple(batches),
        boxes=tuple(boxes),
        slots={batch_id: slot for batch_id, slot in facts.slots.items() if batch_id not in unscheduled},
    )


def test_a_load_says_why_it_is_late_until_it_is_begun(facts: PaperFacts) -> None:
    """
    Tests that what holds a batch stands on its own load and what helps below all, as kept with the print, and
    that it prints a load again unless that is on the heat.
    """
    code = facts.cooked[0].code
    held = Coded("late_equipment_taken", {"batch": code, "equipment": "wok", "holders": "B02"})
    helps = Coded("late_help_piece", {"equipment": "wok", "minutes": 9})
    plain = production_sheet(replace(facts, begun=frozenset()), "zh_CN")
    sheet = production_sheet(replace(facts, begun=frozenset(), outside=(held, helps)), "zh_CN")
    assert [load.code for load in sheet.loads if held in load.notes] == [code]
    assert masked(sheet).loads == sheet.loads and masked(sheet).helps == (helps,)
    assert production_changes(sheet, plain).changes.loads == {code}
    begun = replace(sheet, loads=tuple(replace(load, begun=True) for load in sheet.loads))
    assert production_changes(begun, plain).changes.loads == frozenset()


@settings(max_examples=6)
@given(seed=st.integers(0, 2**32))
def test_the_sheets_say_what_the_orders_say(facts: PaperFacts, seed: int) -> None:
    """
    Tests on random days that the printed sums, dish by dish, are those counted from the locked orders, that
    every sealed diner stands on the sheet and on a label, that the labels hold every boxed portion, and that
    the matrix weighs what the loads weigh.
    """
    day = some_day(facts, Random(seed))
    wanted = Counter(
        line.dish_id for order in day.orders for line in order.lines if line.state != "withdrawn"
    )
    sheet = production_sheet(day, "zh_CN")
    pdf = production_paper.render(sheet, "zh_CN").pdf
    text = "\n".join(pages_text(pdf))

    assert figures(pdf, [ZH("Portions ordered")]) == {ZH("Portions ordered"): [sum(wanted.values())]}
    lost = sum(one.portions for one in sheet.left_out)
    assert figures(pdf, [ZH("On no sheet")])[ZH("On no sheet")][0] == lost
    printed: Counter[str] = Counter()
    for dish_id, variant in {(batch.dish_id, batch.variant) for batch in day.cooked}:
        name = dish_text(day.dish_named(dish_id), variant_named(variant), ZH)
        ((_, ordered, extra, cooked),) = re.findall(rf"{re.escape(name)}{ROW}", text)
        assert int(ordered) + int(extra) == int(cooked)
        printed[dish_id] += int(ordered)
    missing = Counter(
        line.dish_id
        for order in day.orders
        for line in order.lines
        if line.state != "withdrawn" and line.line_id not in day.batch_of
    )
    assert printed + missing == wanted
    assert missing.total() == lost

    allergic = [meal.diner for meal in sheet.specials]
    assert all(squeezed(diner) in squeezed(text) for diner in allergic)
    sealed = squeezed("".join(pages_text(labels_paper.render(container_labels(day), "zh_CN").pdf)))
    assert all(squeezed(diner) in sealed for diner in allergic)
    labels = labels_paper.render(box_labels(day), "en").pdf
    boxed = figures(labels, ["Portions", "Boxes"])
    assert set(boxed["Portions"]) == {sum(box.portions for box in day.boxes)}
    assert set(boxed["Boxes"]) == {len(day.boxes)}

    matrix = batch_matrix(day)
    on_paper = "\n".join(pages_text(matrix_paper.render(matrix, "zh_CN").pdf))
    assert matrix.net_mg == sum(one.amount_mg for load in sheet.loads for one in load.amounts)
    assert weight_text(matrix.net_mg) in on_paper
    assert all(row.gross_mg >= row.net_mg for row in matrix.rows)
    assert all(row.food.zh in on_paper for row in matrix.rows)
    picked = sum(
        sum(load_mg(day.dishes[one.dish_id], one.variant, one.regular_portions, day.foods).values())
        for one in day.cooked
    )
    assert matrix.gross_mg == picked

    boxes_g = sum(
        one.size_of(line).of_g(portion_g(dish))
        for one in day.cooked
        if (dish := day.cooked_dish(one.dish_id, one.variant)) is not None
        for line in one.line_ids
    )
    extras_g = sum(
        one.extra_portions * portion_g(dish)
        for one in day.cooked
        if (dish := day.cooked_dish(one.dish_id, one.variant)) is not None
    )
    assert sheet.cooked_g == boxes_g + extras_g
    for load, one in zip(sheet.loads, day.cooked, strict=True):
        others = sum(number for _, number in load.sizes)
        assert others == load.portions_ordered - one.by_size.get("regular", 0)
