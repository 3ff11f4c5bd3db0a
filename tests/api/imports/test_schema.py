"""Columns are found by either language's header, in any order, and nothing is passed over in silence."""

import pytest

from api.imports.files import Table
from api.imports.names import folded, nearest
from api.imports.schema import KINDS, columns_of, match_columns, spelled
from orders.errors import BadInput

ROW = ((2, ("",) * 40),)


def table(*header: str) -> Table:
    """A file with this header."""
    return Table("a.csv", header, ROW)


@pytest.mark.parametrize("kind", KINDS)
def test_both_languages_and_any_order_mean_the_same(kind):
    """
    Tests Chinese headers, English ones, and the reverse order.
    """
    columns = columns_of(kind)
    for header in ([c.zh for c in columns], [c.field for c in columns]):
        assert [column for _, column in match_columns(kind, table(*header)).columns] == list(columns)
        found = match_columns(kind, table(*reversed(header))).columns
        assert {index: column.field for index, column in found} == {
            index: column.field for index, column in enumerate(reversed(columns))
        }


@pytest.mark.parametrize("kind", KINDS)
def test_no_header_means_two_columns(kind):
    """
    Tests that headers and aliases of one kind of file never overlap.
    """
    headers = [folded(h) for c in columns_of(kind) for h in {c.field, c.zh, *c.aliases}]
    assert len(headers) == len(set(headers))


def test_width_case_and_blanks_of_a_header_do_not_matter():
    """
    Tests full-width brackets, capitals and a stray blank.
    """
    header = ["订单号", "Diner_Code", "服务 日期", "餐次", "助餐点", "菜品", "价格（元）", "下单时间", "渠道"]
    fields = [column.field for _, column in match_columns("orders", table(*header)).columns]
    assert fields == [
        "code",
        "diner_code",
        "service_on",
        "meal",
        "site",
        "dishes",
        "price",
        "ordered_at",
        "channel",
    ]


def test_missing_columns_are_named_in_both_languages():
    """
    Tests that the refusal lists what lacks and what is there.
    """
    with pytest.raises(BadInput) as caught:
        match_columns("orders", table("订单号", "姓名"))
    assert caught.value.code == "import_columns_missing"
    assert "用餐人编号/diner_code" in str(caught.value.params["columns"])
    assert caught.value.params["found"] == "订单号、姓名"


@pytest.mark.parametrize("second", ["助餐点", "site", "助餐点编号"])
def test_a_column_that_stands_twice_is_refused(second):
    """
    Tests the same header, the other language's, and an alias.
    """
    header = ["用餐人编号", "姓名", "出生日期", "户籍", "居住城区", "助餐点", "用餐方式", "入住养老机构"]
    with pytest.raises(BadInput) as caught:
        match_columns("diners", table(*header, second))
    assert caught.value.params["columns"] == f"助餐点、{second}"


def test_columns_that_mean_nothing_are_listed():
    """
    Tests an unknown header and a column without one.
    """
    header = [column.zh for column in columns_of("fleet")]
    assert match_columns("fleet", table(*header, "油耗", "L")).ignored == ("油耗", "L")


def test_choices_are_spelled_in_both_languages():
    """
    Tests what a refusal offers.
    """
    meal = next(column for column in columns_of("orders") if column.field == "meal")
    assert spelled(meal) == "早餐/breakfast、午餐/lunch、晚餐/dinner"
    assert spelled(meal, ["dinner", "supper"]) == "晚餐/dinner、supper"


def test_the_nearest_name_is_offered_else_the_first_few():
    """
    Tests a slip of the hand and a name like none.
    """
    dishes = ["米饭", "红烧肉", "红烧肉炖土豆", "番茄鸡蛋汤"]
    assert nearest(["红烧肉炖土豆块"], dishes) == "红烧肉炖土豆、红烧肉"
    assert nearest(["红烧肉炖土豆块", "番茄蛋汤", "红烧肉块"], dishes) == "红烧肉炖土豆、红烧肉、番茄鸡蛋汤"
    assert nearest(["zzz"], dishes[:2]) == "米饭、红烧肉"
    assert nearest(["zzz"], []) == ""
