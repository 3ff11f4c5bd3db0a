"""The packaged plans: each validates, and each unclear clause can be taken each way."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from api.paths import config_dir
from orders.programmes.schema import read_programme, unset_amounts
from orders.programmes.switches import doubtful, in_force, with_settings
from orders.programmes.tables import assign, value_at

CLOSED = ("calendar.closed_dates", ["2020-11-05", "2020-11-06"])
PLANS = {
    path.stem: tomllib.loads(path.read_text("utf-8"))
    for path in sorted((config_dir() / "programmes").glob("*.toml"))
}


def _switches() -> Iterator[tuple[str, str, str]]:
    for name, table in PLANS.items():
        for entry in table["ambiguity"]:
            for option in entry["options"]:
                yield name, entry["id"], str(option).lower() if isinstance(option, bool) else str(option)


def _entry(table: dict[str, Any], switch: str) -> dict[str, Any]:
    return next(one for one in table["ambiguity"] if one["id"] == switch)


@pytest.mark.parametrize("name", PLANS)
def test_a_packaged_plan_is_what_its_switches_say(name: str) -> None:
    """
    Tests that each plan validates under its file's name, and each chosen option is what the file holds.
    """
    table = PLANS[name]
    programme = read_programme(table)
    assert programme.id == name
    assert doubtful(table, programme) == []
    assert [one.id for one in programme.ambiguities if one.chosen not in one.options] == []


@pytest.mark.parametrize(("name", "switch", "option"), list(_switches()))
def test_every_option_of_every_switch_applies(name: str, switch: str, option: str) -> None:
    """
    Tests that an option sets keys that are there, gives a valid programme, and is then in force.
    """
    changed = with_settings(PLANS[name], [f"{switch}={option}"])
    programme = read_programme(changed)
    entry = _entry(changed, switch)
    assert in_force(changed, entry) == entry["chosen"]
    assert doubtful(changed, programme) == []


@pytest.mark.parametrize("name", PLANS)
def test_every_question_is_asked_in_both_languages(name: str) -> None:
    """
    Tests that no question is left in one language only.
    """
    for one in read_programme(PLANS[name]).ambiguities:
        assert one.question.zh != one.question.en, one.id
        assert one.question.zh and one.question.en


@pytest.mark.parametrize(
    ("name", "settings", "key", "value"),
    [
        ("liuzhou-2020", ["A2=open"], "calendar.makeup_workdays", "open"),
        ("changping-2023", ["C2=gte"], "benefit.meal-5.price_test", "gte"),
        (
            "changping-2023",
            ["C4=platform+site_card"],
            "ordering.platform_channels",
            ["platform", "site_card"],
        ),
        ("changping-2023", ["C7=anyone"], "benefit.site-order-3.classes", []),
        ("changping-2023", ["C5=pay"], "outcomes.no_show.site_fee", "pay"),
        ("changping-2023", ["meal-5.amount=6.00"], "benefit.meal-5.amount", "6.00"),
        ("qidong-2022", ["Q2=debit_price"], "benefit.free-meals.over_standard", "diner_pays_difference"),
        (
            "qidong-2022",
            ["Q2=debit_price", "Q2=not_allowed"],
            "benefit.free-meals.under_standard",
            "debit_price",
        ),
        ("qidong-2022", ["Q3=daily"], "choice.change_effective", "immediately"),
        ("qidong-2022", ["Q7=release"], "outcomes.no_show", {"diner": "charge", "subsidy": "release"}),
        ("qidong-2022", ["Q9=false"], "benefit.free-meals.consumed_is_paid", False),
        ("qidong-2022", ["Q10=run"], "rate.volunteer.per", "run"),
        ("liuzhou-2020", ["calendar.closed_dates=2020-11-05,2020-11-06"], *CLOSED),
        ("liuzhou-2020", ['calendar.closed_dates=["2020-11-05", "2020-11-06"]'], *CLOSED),
        (
            "guangdong-2018",
            ["operator-grant.classes=priority"],
            "benefit.operator-grant.classes",
            ["priority"],
        ),
        (
            "changping-2023",
            ['site-order-3.requires.channel_in=["platform", "site_card"]'],
            "benefit.site-order-3.requires.channel_in",
            ["platform", "site_card"],
        ),
        ("guangdong-2018", ["G1=70"], "class.priority.when.all[2].any[3].gte", 70),
        ("jianxi-2019", ["J2=lt 2"], "site.max_floor", 1),
        (
            "jianxi-2019",
            ["J6=linear by area"],
            "benefit.bath-centre-construction.tier.C.amount_range.decided_by",
            "linear_by_area",
        ),
    ],
)
def test_a_setting_changes_its_key(name: str, settings: list[str], key: str, value: object) -> None:
    """
    Tests single readings and single keys, as the command line gives them.
    """
    assert value_at(with_settings(PLANS[name], settings), key) == value


def test_one_requirement_of_an_award_is_replaced_alone() -> None:
    """
    Tests that J1 changes the one condition on meals and leaves the others as they were.
    """
    before = PLANS["jianxi-2019"]["benefit"][0]["requires"]
    after = with_settings(PLANS["jianxi-2019"], ["J1=gt"])["benefit"][0]["requires"]
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [
        ({"metric": "meals_per_service", "gte": 100}, {"metric": "meals_per_service", "gt": 100})
    ]


def test_only_the_template_waits_for_a_city() -> None:
    """
    Tests that the template names each amount it lacks, and no other plan lacks one.
    """
    open_keys = {name: unset_amounts(read_programme(table)) for name, table in PLANS.items()}
    assert {name: keys for name, keys in open_keys.items() if keys} == {
        "guangdong-2018": [
            "four-way.steps[0].amount",
            "four-way.steps[1].amount",
            "four-way.steps[2].amount",
            "operator-grant.amount",
            "city-defined.pay_by",
        ]
    }


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("C22=gte", "C2"),
        ("C2=greater", "gt, gte"),
        ("C2", "fault_setting"),
        ("ordering.cutof_time.x=1", "cutoff_time"),
        ("benefit.meal5.amount=6.00", "meal-5"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_there_is(text: str, hint: str) -> None:
    """
    Tests that a misspelt switch, option or key names the nearest right one.
    """
    with pytest.raises(ValueError, match=hint):
        with_settings(PLANS["changping-2023"], [text])


def test_a_key_of_a_list_without_a_name_means_every_entry() -> None:
    """
    Tests that `circle.mode` sets each circle, and an entry by number only itself.
    """
    table = with_settings(PLANS["guangdong-2018"], ["circle.mode=delivery"])
    assert [circle["mode"] for circle in table["circle"]] == ["delivery", "delivery"]
    assign(table, "circle[1].mode", "walk")
    assert [circle["mode"] for circle in table["circle"]] == ["delivery", "walk"]
