"""The peer of settling: one plan's diner subsidy, written out by hand over whole columns."""

from pathlib import Path

AMOUNT_FEN = 500


def subsidy_by_pandas(people: Path, orders: Path) -> int:
    """
    The month's diner subsidy of the plan that the benchmark settles, fen; nothing else of it.

    It knows the plan's clauses as code: no explanations, no statements, no switches, no other programme.
    """
    import pandas as pd

    facts = pd.read_csv(people, dtype=str).pivot(index="person_id", columns="fact", values="value")
    basic = facts[
        facts["hukou"].str.startswith("11")
        & facts["residence"].str.startswith("110114")
        & (facts["card"] == "beijing_elderly_disabled_card")
        & (facts["flag"] == "loses_ability")
    ]
    columns = ["person_id", "order_id", "service_on", "meal", "price", "bound", "paid_at", "event"]
    meals = pd.read_csv(orders, usecols=columns, dtype={"order_id": str, "person_id": str})
    meals = meals.merge(basic["born"], left_on="person_id", right_index=True)
    day, born = pd.to_datetime(meals["service_on"]), pd.to_datetime(meals["born"])
    sixty = born + pd.DateOffset(years=60)
    meals["paid"] = pd.to_datetime(meals["paid_at"])
    fits = (
        (day >= sixty)
        & meals["meal"].isin(["lunch", "dinner"])
        & (meals["bound"] == "yes")
        & (meals["price"] * 100 > AMOUNT_FEN)
    )
    first = meals[fits].sort_values(["paid", "order_id"]).drop_duplicates(["person_id", "service_on"])
    return int((first["event"] == "served").sum()) * AMOUNT_FEN
