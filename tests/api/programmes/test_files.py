"""Finding a programme, a city's file over its base, and what a file is refused for."""

from pathlib import Path

import pytest

from api.errors import in_words
from api.paths import config_dir
from api.programmes.explain import switch_views
from api.programmes.files import check_table, find_programme, packaged_programmes
from api.programmes.findings import findings
from api.programmes.template import city_file
from orders.errors import BadInput
from orders.programmes.schema import read_programme, unset_amounts

CITY = """\
schema = 1
id = "my-city"
revision = 1
status = "active"
base = "guangdong-2018"

[set]
"benefit.four-way.steps[0].amount" = "2.00"
"benefit.four-way.steps[1].amount" = "3.00"
"benefit.four-way.steps[2].amount" = "1.00"
"benefit.operator-grant.amount" = "1.00"
"settlement.city-defined.pay_by" = "month"
"settlement.city-defined.payer" = "government"
"settlement.city-defined.payee" = "operator"
"""


def _codes(ref: str | Path) -> list[str]:
    table, programme = check_table(find_programme(ref))
    return [one.code for one in findings(table, programme)]


@pytest.mark.parametrize(
    "ref",
    ["changping-2023", "config/programmes/changping-2023.toml", "programmes/changping-2023.toml"],
)
def test_a_programme_is_found_by_id_and_path_from_any_folder(
    ref: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Tests a packaged id and paths as seen from the project, while standing elsewhere.
    """
    monkeypatch.chdir(tmp_path)
    assert find_programme(ref)["id"] == "changping-2023"


def test_a_file_beside_oneself_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Tests that a relative path is read from where one stands.
    """
    own = tmp_path / "config/programmes"
    own.mkdir(parents=True)
    text = (config_dir() / "programmes/changping-2023.toml").read_text("utf-8")
    (own / "changping-2023.toml").write_text(text.replace('amount = "5.00"', 'amount = "6.00"'), "utf-8-sig")
    monkeypatch.chdir(tmp_path)
    assert find_programme("config/programmes/changping-2023.toml")["benefit"][0]["amount"] == "6.00"


def test_every_packaged_programme_is_found() -> None:
    """
    Tests the five plans and the example's own.
    """
    assert set(packaged_programmes()) >= {
        *("changping-2023", "guangdong-2018", "jianxi-2019", "liuzhou-2020", "qidong-2022"),
        "liuzhou-example",
    }


def test_an_unknown_programme_names_the_nearest() -> None:
    """
    Tests a misspelt id and a misspelt path.
    """
    for ref in ("chanping-2023", "config/programmes/chanping-2023.toml"):
        with pytest.raises(BadInput) as refused:
            find_programme(ref)
        assert refused.value.params["near"] == "changping-2023"


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("schema = 1\nid = x\n", "programme_faulty", "line 2"),
        ('base = "guangdong-2081"\n', "programme_unknown", "guangdong-2018"),
        ('base = "city.toml"\n', "programme_own_base", "city.toml"),
        (
            'base = "guangdong-2018"\n[set]\n"circel.mode" = "x"\n"nosuch.a" = 1\n',
            "programme_faulty",
            "circle",
        ),
        (b"\xff\xfe", "programme_unreadable", "utf-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    tmp_path: Path, text: str | bytes, code: str, hint: str
) -> None:
    """
    Tests a fault of the syntax with its line, a lost base, a circle, keys of a city that lead nowhere, bytes.
    """
    path = tmp_path / "city.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadInput) as refused:
        find_programme(path)
    assert refused.value.code == code
    assert hint in in_words(refused.value, "en")
    assert code != "programme_faulty" or "set" not in str(text) or refused.value.params["count"] == 2


def test_a_city_completes_the_template(tmp_path: Path) -> None:
    """
    Tests that a city's file over the template has every amount set and nothing left to find.
    """
    path = tmp_path / "my-city.toml"
    path.write_text(CITY, "utf-8")
    programme = check_table(find_programme(path))[1]
    assert unset_amounts(programme) == []
    assert (programme.id, programme.status, programme.base) == ("my-city", "active", "guangdong-2018")
    assert _codes(path) == []


def test_a_base_may_lie_beside_the_file(tmp_path: Path) -> None:
    """
    Tests that a district's file stands on its city's.
    """
    (tmp_path / "city.toml").write_text(CITY, "utf-8")
    district = tmp_path / "district.toml"
    district.write_text('id = "d"\nbase = "city.toml"\n[set]\n"operator-grant.amount" = "2.00"\n', "utf-8")
    table = find_programme(district)
    assert (table["id"], table["benefit"][1]["amount"]) == ("d", "2.00")


def test_the_city_file_to_begin_with_names_what_is_unset(tmp_path: Path) -> None:
    """
    Tests that it validates as printed, and that filling it completes the template.
    """
    path = tmp_path / "my-city.toml"
    text = city_file(read_programme(find_programme("guangdong-2018")))
    path.write_text(text, "utf-8")
    assert _codes(path) == ["programme_amounts_unset"]
    filled = text.replace('pay_by" = "unset"', 'pay_by" = "month"').replace('"unset"', '"1.00"')
    path.write_text(filled, "utf-8")
    assert _codes(path) == []


def test_what_is_found_is_named() -> None:
    """
    Tests the findings of the packaged plans, and of one that is spoilt in several ways.
    """
    assert _codes("guangdong-2018") == ["programme_amounts_unset"]
    assert _codes("liuzhou-2020") == []
    assert _codes("qidong-2022") == ["programme_example_rate", "programme_example_rate"]
    table = find_programme("liuzhou-2020")
    table["settlement"][0]["benefits"] = []
    table["programme"] |= {"valid_from": "2016-01-01", "valid_to": "2018-12-31"}
    table["ambiguity"][0]["chosen"] = "traditional"
    table["ambiguity"][1]["options"].append("sometimes")
    del table["party"]["district-finance"]
    found = findings(table, read_programme(table))
    assert switch_views(table, read_programme(table), "en")[1].options[-1].says == ()
    assert [one.code for one in found] == [
        "programme_switch_doubtful",
        "programme_switch_broken",
        "fault_option",
        "programme_unsettled",
        "calendar_year_unknown",
        "calendar_year_unknown",
        "programme_words_missing",
    ]
