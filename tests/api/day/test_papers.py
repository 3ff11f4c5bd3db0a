"""The papers of a real day: every count from its own rows, every driver their own van."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.day.diets import load_scaling
from api.day.paper_facts import PaperFacts, load_paper_facts
from api.day.paper_labels import box_labels, container_labels
from api.day.paper_production import container_codes, production_sheet
from api.day.paper_routes import route_sheets
from api.day.papers import print_paper, print_papers
from api.people import OPERATOR
from api.permissions import Actor
from api.words import say
from kitchen.recipes import Use
from kitchen.scaling import scaled
from orders.errors import Forbidden, NotFound
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay
from tests.api.reports.readback import figures, pages_text, squeezed


@pytest.fixture(scope="module")
def facts(published_day: ExampleDay) -> PaperFacts:
    """What the papers are made from."""
    with published_day.database.read() as session:
        return load_paper_facts(session, SERVICE, PUBLISHED_AT)


def scalar(day: ExampleDay, query: str) -> int:
    """One number of the tables."""
    with day.database.read() as session:
        return int(session.connection().execute(text(query)).scalar_one())


def test_the_sheet_counts_what_the_orders_say(published_day: ExampleDay) -> None:
    """Tests that the printed totals are those of the orders', batches' and extras' own rows."""
    paper = print_paper(
        published_day.database, SERVICE, "production-sheet.en.pdf", actor=OPERATOR, now_at=PUBLISHED_AT
    )
    printed = figures(paper.pdf, ["Portions ordered", "Extra portions", "Portions cooked", "On no sheet"])
    assert printed == {
        "Portions ordered": [
            scalar(published_day, "SELECT count(*) FROM order_lines WHERE state<>'withdrawn'")
        ],
        "Extra portions": [scalar(published_day, "SELECT sum(portions) FROM kitchen_batch_extras")],
        "Portions cooked": [scalar(published_day, "SELECT sum(portions) FROM kitchen_batches")],
        "On no sheet": [0],
    }
    assert not paper.findings


def test_labels_and_routes_carry_every_portion(own_day: ExampleDay) -> None:
    """Tests that boxes, labels and trips hold the same portions."""
    papers = print_papers(own_day.database, SERVICE, actor=OPERATOR, now_at=PUBLISHED_AT)
    totals = {paper.name: paper.totals for paper in papers}
    boxes = scalar(own_day, "SELECT count(*) FROM kitchen_boxes")
    portions = scalar(own_day, "SELECT count(*) FROM kitchen_box_lines")
    portions += scalar(own_day, "SELECT coalesce(sum(portions), 0) FROM kitchen_box_spare")
    assert totals["box-labels.zh_CN.pdf"] == {"boxes": boxes, "portions": portions}
    assert totals["route-sheets.en.pdf"]["boxes"] == boxes
    assert totals["route-sheets.en.pdf"]["portions"] == portions
    assert len(papers) == 16
    assert all(paper.pages and not paper.findings for paper in papers)


def test_a_portion_in_no_batch_is_named(own_day: ExampleDay) -> None:
    """Tests that the sheet names the order and the diner whose dish nobody cooks, and still counts it."""
    with own_day.database.begin() as session:
        row = session.connection().execute(text("SELECT line_id FROM kitchen_batch_lines LIMIT 1")).one()
        session.connection().execute(text("DELETE FROM kitchen_batch_lines WHERE line_id=:l"), {"l": row[0]})
    with own_day.database.read() as session:
        sheet = production_sheet(load_paper_facts(session, SERVICE, PUBLISHED_AT), "en")
    (lost,) = sheet.left_out
    assert lost.portions == 1
    assert lost.ref.startswith("2026")
    assert sheet.portions_on_sheet + 1 == sheet.portions_ordered


def test_a_batch_without_a_minute_is_no_pan_load(facts: PaperFacts) -> None:
    """Tests that the portions of an unscheduled batch are on no sheet, by name."""
    batch = facts.batches[0]
    slots = {batch_id: slot for batch_id, slot in facts.slots.items() if batch_id != batch.batch_id}
    sheet = production_sheet(replace(facts, slots=slots), "en")
    assert sheet.portions_left_out == len(batch.line_ids)
    assert batch.code not in {load.code for load in sheet.loads}


def test_every_allergic_diner_has_one_named_container(facts: PaperFacts) -> None:
    """Tests that each allergic diner who ordered has a container of a code of its own, and what to avoid."""
    sheet = production_sheet(facts, "zh_CN")
    allergic = {
        facts.diner_label(order.diner_id) for order in facts.orders if facts.diners[order.diner_id].allergens
    }
    assert {meal.diner for meal in sheet.specials} == allergic
    assert len({meal.container_code for meal in sheet.specials}) == len(sheet.specials)
    assert all(meal.avoid and meal.stop for meal in sheet.specials)


def test_amounts_are_of_the_whole_load(facts: PaperFacts) -> None:
    """Tests that a plain load weighs the recipe times its portions, extras included, but for the rules."""
    batch = next(one for one in facts.batches if one.variant == "regular")
    load = next(one for one in production_sheet(facts, "en").loads if one.code == batch.code)
    dish, rules = facts.dishes[batch.dish_id], load_scaling()
    for amount, ingredient in zip(load.amounts, dish.ingredients, strict=True):
        rule = rules.rule_for(facts.foods[ingredient.food_code], dish.method)
        factor = rule.factor(batch.regular_portions) if rule else 1
        assert abs(amount.amount_mg - ingredient.edible_mg * batch.regular_portions * factor) <= 0.5


def test_a_load_says_when_its_stock_is_begun(facts: PaperFacts) -> None:
    """Tests a gravy of 10 minutes on a stock of 120: by 130 minutes before the load, and on no other load."""
    first = facts.cooked[0]
    gravy = replace(facts.dishes[first.dish_id], uses=(Use("S03", 1000.0),))
    dishes = {key: replace(dish, uses=()) for key, dish in facts.dishes.items()} | {first.dish_id: gravy}
    loads = production_sheet(replace(facts, dishes=dishes), "en").loads
    said = {load.code: one for load in loads for one in load.notes if one.code == "sub_recipe_first"}
    assert said.keys() == {batch.code for batch in facts.cooked if batch.dish_id == first.dish_id}
    by_at = facts.service.instant(facts.slots[first.batch_id].start_s) - timedelta(minutes=130)
    assert said[first.code].params["by_at"] == by_at.isoformat()
    assert "Stock gravy" in say(said[first.code], "en") and "上汤芡" in say(said[first.code], "zh_CN")


def test_a_low_salt_load_gets_less_salt(facts: PaperFacts) -> None:
    """Tests that salt and salty seasonings are halved in each low-salt load, and nothing else is."""
    cut = [one for one in facts.cooked if one.variant == "low_salt"]
    assert cut
    sheet = {load.code: load for load in production_sheet(facts, "en").loads}
    for batch in cut:
        plain = scaled(facts.dishes[batch.dish_id], batch.regular_portions, facts.foods, load_scaling())
        pairs = list(zip(plain, sheet[batch.code].amounts, strict=True))
        foods = [facts.foods[one.food_code] for one, _ in pairs]
        groups = {"salt", "condiment"}
        salty = [food.group in groups and food.nutrients.get("sodium_mg", 0) >= 1000 for food in foods]
        assert any(salty)
        for (one, amount), less in zip(pairs, salty, strict=True):
            assert abs(amount.amount_mg - one.net_mg * (0.5 if less else 1)) <= batch.portions


def test_each_label_says_what_is_inside(facts: PaperFacts) -> None:
    """Tests that a label has its box's portions, trip, code to scan, and the allergens of each dish."""
    labels = {label.code: label for label in box_labels(facts).labels}
    for box in facts.boxes:
        label = labels[box.code]
        assert label.portions == box.portions == len(box.line_ids) + box.spare_portions
        assert label.trip.startswith("T")
        assert label.qr_text.startswith(f"holdchain:box:K1/2026-11-23/lunch:{box.code}:1:")
        assert not set(label.contains) & set(label.may_contain)
        assert label.pans == () or sum(pan.portions for pan in label.pans) == label.portions
    assert any(label.contains for label in labels.values())
    assert {box.kind for box in facts.boxes if labels[box.code].pans} == {"bulk"}


def test_each_container_has_its_own_label(facts: PaperFacts) -> None:
    """Tests that each container on the sheet has a label, and so has each sealed meal of a variant."""
    labels = {label.code: label for label in container_labels(facts).labels}
    meals = production_sheet(facts, "zh_CN").specials
    assert {(code, label.for_diner, label.avoid) for code, label in labels.items() if label.avoid} == {
        (meal.container_code, meal.diner, meal.avoid) for meal in meals
    }
    assert all((label.colour is not None) == bool(label.avoid) for label in labels.values())
    others = [label for label in labels.values() if not label.avoid]
    assert all(any(dish.variant for dish in label.dishes) for label in others)
    assert all(labels[meal.container_code].portions == len(meal.dishes) for meal in meals)
    assert len({label.qr_text for label in labels.values()}) == len(labels)


def test_a_container_says_when_its_own_food_was_made(facts: PaperFacts) -> None:
    """Tests that a container's minute is that of its own earliest load, and its limit that of its box."""
    boxes = {label.code: label for label in box_labels(facts).labels}
    labels = {label.code: label for label in container_labels(facts).labels}
    told = 0
    for box in facts.boxes:
        for order_id, code in container_codes(facts, box).items():
            if code not in labels:
                continue
            own = [line for line in box.line_ids if facts.order_id_of(line) == order_id]
            ready_s = min(facts.slots[facts.batch_of[line].batch_id].ready_s for line in own)
            assert labels[code].cooked_at == facts.service.instant(ready_s)
            assert labels[code].eat_by_at == boxes[box.code].eat_by_at
            told += labels[code].cooked_at != boxes[box.code].cooked_at
    assert told


def test_trips_come_in_the_order_of_departure(facts: PaperFacts) -> None:
    """Tests that each stop has the earliest latest hand-over of its boxes, after the trip leaves."""
    trips = route_sheets(facts, "en").trips
    departures: list[datetime] = [trip.depart_at for trip in trips]
    assert departures == sorted(departures)
    assert all(trip.depart_at < stop.arrive_at <= stop.deliver_by_at for trip in trips for stop in trip.stops)


def test_a_driver_gets_the_own_van_only(published_day: ExampleDay, facts: PaperFacts) -> None:
    """Tests that a driver prints the own trips, no other paper, and nothing for a van that stands."""
    own = facts.plan.routes[0]
    driver = Actor("d", "d", "driver", "K1", None, own.vehicle_id)
    asked = {"actor": driver, "now_at": PUBLISHED_AT}
    papers = print_papers(published_day.database, SERVICE, **asked)
    assert {paper.kind for paper in papers} == {"route-sheets"}
    assert papers[0].totals["trips"] == len(own.trips)
    with pytest.raises(Forbidden):
        print_paper(published_day.database, SERVICE, "production-sheet.en.pdf", **asked)
    asked["actor"] = replace(driver, vehicle_id="V99")
    with pytest.raises(NotFound):
        print_paper(published_day.database, SERVICE, "route-sheets.en.pdf", **asked)


@pytest.mark.parametrize("role", ["canteen", "inspector", "bureau"])
def test_others_print_nothing(published_day: ExampleDay, role: str) -> None:
    """Tests that the papers, which name diners, stay with those who cook and drive."""
    with pytest.raises(Forbidden):
        print_papers(
            published_day.database,
            SERVICE,
            actor=Actor("x", "x", role, "K1"),  # type: ignore[arg-type]
            now_at=PUBLISHED_AT,
        )


@pytest.mark.parametrize("name", ["", "box-labels", "box-labels.de.pdf", "../box-labels.en.pdf", "x.en.pdf"])
def test_an_unknown_paper_is_not_found(published_day: ExampleDay, name: str) -> None:
    """Tests that only the names of papers are papers."""
    with pytest.raises(NotFound):
        print_paper(published_day.database, SERVICE, name, actor=OPERATOR, now_at=PUBLISHED_AT)


def test_the_paper_names_the_diner_in_both_languages(published_day: ExampleDay, facts: PaperFacts) -> None:
    """Tests that a Chinese name can be read back from the English sheet too."""
    (diner, *_) = (meal.diner for meal in production_sheet(facts, "en").specials)
    for language in ("zh_CN", "en"):
        name = f"production-sheet.{language}.pdf"
        paper = print_paper(published_day.database, SERVICE, name, actor=OPERATOR, now_at=PUBLISHED_AT)
        assert squeezed(diner) in squeezed("".join(pages_text(paper.pdf)))


PAPERS = "/api/v1/services/K1/2026-11-23/lunch/papers"


def test_the_kitchen_fetches_its_papers(as_user: Callable[[str], TestClient]) -> None:
    """Tests that the list names twelve papers with their sums, and each can be fetched as a PDF."""
    kitchen = as_user("kitchen")
    papers = kitchen.get(PAPERS).json()
    assert len(papers) == 16
    assert all(paper["totals"] and paper["version"] == 1 and paper["since"] is None for paper in papers)
    answer = kitchen.get(f"{PAPERS}/{papers[0]['name']}")
    assert answer.headers["content-type"] == "application/pdf"
    assert "K1-2026-11-23-lunch-production-sheet.zh_CN.pdf" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"%PDF")
    assert kitchen.get(f"{PAPERS}/production-sheet.fr.pdf").status_code == 404
    assert kitchen.get(PAPERS.replace("23", "24") + "/box-labels.en.pdf").status_code == 404


def test_papers_are_for_those_who_cook_and_drive(as_user: Callable[[str], TestClient]) -> None:
    """Tests that a driver sees route sheets alone, and a canteen none."""
    driver = as_user("driver")
    assert {paper["kind"] for paper in driver.get(PAPERS).json()} == {"route-sheets"}
    assert driver.get(f"{PAPERS}/route-sheets.en.pdf").status_code == 200
    assert driver.get(f"{PAPERS}/box-labels.en.pdf").status_code == 403
    assert as_user("canteen").get(f"{PAPERS}/route-sheets.en.pdf").status_code == 403
