"""Versions of the papers: only differences print again, an old sheet tells it is old, one book for all."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy import text as sql
from sqlmodel import Session

from api.books.paper_day import print_paper_day
from api.day.label_jobs import LabelWish, print_labels
from api.day.label_marks import still_holds
from api.day.paper_differences import matrix_changes
from api.day.paper_facts import load_paper_facts
from api.day.paper_labels import box_labels, container_labels
from api.day.paper_matrix import batch_matrix
from api.day.paper_rolls import sample_labels
from api.day.paper_scans import label_named, scan_label
from api.day.paper_serving import serving_lists
from api.day.paper_sheets import sheet_named, sheet_state, sheet_text
from api.day.paper_since import sheet_since
from api.day.papers import PrintWish, list_papers, print_papers
from api.day.plan import plan_service, publish_day
from api.day.replan import replan
from api.names import sealed_colour
from api.people import OPERATOR
from api.reports import serving_list
from api.reports.roll_facts import LabelOverflow
from api.reports.wording import weight_text
from api.store.prints import prints_of
from kitchen.replan import Event
from kitchen.store.production import load_production, load_slots
from orders.codes import Coded
from orders.errors import BadInput, NotFound
from orders.store.diners import load_diners
from orders.store.orders import OrderRow, load_orders
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay
from tests.api.reports.readback import pages_text, squeezed

ACTING = {"actor": OPERATOR, "now_at": PUBLISHED_AT}
ENGLISH = PrintWish(languages=["en"])
SHEET = sheet_text(SERVICE, "production-sheet", 1)


def published_again(day: ExampleDay, left: int) -> int:
    """A few of the orders, planned and published as the next version; gives their portions."""
    with day.database.begin() as session:
        orders = load_orders(session, SERVICE, ("locked",))
        for order in orders[left:]:
            session.get_one(OrderRow, order.order_id).state = "cancelled"
    planned = plan_service(day.database, SERVICE, ids=day.ids, seed=1, **ACTING)
    with day.database.begin() as session:
        publish_day(session, SERVICE, planned.version, **ACTING)
    return sum(order.portions for order in orders[:left])


def test_a_new_version_prints_what_differs_and_the_old_sheet_says_so(own_day: ExampleDay) -> None:
    """
    Tests that a first print is whole, that the next version prints only what differs from it while the sums
    stay those of the day, and that the old sheet's code then tells that it is superseded.
    """
    first = {one.kind: one for one in print_papers(own_day.database, SERVICE, wish=ENGLISH, **ACTING)}
    assert all(one.listed.since is None for one in first.values())
    with own_day.database.read() as session:
        assert sheet_state(session, SHEET, actor=OPERATOR).state == "current"

    portions = published_again(own_day, 9)
    again = {one.kind: one for one in print_papers(own_day.database, SERVICE, wish=ENGLISH, **ACTING)}
    sheet = again["production-sheet"]
    assert sheet.listed.since == 1
    assert sheet.totals["portions_ordered"] == portions
    text = "".join(pages_text(sheet.pdf))
    assert "Only what differs from version 1 is printed" in text
    assert "Void, throw away: " in text
    assert again["box-labels"].totals["portions"] <= portions
    whole = PrintWish(languages=["en"], kinds=["box-labels"], whole=True)
    (labels,) = print_papers(own_day.database, SERVICE, wish=whole, **ACTING)
    assert labels.totals["portions"] == portions
    with own_day.database.read() as session:
        old = sheet_state(session, SHEET, actor=OPERATOR)
    assert (old.state, old.current_version) == ("superseded", 2)


def assert_nobody_is_named(session: Session) -> None:
    """What is kept of the prints holds no name of a diner."""
    kept = "".join(zlib.decompress(row.body).decode() for row in prints_of(session, SERVICE.key, 1))
    assert len(kept) > 1000
    assert not [diner.name for diner in load_diners(session).values() if diner.name in kept]


def test_a_replan_prints_only_what_it_changed(own_day: ExampleDay) -> None:
    """
    Tests that after one batch slipped only its load and the labels that say otherwise print, that an old
    sheet and an old label tell which of them hold, and that nothing is printed of what is the same.
    """
    kinds = ("production-sheet", "box-labels", "batch-matrix")
    print_papers(own_day.database, SERVICE, wish=PrintWish(["en"], kinds), **ACTING)
    with own_day.database.read() as session:
        before = box_labels(load_paper_facts(session, SERVICE, PUBLISHED_AT)).labels
        slots = load_slots(session, load_production(session, SERVICE.key).production_id)
    late = Event("slip", slots[-1].batch_id, 10)
    done = replan(own_day.database, SERVICE, late, ids=own_day.ids, seed=1, **ACTING)
    moved = {one.params["batch"] for one in done.changes if one.code == "replan_batch_moved"}
    listed = {one.kind: one for one in list_papers(own_day.database, SERVICE, wish=ENGLISH, **ACTING)}
    assert [listed[kind].differs for kind in kinds] == [True, True, False]
    assert {listed[kind].since for kind in kinds} == {1}
    with own_day.database.read() as session:
        now = {one.code: one for one in box_labels(load_paper_facts(session, SERVICE, PUBLISHED_AT)).labels}
        found = [sheet_since(session, sheet_text(SERVICE, kind, 1), **ACTING) for kind in kinds]
        other = {one.code for one in before if replace(one, qr_text=now[one.code].qr_text) != now[one.code]}
        some = [*before[:2], *(one for one in before if one.code in other)][:4]
        states = {one.code: scan_label(session, one.qr_text, "en", **ACTING).state for one in some}
        assert_nobody_is_named(session)
    assert set(found[0].differs) == moved and len(moved) < 3
    assert set(found[1].differs) == other and 0 < len(other) < len(before)
    assert found[2].differs == ()
    assert states == {code: "superseded" if code in other else "current" for code in states}
    only = PrintWish(["en"], ["production-sheet"])
    (sheet,) = print_papers(own_day.database, SERVICE, wish=only, **ACTING)
    assert "Only what differs from version 1 is printed" in "".join(pages_text(sheet.pdf))
    assert sheet.pages < 3


def test_a_label_of_an_old_version_says_so(own_day: ExampleDay) -> None:
    """
    Tests that the code of a label holds while the version in force says the same, and names what holds now.
    """
    with own_day.database.read() as session:
        before = load_paper_facts(session, SERVICE, PUBLISHED_AT)
    published_again(own_day, 30)
    with own_day.database.read() as session:
        now = load_paper_facts(session, SERVICE, PUBLISHED_AT)
        found = {
            label.qr_text: scan_label(session, label.qr_text, "zh_CN", **ACTING)
            for label in (*box_labels(before).labels, *container_labels(before).labels)
        }
        new = [scan_label(session, one.qr_text, "en", **ACTING) for one in box_labels(now).labels[:2]]
        (sample, *_) = sample_labels(before).labels
        of_sample = scan_label(session, sample.qr_text, "en", **ACTING)
    still = {label.code: replace(label, qr_text="") for label in box_labels(now).labels}
    for label in box_labels(before).labels:
        same = still.get(label.code) == replace(label, qr_text="")
        state = "void" if label.code not in still else "current" if same else "superseded"
        assert found[label.qr_text].state == state
    assert {"superseded", "void"} <= {one.state for one in found.values()}
    assert [one.state for one in new] == ["current", "current"]
    assert all(one.label.lines and one.current_version == 2 for one in new)
    assert of_sample.name.kind == "sample"


def test_a_label_printed_before_its_content_changed_says_so(own_day: ExampleDay) -> None:
    """
    Tests within one version that the code of an old label is superseded once its meal has another name on it.
    """
    wish = PrintWish(languages=["en"], kinds=["container-labels"])
    print_papers(own_day.database, SERVICE, wish=wish, **ACTING)
    with own_day.database.read() as session:
        old, other = container_labels(load_paper_facts(session, SERVICE, PUBLISHED_AT)).labels[:2]
        assert scan_label(session, old.qr_text, "en", **ACTING).state == "current"
    with own_day.database.begin() as session:
        renamed = {"name": "王新名", "code": old.diner_code}
        session.connection().execute(sql("UPDATE diners SET name = :name WHERE code = :code"), renamed)
    print_papers(own_day.database, SERVICE, wish=wish, **ACTING)
    with own_day.database.read() as session:
        new = container_labels(load_paper_facts(session, SERVICE, PUBLISHED_AT)).labels[0]
        found = [scan_label(session, one.qr_text, "en", **ACTING) for one in (old, new, other)]
    assert [one.state for one in found] == ["superseded", "current", "current"]
    assert found[0].said.code == "label_changed_since"


def test_a_mark_holds_while_nobody_eats_later(published_day: ExampleDay) -> None:
    """
    Tests that a label's mark outlives a later last moment and not an earlier one, nor other dishes.
    """
    with published_day.database.read() as session:
        label = box_labels(load_paper_facts(session, SERVICE, PUBLISHED_AT)).labels[0]
    mark = label.qr_text.rpartition(":")[2]
    moved = {one: replace(label, eat_by_at=label.eat_by_at + timedelta(minutes=one)) for one in (-5, 5)}
    assert still_holds(mark, label, SERVICE) and still_holds(mark, moved[5], SERVICE)
    assert not still_holds(mark, moved[-5], SERVICE)
    assert not still_holds(mark, replace(label, dishes=label.dishes[1:]), SERVICE)


@pytest.mark.parametrize("text", ["holdchain:box:K1/2026-11-23/lunch:X12", "holdchain:trip:a:b:1", SHEET])
def test_another_code_is_no_label(text: str) -> None:
    """Tests that a label's code names its version."""
    with pytest.raises(BadInput, match="label_unreadable"):
        label_named(text)


def test_the_matrix_prints_the_loads_that_weigh_otherwise(own_day: ExampleDay) -> None:
    """
    Tests that a new version prints only changed loads, each with its new and old kilograms, the sums whole.
    """
    wish = PrintWish(languages=["en"], kinds=["batch-matrix"])
    (first,) = print_papers(own_day.database, SERVICE, wish=wish, **ACTING)
    published_again(own_day, 30)
    with own_day.database.read() as session:
        now = load_paper_facts(session, SERVICE, PUBLISHED_AT)
        before = load_paper_facts(session, SERVICE, PUBLISHED_AT, 1)
    new, old = batch_matrix(now), batch_matrix(before)
    paper = matrix_changes(new, old)
    weighs = {load.code: {row.food: row.cells.get(load.code) for row in old.rows} for load in old.loads}
    for load in new.loads:
        same = load.code in weighs and all(
            weighs[load.code].get(row.food) == row.cells.get(load.code) for row in new.rows
        )
        assert (load.code in paper.changes.loads) == (not same)
    (again,) = print_papers(own_day.database, SERVICE, wish=wish, **ACTING)
    text = squeezed("".join(pages_text(again.pdf)))
    assert again.totals["gross_mg"] == new.gross_mg < first.totals["gross_mg"]
    assert squeezed("differ from version 1") in text
    changed = [code for code in paper.changes.loads if paper.changes.was_net_mg(code) is not None]
    assert changed
    for code in changed:
        was = weight_text(paper.changes.was_net_mg(code))
        assert squeezed(f"{weight_text(new.load_net_mg(code))} was {was}") in text
    assert matrix_changes(new, new).printed == ()


def test_the_book_has_every_paper_and_its_place(published_day: ExampleDay) -> None:
    """Tests that a paper day counts its sheets, and that the contents name the sheet each paper begins on."""
    book = print_paper_day(published_day.database, SERVICE, "en", ids=published_day.ids, **ACTING)
    texts = pages_text(book.pdf)
    assert len(texts) == book.pages
    assert all(f"sheet {n} / {book.pages}" in text for n, text in enumerate(texts, start=1))
    for title in ("Production sheet", "Ingredients by batch", "Box labels", "Route sheet"):
        (row,) = [line for line in texts[0].splitlines() if title in line]
        assert row[0].isdigit()
    assert "2 –" in texts[0]
    assert "Receiving log" in texts[0] and "Register forms" in texts[0] and "Purchase list" not in texts[0]


def test_the_book_can_be_written_on(published_day: ExampleDay) -> None:
    """Tests that what is not measured yet has its row with empty cells, and nothing is called missing."""
    book = print_paper_day(published_day.database, SERVICE, "en", ids=published_day.ids, **ACTING)
    said = [text for text in pages_text(book.pdf) if "HACCP record" in text and "Control point" in text]
    points = " ".join(said)
    with published_day.database.read() as session:
        batches = load_paper_facts(session, SERVICE, PUBLISHED_AT).batches
    assert all(batch.code in points for batch in batches)
    assert "Missing" not in points and "nothing written" not in points


def test_labels_too_small_bar_no_other_paper(
    published_day: ExampleDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a name without room is told, and the papers beside its labels are printed."""
    monkeypatch.setattr("api.reports.box_labels.NAME_LINES", 0)
    wish = PrintWish(["en"], ["batch-matrix", "container-labels"], whole=True, deliberate=False)
    refused: list[Coded] = []
    papers = print_papers(published_day.database, SERVICE, wish=wish, refused=refused, **ACTING)
    assert [paper.kind for paper in papers] == ["batch-matrix"]
    assert [(one.code, one.params["printer"]) for one in refused] == [("label_overflow", "A4")]
    with pytest.raises(LabelOverflow):
        print_papers(published_day.database, SERVICE, wish=wish, **ACTING)


def test_each_canteen_has_a_list_of_who_gets_what(published_day: ExampleDay) -> None:
    """Tests that the serving lists of a paper day name every order that is packed for a canteen, once."""
    with published_day.database.read() as session:
        facts = load_paper_facts(session, SERVICE, PUBLISHED_AT)
    lists = serving_lists(facts)
    canteens = {site_id for site_id, site in facts.sites.items() if site.kind == "canteen"}
    wanted = {
        facts.ordered[line][0].code
        for box in facts.boxes
        if box.site_id in canteens
        for line in box.line_ids
        if line in facts.ordered
    }
    listed = [row.order_code for table in lists.tables for row in table.rows]
    for table in lists.tables:
        assert [*table.rows] == sorted(table.rows, key=lambda row: row.diner.encode("gb18030"))
    assert sorted(listed) == sorted(wanted)
    sealed = [row for table in lists.tables for row in table.rows if row.sealed]
    assert sealed and any(row.avoid for row in sealed)
    assert all((row.colour is not None) == bool(row.avoid) for row in sealed)
    said = squeezed("".join(pages_text(serving_list.render(lists, "zh_CN").pdf)))
    assert all(squeezed(row.diner) in said for table in lists.tables for row in table.rows)
    assert said.count(f"{sealed_colour().zh}容器") == sum(row.colour is not None for row in sealed)


def test_the_list_makes_no_paper(published_day: ExampleDay, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that listing the papers writes no PDF and no audit."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a paper was made")

    monkeypatch.setattr("api.reports.pen.Canvas", refuse)
    writes: list[str] = []
    event.listen(
        published_day.database.engine,
        "before_cursor_execute",
        lambda *args: writes.append(args[2]) if args[2].startswith("INSERT") else None,
    )
    listed = list_papers(published_day.database, SERVICE, **ACTING)
    assert len(listed) == 16
    assert writes == []


def test_labels_come_for_a_printer(published_day: ExampleDay) -> None:
    """Tests the meals' labels of a day in ZPL, an unknown printer, the smallest, and the usual in English."""
    asked = LabelWish(("meal", "sample"), "60x40", "zpl", "zh_CN")
    meals, samples = print_labels(published_day.database, SERVICE, asked, **ACTING).jobs
    assert meals.name == "meal-labels.60x40.zh_CN.zpl"
    assert meals.content.count(b"^XA") == meals.labels > 0
    assert samples.labels > 0
    with pytest.raises(NotFound):
        unknown = LabelWish(("meal",), "10x10", "zpl", "zh_CN")
        print_labels(published_day.database, SERVICE, unknown, **ACTING)
    small = LabelWish(("box", "meal", "sample"), "40x30", "tspl", "zh_CN")
    for job in print_labels(published_day.database, SERVICE, small, **ACTING).jobs:
        assert job.labels > 0
        assert {one.code for one in job.findings} <= {"label_fields_by_code"}
    middle = LabelWish(("box", "meal"), "60x40", "tspl", "en")
    run = print_labels(published_day.database, SERVICE, middle, **ACTING)
    assert [job.name for job in run.jobs] == ["box-labels.60x40.en.tspl", "meal-labels.60x40.en.tspl"]
    assert run.refused == ()


@pytest.mark.parametrize(
    "text", ["", "holdchain:box:K1/2026-11-23/lunch:X12", "holdchain:sheet:K1:x:1", SHEET + "x"]
)
def test_another_code_is_no_sheet(text: str) -> None:
    """Tests that only the code of a sheet names one."""
    with pytest.raises(BadInput, match="sheet_unreadable"):
        sheet_named(text)


def test_the_pages_tell_of_a_sheet(as_user: Callable[[str], TestClient], tmp_path: Path) -> None:
    """Tests page and API for a sheet in force, one that never was, and a code of something else."""
    kitchen = as_user("kitchen")
    answer = kitchen.get("/api/v1/sheets", params={"text": SHEET})
    assert answer.json() | {"words": ""} == {
        "service": SERVICE.key,
        "kind": "production-sheet",
        "version": 1,
        "state": "current",
        "current_version": 1,
        "changes": 0,
        "differs": None,
        "words": "",
    }
    page = kitchen.get("/sheets", params={"text": SHEET})
    assert page.status_code == 200 and answer.json()["words"] in page.text
    assert kitchen.get("/sheets", params={"text": SHEET.replace(":1", ":9")}).status_code == 404
    assert kitchen.get("/sheets", params={"text": "X12"}).status_code == 404
    shown = kitchen.get("/papers", params={"service": SERVICE.key})
    assert shown.status_code == 200
    assert squeezed("paper-day.") in squeezed(shown.text)
    labels = kitchen.post(
        "/papers/labels",
        data={"service": SERVICE.key, "kind": "sample", "printer": "80x60", "form": "tspl"},
    )
    assert labels.content.startswith(b"SIZE 80 mm,60 mm")
    sheet = kitchen.post("/papers/box-labels.en.pdf", data={"service": SERVICE.key})
    assert sheet.content.startswith(b"%PDF")
    assert as_user("canteen").get("/papers").status_code == 403
