"""Tests of the production sheet."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.reports.facts import Named
from api.reports.label_facts import SealedCount
from api.reports.production_facts import Amount, LeftOut, PanLoad, ProductionSheet
from api.reports.production_sheet import render
from api.reports.wording import Words
from api.words import say
from kitchen.batches import Extra
from orders.codes import Coded
from tests.api.reports import papers
from tests.api.reports.readback import figures, pages_text, squeezed

FOOT = ("Portions ordered", "On these pan loads", "Extra portions", "Portions cooked", "On no sheet")

LONG = Named(
    "广西壮族自治区柳州市三江侗族自治县老年人营养午餐低盐低脂紫苏煎豆腐焖鲜笋五花肉" * 2, "Very long " * 20
)


def foot_of(pdf: bytes, language: str) -> list[int]:
    """The five figures at the foot, in the order of `FOOT`."""
    words = Words(language)
    found = figures(pdf, [words(label) for label in FOOT])
    return [found[words(label)][-1] for label in FOOT]


def foot(paper: ProductionSheet) -> list[int]:
    """What those figures must be."""
    lost = max(paper.portions_left_out, paper.portions_ordered - paper.portions_on_sheet)
    sums = [paper.portions_on_sheet, paper.portions_extra, paper.portions_cooked]
    return [paper.portions_ordered, *sums, lost]


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_totals_are_read_back_from_the_text(language: str):
    """Tests that the foot's figures stand in the file's text, with nobody on no sheet."""
    paper = papers.production_sheet()

    rendered = render(paper, language)

    assert foot_of(rendered.pdf, language) == foot(paper)
    assert foot(paper)[-1] == 0
    assert rendered.findings == ()
    assert rendered.pages == len(pages_text(rendered.pdf))


@settings(max_examples=12, deadline=None)
@given(
    portions=st.lists(st.integers(2, 2000), max_size=5),
    extras=st.lists(st.integers(1, 40), max_size=3),
    lost=st.integers(0, 3),
    language=st.sampled_from(papers.LANGUAGES),
)
def test_totals_of_any_sheet_are_read_back(portions: list[int], extras: list[int], lost: int, language: str):
    """Tests that whatever is cooked, the printed sums are the sums of the loads."""
    added = tuple(Extra("sample", count) for count in extras)
    loads = [
        replace(papers.pan_load(number, portions=count), extras=added)
        for number, count in enumerate(portions)
    ]
    left_out = tuple(LeftOut(f"O{i}", "韦桂兰", papers.DISHES[i], 1) for i in range(lost))
    paper = papers.production_sheet(loads, specials=lost, left_out=left_out)

    assert foot_of(render(paper, language).pdf, language) == foot(paper)


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_whoever_is_on_no_sheet_is_named(language: str):
    """Tests that a lost portion is counted and its diner named."""
    lost = LeftOut("O0231", "覃玉珍", papers.DISHES[3], 2)

    rendered = render(papers.production_sheet(left_out=(lost,)), language)

    text = "".join(pages_text(rendered.pdf))
    assert foot_of(rendered.pdf, language)[-1] == 2
    assert "O0231" in text and "覃玉珍" in text


def test_sums_that_do_not_add_up_are_a_finding():
    """Tests that ordered portions that are neither cooked nor named are printed as lost and reported."""
    paper = papers.production_sheet()
    paper = replace(paper, portions_ordered=paper.portions_ordered + 3)

    rendered = render(paper, "en")

    assert foot_of(rendered.pdf, "en")[-1] == 3
    on_sheet = paper.portions_on_sheet
    params = {"ordered": on_sheet + 3, "on_sheet": on_sheet, "left_out": 0}
    assert rendered.findings == (Coded("sheet_totals_differ", params),)


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_specials_stand_before_every_pan_load(language: str):
    """Tests that sealed containers come first, and special loads before the earlier ones of others."""
    loads = [papers.pan_load(8), papers.pan_load(9, special=True)]

    text = "".join(pages_text(render(papers.production_sheet(loads), language).pdf))

    assert text.index("X40") < text.index("王秀英") < text.index("B09") < text.index("B08")


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_thirty_loads_lose_nothing_over_the_pages(language: str):
    """Tests that every load, long name and ingredient is whole on some page, each with its n / m."""
    loads = [replace(papers.pan_load(number), code=f"B{number:03d}") for number in range(30)]
    loads[7] = replace(loads[7], dish=LONG, equipment="一号厨房热加工间东侧可倾式电磁大炒锅(带搅拌)第二台")
    many = tuple(Amount(Named(f"配料{i}", f"Ingredient {i}"), 1000 * i) for i in range(1, 151))
    loads[11] = replace(loads[11], amounts=many)
    words = Words(language)

    rendered = render(papers.production_sheet(loads, specials=40), language)

    pages = pages_text(rendered.pdf)
    text = squeezed("".join(pages))
    assert all(load.code in text for load in loads)
    assert squeezed(LONG.called(language)) in text
    assert squeezed(loads[7].equipment) in text
    assert all(squeezed(amount.food.called(language)) in text for amount in many)
    for number, page in enumerate(pages, start=1):
        assert words("page {page} / {pages}", page=number, pages=len(pages)) in page


def test_rare_characters_stay_legible_and_are_reported():
    """Tests that a character the typefaces lack is printed with its code point and named as a finding."""
    meal = replace(papers.special_meal(0), diner="王𠮷龘")
    paper = replace(papers.production_sheet(), specials=(meal,))

    rendered = render(paper, "zh_CN")

    assert "王〓(U+20BB7)龘" in squeezed("".join(pages_text(rendered.pdf)))
    assert rendered.findings == (Coded("glyph_missing", {"code_point": "U+20BB7", "text": "王𠮷龘"}),)


def test_the_same_sheet_is_the_same_file():
    """Tests that printing twice gives the same bytes."""
    paper = papers.production_sheet()

    assert render(paper, "en").pdf == render(paper, "en").pdf


def test_a_load_cooked_the_day_before_shows_its_day():
    """Tests that an hour of another day is printed with that day."""
    load: PanLoad = replace(papers.pan_load(1), start_at=papers.at("21:30", days=-1))

    text = "".join(pages_text(render(papers.production_sheet([load]), "zh_CN").pdf))

    assert "11月22日 21:30" in text


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_a_load_outside_its_window_says_what_holds_it(language: str):
    """Tests that lateness, its reason and what would help are on the paper in words, none of them lost."""
    late = Coded("batch_late", {"batch": "B01", "minutes": 12})
    held = Coded("late_equipment_taken", {"batch": "B01", "equipment": "wok", "holders": "B02 B03"})
    helps = Coded("late_help_piece", {"equipment": "wok", "minutes": 12})
    paper = papers.production_sheet([replace(papers.pan_load(1), notes=(late, held)), papers.pan_load(2)])

    text = squeezed("".join(pages_text(render(replace(paper, helps=(helps,)), language).pdf)))

    assert [text.count(squeezed(say(one, language))) for one in (late, held, helps)] == [1, 1, 1]


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_the_sheet_says_which_containers_it_leaves_to_their_labels(language: str):
    """Tests that containers without a row are counted, so that sheet and labels agree on what there is."""
    sheet = replace(papers.production_sheet(specials=4), sealed=SealedCount(4, 12, 3, 7))
    said = squeezed("".join(pages_text(render(sheet, language).pdf)))
    told = "Not listed: {others} containers of other diners, {portions} portions made otherwise for them. "
    told = Words(language)(told + "Container labels: {labels}.", others=3, portions=7, labels=7)
    assert squeezed(told) in said
    assert (
        squeezed(Words(language)("allergic diners {diners}, portions {portions}", diners=4, portions=12))
        in said
    )
