"""The bureau's spreadsheet: a service's meals and its sites, as CSV and XLSX."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from api.reports.facts import Named
from api.reports.workbook import as_text
from api.words import gettext, say
from orders.bills import Bill

MEAL_COLUMNS = (
    "Order",
    "Diner",
    "Canteen",
    "Class",
    "Outcome",
    "Price",
    "Subsidy",
    "Diner pays",
    "Site bears",
    "Why",
)
AMOUNTS = ("Price", "Subsidy", "Diner pays", "Site bears")


@dataclass(frozen=True, slots=True)
class BilledMeal:
    """
    One settled meal, with the names that its bill does not have.

    Parameters
    ----------
    bill
        Who pays what, and why.
    diner, site
        As people call them.
    class_name
        The diner's class, None for none.
    """

    bill: Bill
    diner: str
    site: str
    class_name: Named | None


def meals_frame(meals: Sequence[BilledMeal], language: str) -> pd.DataFrame:
    """One row a settled meal, amounts in yuan, titles in the language."""
    rows = [_row(meal, language) for meal in meals]
    return pd.DataFrame(rows, columns=[gettext(title, language) for title in MEAL_COLUMNS])


def sites_frame(meals: Sequence[BilledMeal], language: str) -> pd.DataFrame:
    """One row a canteen: its meals and its amounts added up, and a last row with the total."""
    frame, site = meals_frame(meals, language), gettext("Canteen", language)
    amounts = [gettext(title, language) for title in AMOUNTS]
    by_site = frame.groupby(site, sort=True)
    sums = by_site[amounts].sum().round(2)
    sums.insert(0, gettext("Meals", language), by_site.size())
    sums.loc[gettext("Total", language)] = sums.sum().round(2)
    return sums.reset_index(names=site)


def bills_csv(meals: Sequence[BilledMeal], language: str) -> bytes:
    """The meals as UTF-8 with BOM, as spreadsheet programs expect; a text never acts as a formula."""
    frame = meals_frame(meals, language)
    amounts = {gettext(title, language) for title in AMOUNTS}
    for title in frame.columns.difference(list(amounts)):
        frame[title] = frame[title].map(as_text)
    return frame.to_csv(index=False, float_format="%.2f").encode("utf-8-sig")


def bills_xlsx(meals: Sequence[BilledMeal], language: str) -> bytes:
    """Two sheets: the canteens with their sums, and every meal."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs={"options": options}) as book:
        for name, frame in (
            (gettext("Canteens", language), sites_frame(meals, language)),
            (gettext("Meals", language), meals_frame(meals, language)),
        ):
            frame.to_excel(book, sheet_name=name, index=False, freeze_panes=(1, 0), float_format="%.2f")
            book.sheets[name].autofit()
    return buffer.getvalue()


def _row(meal: BilledMeal, language: str) -> tuple[str | float, ...]:
    bill = meal.bill
    amounts = (bill.event.price_fen, bill.subsidy_fen, bill.diner_fen, bill.site_bears_fen)
    return (
        bill.event.order_code,
        meal.diner,
        meal.site,
        meal.class_name.called(language) if meal.class_name else "",
        gettext(f"event.{bill.event.event}", language),
        *(amount_fen / 100 for amount_fen in amounts),
        " ".join(say(reason, language) for reason in bill.why),
    )
