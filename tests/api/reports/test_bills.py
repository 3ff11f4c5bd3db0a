"""The bureau's spreadsheet: every meal once, sums that agree, no formula from a name."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from api.reports.bills import BilledMeal, bills_csv, bills_xlsx, sites_frame
from api.reports.facts import Named
from orders.bills import Bill, MealEvent
from orders.codes import Coded


def meal(number: int, site: str, diner: str = "张三") -> BilledMeal:
    at = datetime(2026, 11, 23, 4, tzinfo=UTC)
    event = MealEvent(
        f"o{number}", f"000{number}", "d", site, date(2026, 11, 23), "lunch", 1200, "served", at
    )
    why = (Coded("no_benefit"),)
    return BilledMeal(
        Bill(event, "class2", 500, 700, 0, "p", "liuzhou", 1, why), diner, site, Named("二类", "Two")
    )


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_sums_of_the_canteens_are_those_of_their_meals(language):
    """
    Tests meals and amounts of each canteen and of the last row.
    """
    frame = sites_frame([meal(1, "C01"), meal(2, "C01"), meal(3, "C02")], language)
    assert frame.iloc[:, 1].tolist() == [2, 1, 3]
    assert frame.iloc[:, 3].tolist() == [10.0, 5.0, 15.0]


def test_a_name_that_looks_like_a_formula_stays_a_name():
    """
    Tests that neither file lets a spreadsheet run a diner's name.
    """
    odd = [replace(meal(1, "C01"), diner="=1+1")]
    assert "'=1+1" in bills_csv(odd, "en").decode("utf-8-sig")
    sheets = pd.read_excel(io.BytesIO(bills_xlsx(odd, "en")), sheet_name=None, dtype=str, engine="calamine")
    assert sheets["Meals"]["Diner"].tolist() == ["=1+1"]
    assert sheets["Canteens"].shape == (2, 6)
