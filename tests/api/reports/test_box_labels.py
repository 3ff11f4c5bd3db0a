"""Tests of the box labels."""

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from api.reports.box_labels import render
from api.reports.facts import Named
from api.reports.label_facts import BoxLabels, LabelDish, LabelPan
from api.reports.roll_facts import LabelOverflow
from api.reports.wording import Words
from tests.api.reports import papers
from tests.api.reports.readback import figures, pages_text, squeezed


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 400), min_size=1, max_size=4), max_size=12),
    st.sampled_from(papers.LANGUAGES),
)
def test_boxes_and_portions_are_read_back(contents: list[list[int]], language: str):
    """Tests that the sums in each page's foot are those of the boxes."""
    labels = tuple(
        replace(
            papers.box_label(number),
            dishes=tuple(LabelDish(papers.DISHES[i], None, count) for i, count in enumerate(counts)),
        )
        for number, counts in enumerate(contents)
    )
    paper = replace(papers.box_labels(), labels=labels)
    words = Words(language)

    found = figures(render(paper, language).pdf, [f"\n{words('Boxes')}", f"\n{words('Portions')}"])

    assert set(found[f"\n{words('Boxes')}"]) == {len(contents)}
    assert set(found[f"\n{words('Portions')}"]) == {sum(map(sum, contents))}


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_a_label_says_what_the_law_wants(language: str):
    """Tests that every field of a collective meal's container is on each label."""
    paper = replace(papers.box_labels(), labels=(papers.box_label(3), papers.box_label(4)))
    kitchen = paper.head.kitchen

    text = squeezed("".join(pages_text(render(paper, language).pdf)))

    for wanted in (kitchen.name, kitchen.address, kitchen.licence_no, kitchen.phone, "2026-11-23 09:05"):
        assert text.count(squeezed(wanted)) == 2
    for wanted in (
        "09:05",
        "11:20",
        "13:05",
        "X03",
        "T1-4",
        "覃玉珍",
        "60℃",
        "8℃",
        paper.labels[0].carrier_code,
    ):
        assert wanted in text
    for label in paper.labels:
        for name in (
            *(dish.dish for dish in label.dishes),
            *label.contains,
            *label.may_contain,
            *label.avoid,
        ):
            assert squeezed(name.called(language)) in text


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_a_content_too_long_for_one_label_goes_on_over_more(language: str):
    """Tests that thirty dishes with long names all stand on numbered labels of the same box."""
    names = [
        Named(f"{i:02d}号{papers.DISHES[0].zh * 3}", f"No {i:02d} {papers.DISHES[1].en * 2}")
        for i in range(30)
    ]
    label = replace(
        papers.box_label(3),
        dishes=tuple(LabelDish(name, papers.SOFT, 3) for name in names),
        stop="广西壮族自治区柳州市三江侗族自治县古宜镇江峰街社区居家养老服务中心第二长者饭堂" * 2,
        for_diner="阿卜杜热合曼·买买提吐尔逊江𠮷",
    )

    rendered = render(replace(papers.box_labels(), labels=(label,)), language)

    text = squeezed("".join(pages_text(rendered.pdf)))
    assert all(squeezed(name.called(language)) in text for name in names)
    assert squeezed(label.stop) in text
    assert "吐尔逊江〓(U+20BB7)" in text
    assert "(1/" in text and "(2/" in text
    assert [finding.code for finding in rendered.findings] == ["glyph_missing"]


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_a_sealed_meal_says_name_and_colour(language: str):
    """Tests that the diner's name is set in 14 pt or more and the container's colour stands as a word."""
    label = replace(
        papers.box_label(3),
        for_diner="阿卜杜热合曼·买买提吐尔逊江 LZ00042",
        diner_code="LZ00042",
        colour=Named("橙色", "orange"),
    )
    (page,) = PdfReader(BytesIO(render(replace(papers.box_labels(), labels=(label,)), language).pdf)).pages
    set_in: dict[str, float] = {}
    page.extract_text(visitor_text=lambda text, _, at, __, size_pt: set_in.update({text.strip(): size_pt}))

    name = [text for text in set_in if text and text in "阿卜杜热合曼·买买提吐尔逊江"]
    assert "".join(name) == "阿卜杜热合曼·买买提吐尔逊江"
    assert all(set_in[text] >= 14 for text in name)
    said = squeezed(page.extract_text())
    assert squeezed({"zh_CN": "橙色容器", "en": "orange container"}[language]) in said
    assert "LZ00042" in said


def test_cold_food_is_not_said_to_be_eaten_as_it_is():
    """Tests that the way of eating on a cold box is that of cold food."""
    hot, cold = (replace(papers.box_label(2), hold_class=hold) for hold in ("hot", "cold"))
    texts = [
        "".join(pages_text(render(replace(papers.box_labels(), labels=(one,)), "zh_CN").pdf))
        for one in (hot, cold)
    ]
    assert ["开盖即食" in text for text in texts] == [True, False]
    assert "加热" in texts[1]


def test_a_name_that_finds_no_room_in_14_pt_is_refused():
    """Tests that it is not set smaller, and that the refusal names label and diner."""
    label = replace(papers.box_label(3), for_diner="阿卜杜热合曼" * 5)
    with pytest.raises(LabelOverflow) as refused:
        render(replace(papers.box_labels(), labels=(label,)), "zh_CN")
    assert refused.value.too_long == {"X03": "阿卜杜热合曼" * 5}


def test_a_bulk_box_says_what_is_in_each_pan():
    """Tests that pan, dish, batch, GN size, net weight and portions stand on the label, one line a pan."""
    dish = papers.DISHES[0]
    pans = (LabelPan(1, "1/1-65", dish, ("B03",), 40, 5_200), LabelPan(2, "", dish, ("B03", "B04"), 8, 1_040))
    label = replace(papers.box_label(2), dishes=(LabelDish(dish, None, 48),), pans=pans)
    said = squeezed("".join(pages_text(render(replace(papers.box_labels(), labels=(label,)), "en").pdf)))
    assert squeezed(f"1 {dish.en} B03 1/1-65 5.20 kg") in said
    assert squeezed(f"2 {dish.en} B03 B04 1.04 kg") in said


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_no_weight_stands_alone_on_a_line(language: str):
    """Tests that a pan is set smaller where its weight would fall off the line, or falls with its size."""
    long = Named("番茄牛腩炖土豆", "Braised eggplant with minced pork and so on")
    pans = tuple(LabelPan(number, "1/6-65", long, ("B03", "B04"), 4, 816) for number in (1, 2, 3))
    label = replace(papers.box_label(2), dishes=(LabelDish(long, None, 12),), pans=pans)
    (text,) = pages_text(render(replace(papers.box_labels(), labels=(label,)), language).pdf)
    weighed = [line for line in text.replace("\u00a0", " ").splitlines() if "816 g" in line]
    assert len(weighed) == 3 and all("1/6-65" in line for line in weighed)
    assert language == "en" or all("B04" in line for line in weighed)


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_a_meal_of_ten_dishes_is_readable(language: str):
    """Tests that its name has 14 pt, its dishes 7.5 pt or more, and how many labels it takes."""
    label = papers.box_label(3, dishes=7)
    more = tuple(LabelDish(Named(f"{one.zh}二", f"{one.en} II"), None, 1) for one in papers.DISHES[:3])
    rendered = render(
        replace(papers.box_labels(), labels=(replace(label, dishes=label.dishes + more),)), language
    )
    (page,) = PdfReader(BytesIO(rendered.pdf)).pages
    sizes: dict[str, float] = {}
    page.extract_text(visitor_text=lambda text, _, at, __, size_pt: sizes.update({text.strip(): size_pt}))
    assert sizes["覃玉珍"] >= 14
    wanted = [
        text
        for text, size_pt in sizes.items()
        if any(text and text in one.called(language) for one in papers.DISHES)
    ]
    assert wanted and min(sizes[text] for text in wanted) >= 7.5
    assert page.extract_text().count("X03") == {"zh_CN": 1, "en": 3}[language]


def test_a_dish_of_several_forms_stands_once():
    """Tests that a box's label counts a dish's forms in one line: seven, two of them small."""
    dish, small = papers.DISHES[0], Named("小份", "Small")
    dishes = (LabelDish(dish, None, 5), LabelDish(papers.DISHES[6], None, 1), LabelDish(dish, small, 2))
    paper = replace(papers.box_labels(), labels=(replace(papers.box_label(2), dishes=dishes),))
    text = squeezed("".join(pages_text(render(paper, "zh_CN").pdf)))
    assert f"{dish.zh}（小份2）7" in text and text.count(dish.zh) == 1


def test_sixty_labels_fill_eight_sheets():
    """Tests that eight labels stand on a sheet and each box is there."""
    rendered = render(papers.box_labels(60), "zh_CN")

    pages = pages_text(rendered.pdf)
    assert rendered.pages == len(pages) == 8
    assert "第 8 / 8 页" in pages[-1]
    assert all(f"X{number:02d}" in "".join(pages) for number in range(1, 61))


def test_no_box_is_one_empty_sheet():
    """Tests that a day without boxes still prints a sheet that says so."""
    paper = BoxLabels(papers.head(), papers.box_labels().limits, ())

    assert figures(render(paper, "en").pdf, ["Boxes"]) == {"Boxes": [0]}


def test_a_label_out_of_order_in_time_is_refused():
    """Tests that food handed over after it may be eaten gets no label."""
    with pytest.raises(ValueError, match="in this order"):
        replace(papers.box_label(1), deliver_by_at=papers.at("13:30"))


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_allergens_stand_on_every_label_of_a_box(language: str):
    """Tests that a box with more than one label says its allergens on each."""
    label = replace(
        papers.box_label(3, dishes=7), contains=(papers.EGG, papers.SOY), may_contain=(papers.FISH,)
    )
    names = [
        Named(f"{number}号{one.zh}", f"No {number} {one.en}") for number in range(5) for one in papers.DISHES
    ]
    label = replace(label, dishes=tuple(LabelDish(name, None, 2) for name in names))
    words = Words(language)

    text = squeezed(pages_text(render(replace(papers.box_labels(), labels=(label,)), language).pdf)[0])

    labels = text.count("X03")
    assert labels > 1
    assert (
        text.count(squeezed(words("May contain: {allergens}", allergens=papers.FISH.called(language))))
        == labels
    )
