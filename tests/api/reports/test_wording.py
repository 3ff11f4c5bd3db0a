"""Tests of how papers say things."""

import pytest

from api.reports.facts import Named
from api.reports.wording import (
    Words,
    bought_text,
    code_text,
    dish_text,
    fetched_text,
    names_text,
    service_text,
    time_text,
    weight_text,
)
from tests.api.reports import papers

ZH, EN = Words("zh_CN"), Words("en")


@pytest.mark.parametrize(
    ("mg", "said"),
    [
        (0, "0.0 g"),
        (460, "0.5 g"),
        (9_949, "9.9 g"),
        (9_950, "10 g"),
        (463_400, "463 g"),
        (999_499, "999 g"),
        (999_500, "1.00 kg"),
        (1_254_999, "1.25 kg"),
        (9_995_000, "10.0 kg"),
        (11_820_000, "11.8 kg"),
    ],
)
def test_a_weight_is_said_as_a_scale_shows_it(mg: int, said: str):
    """Tests that weights are rounded half up to what a kitchen scale shows, with no seam between units."""
    assert weight_text(mg) == said


@pytest.mark.parametrize(
    ("mg", "said"),
    [(101, "0.2 g"), (10_001, "11 g"), (999_001, "1.00 kg"), (1_004_000, "1.01 kg"), (12_440_000, "12.5 kg")],
)
def test_what_is_bought_is_said_rounded_up(mg: int, said: str):
    """Tests that a weight to buy or draw is never shown short."""
    assert bought_text(mg) == said


def test_days_and_times_are_local():
    """Tests that an instant is said on the kitchen's wall clock, with its day when that is another."""
    assert service_text(papers.SERVICE, ZH) == "11月23日 周一 · 午餐"
    assert service_text(papers.SERVICE, EN) == "Mon 23 Nov · Lunch"
    assert time_text(papers.at("08:05"), papers.SERVICE, ZH) == "08:05"
    assert time_text(papers.at("22:30", days=-1), papers.SERVICE, ZH) == "11月22日 22:30"
    assert time_text(papers.at("22:30", days=-1), papers.SERVICE, EN) == "22 Nov 22:30"


def test_a_code_without_a_word_is_said_as_it_is():
    """Tests that an unknown code is printed rather than lost."""
    assert code_text("purpose", "sample", ZH) == "留样"
    assert code_text("purpose", "festival", ZH) == "festival"


def test_names_are_listed_with_the_language_s_sign():
    """Tests that lists of names read as lists in both languages."""
    assert names_text((papers.EGG, papers.SOY), ZH) == "蛋类、大豆"
    assert names_text((papers.EGG, papers.SOY), EN) == "Eggs, Soybeans"


def test_a_dish_is_said_with_its_variant():
    """Tests that a dish made otherwise says so, and one without an English name keeps its own."""
    rice = Named("米饭", "")

    assert dish_text(rice, None, EN) == "米饭"
    assert dish_text(rice, papers.SOFT, ZH) == "米饭（软食）"


def test_a_name_needs_one_language():
    """Tests that a dish without any name is refused."""
    with pytest.raises(ValueError, match="needs a name"):
        Named("", "")


def test_nothing_more_is_fetched_than_goes_into_the_pan_untrimmed():
    """
    Tests that 10.04 kg of rice is one figure twice, and that what is trimmed is never short.
    """
    assert (weight_text(10_040_000), fetched_text(10_040_000, 10_040_000)) == ("10.0 kg", "10.0 kg")
    assert fetched_text(10_040_000, 10_050_000) == "10.1 kg"
