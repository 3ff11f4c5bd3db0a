"""What ``holdchain day plan --explain`` prints."""

from collections.abc import Mapping
from typing import Any

from api.cli.common import Out, cli_language

COSTS_LINE = (
    "Costs in yuan: days of vehicles {fixed}, departures {departures}, way {metres}, time {seconds}; "
    "in all {driven}"
)
SLACK_HEAD = "In hand, minutes: to the window, to the food's clock, in all; what breaks first"
SLACK_LINE = "{trip}  {stop}  {window_minutes}  {food_minutes}  {later_minutes}  {words}"
ALL_SERVED = "Every box has its van."
JOINT_LINE = "One change for all of them: {words}"
MILLS_A_FEN = 1000


def say_explained(out: Out, facts: Mapping[str, Any]) -> None:
    """Costs by part, what each stop has in hand; for each stop left out its reason and cheapest change."""
    from api.words import gettext
    from orders.money import yuan

    language = cli_language()
    costs = {name: yuan(mills // MILLS_A_FEN) for name, mills in facts["costs_mills"].items()}
    out.line(gettext(COSTS_LINE, language).format(**costs))
    out.line(gettext(SLACK_HEAD, language))
    for row in facts["slack"]:
        out.line(SLACK_LINE.format(**row, words=row["bound"]["words"]))
    if not facts["unserved"]:
        out.line(gettext(ALL_SERVED, language))
    for left in facts["unserved"]:
        out.line(f"{' '.join(left['boxes'])}  {left['reason']['words']}")
        if left["change"] is not None:
            out.line(f"  -> {left['change']['words']}")
    if facts["joint"] is not None:
        out.line(gettext(JOINT_LINE, language).format(words=facts["joint"]["words"]))
