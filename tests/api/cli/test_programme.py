"""The programme commands: what they print, and that each document is as its schema says."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.api.cli.in_process import run

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"


def document(data: Path, command: str, *arguments: str) -> dict[str, Any]:
    """The JSON document of a command, checked against its schema."""
    done = run(data, "programme", command, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    schema = json.loads((SCHEMAS / f"programme-{command}.json").read_text("utf-8"))
    jsonschema_rs.validate(schema, found)
    return found


def test_check_says_every_rule_in_both_languages(tmp_path: Path) -> None:
    """
    Tests rules with their clause and the mark of a system default, switches, and the languages.
    """
    both = run(tmp_path, "programme", "check", "changping-2023").stdout
    assert "单笔付款超过5.00元（不含本数）才享受。 [第十九条; C2; C3]" in both
    assert "Only when the single payment is more than 5.00 yuan. [第十九条; C2; C3]" in both
    assert "People of no class pay the list price. [system default]" in both
    assert "[gt] | gte" in both
    chinese = run(tmp_path, "programme", "check", "changping-2023", "--language", "zh").stdout
    assert "Only when" not in chinese
    changed = run(
        tmp_path, "programme", "check", "changping-2023", "--set", "C2=gte", "--language", "en"
    ).stdout
    assert "Only when the single payment is 5.00 yuan or more." in changed
    found = document(tmp_path, "check", "guangdong-2018")
    assert [one["code"] for one in found["findings"]] == ["programme_amounts_unset"]
    assert "four-way.steps[0].amount" in found["unset"]


def test_check_refuses_with_every_fault(tmp_path: Path) -> None:
    """
    Tests that a faulty file leaves 1, and all of its faults are told.
    """
    path = tmp_path / "bad.toml"
    plan = (SCHEMAS.parents[1] / "config/programmes/jianxi-2019.toml").read_text("utf-8")
    plan = plan.replace("days_ahead", "day_ahead").replace('amount = "300000.00"', "amount = 300000.0")
    path.write_text(plan, "utf-8")
    done = run(tmp_path, "programme", "check", str(path), "--json")
    refused = json.loads(done.stdout)["refused"]
    assert done.returncode == 1
    assert "“day_ahead”; the nearest is “days_ahead”" in refused["detail"]
    assert "benefit.bath-centre-construction.A.amount" in refused["detail"].replace("tier.", "")
    assert refused["params"]["count"] == 4


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("C2", "benefit.meal-5.price_test = gte"),
        ("meal-5.amount", "pay 5.00 yuan less for a meal"),
        ("ordering.cutoff_time", "Orders close at 09:00"),
        ("site.max_floor", "not set"),
    ],
)
def test_explain_says_what_a_switch_or_key_means(tmp_path: Path, name: str, expected: str) -> None:
    """
    Tests a switch with its options, keys that are set, and one that is not.
    """
    assert expected in run(tmp_path, "programme", "explain", "changping-2023", name).stdout
    document(tmp_path, "explain", "changping-2023", name)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("meal-5.amout", "benefit.meal-5.amount"),
        ("C22", "C2"),
        ("benefit.meal5.amount", "benefit.meal-5.amount"),
    ],
)
def test_explain_names_the_nearest(tmp_path: Path, name: str, near: str) -> None:
    """
    Tests that a key or switch that is not there is refused with the nearest.
    """
    done = run(tmp_path, "programme", "explain", "changping-2023", name)
    assert done.returncode == 1
    assert near in done.stderr


def test_a_revision_is_kept_and_compared(tmp_path: Path) -> None:
    """
    Tests add, revise, diff of two kept revisions and the list, from the command line.
    """
    file = tmp_path / "template.toml"
    file.write_text(document(tmp_path, "template", "guangdong-2018")["file"], "utf-8")
    assert document(tmp_path, "add", str(file))["revision"] == 1
    reason = ["--reason", "first amount", "--valid-from", "2027-01-01"]
    revised = document(tmp_path, "revise", "my-city", "--set", "operator-grant.amount=1.00", *reason)
    assert (revised["revision"], revised["valid_from"]) == (2, "2027-01-01")
    found = document(tmp_path, "diff", "my-city@1", "my-city@2")["differences"]
    held = {one["key"]: (one["kind"], one["before"], one["after"]) for one in found}
    assert held["benefit.operator-grant.amount"] == ("changed", "unset", "1.00")
    assert held["revision_note"] == ("added", "", "first amount")
    told = run(tmp_path, "programme", "diff", "my-city@1", "my-city@2").stdout
    assert "~ benefit.operator-grant.amount: unset -> 1.00" in told
    listed = {one["programme"]: one for one in document(tmp_path, "list")["programmes"]}
    assert (listed["my-city"]["kept"], listed["my-city"]["revision"]) == (True, 2)
    assert (listed["qidong-2022"]["kept"], listed["qidong-2022"]["valid_from"]) == (False, None)
    assert run(tmp_path, "programme", "revise", "my-city").returncode == 2


def test_two_equal_programmes_do_not_differ(tmp_path: Path) -> None:
    """
    Tests that nothing is found between a file and itself, and the exit code stays 0.
    """
    assert (
        document(tmp_path, "diff", "qidong-2022", "config/programmes/qidong-2022.toml")["differences"] == []
    )
    assert "No difference." in run(tmp_path, "programme", "diff", "qidong-2022", "qidong-2022").stdout
