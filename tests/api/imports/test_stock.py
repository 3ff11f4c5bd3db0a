"""Suppliers and deliveries from files."""

from datetime import date, timedelta

from kitchen.lots import Declaration
from kitchen.receiving import SupplierLicence
from kitchen.store.deliveries import load_deliveries
from kitchen.store.lots import load_lots
from kitchen.store.suppliers import load_suppliers
from tests.api.imports.desk import NOW, Desk, csv_of, in_chinese, named, xlsx_of

SUPPLIER = {
    "code": "S01",
    "name": "示例肉行",
    "contact": "示例联系人",
    "licences": "食品经营许可证：JY1:2028-06-30、farm:N2",
    "groups": "畜肉、禽肉",
}
RECEIPT = {
    "ref": "SH-1",
    "received_at": "2026-11-21 06:30",
    "food": "猪瘦肉",
    "supplier": "S01",
    "kg": "20.5",
    "expires_on": "2026-11-24",
    "temperature_c": "3.5",
    "papers": "合格证明:C1、动物检疫合格证明：Q1、meat_inspection:I1",
    "when_wanting": "",
}


def supplier(**cells: str) -> dict[str, str]:
    """A supplier's row with other cells."""
    return in_chinese("suppliers", **(SUPPLIER | cells))


def receipt(**cells: str) -> dict[str, str]:
    """A delivery's row with other cells."""
    return in_chinese("receipts", **(RECEIPT | cells))


def test_a_supplier_arrives_whole_and_twice_is_once(town: Desk):
    """
    Tests licences and groups, the same file again, and what a shorter file leaves alone.
    """
    assert town.bring("suppliers", csv_of([supplier()])).added == 1
    assert town.bring("suppliers", csv_of([supplier()])).unchanged == 1
    short = {name: cell for name, cell in supplier(name="新名").items() if not name.startswith("许可证")}
    assert town.bring("suppliers", csv_of([short])).changed == 1
    with town.database.read() as session:
        (kept,) = load_suppliers(session, "K1").values()
    licences = (SupplierLicence("食品经营许可证", "JY1", date(2028, 6, 30)), SupplierLicence("farm", "N2"))
    assert (kept.name, kept.licences, kept.groups) == ("新名", licences, {"red_meat", "poultry"})


def test_a_licence_that_nobody_can_read_names_its_row(town: Desk):
    """
    Tests a licence without a number, and a group that there is not.
    """
    rows = [supplier(licences="JY1"), supplier(code="S02", groups="石头")]
    found = named(town.bring("suppliers", csv_of(rows)))
    assert [(line, code) for line, _, code in found] == [
        (2, "supplier_licence_bad"),
        (3, "cell_unknown_words"),
    ]


def test_deliveries_become_lots_and_twice_is_once(town: Desk):
    """
    Tests a delivery as CSV and again as a workbook: weight, papers, time at the kitchen, own label.
    """
    town.bring("suppliers", csv_of([supplier()]))
    row = receipt(contains="无", may_contain="大豆")
    assert town.bring("receipts", csv_of([row])).added == 1
    again = town.bring("receipts", xlsx_of(row.keys(), row.values()), "receipts.xlsx")
    assert (again.unchanged, again.added) == (1, 0)
    with town.database.read() as session:
        (lot,) = load_lots(session, "K1").values()
    assert (lot.received_mg, lot.temperature_c) == (20_500_000, 3.5)
    assert lot.papers == {"lot_certificate": "C1", "animal_quarantine": "Q1", "meat_inspection": "I1"}
    assert lot.declared == Declaration(may_contain=frozenset({"soy"}))
    assert NOW - lot.received_at == timedelta(hours=3, minutes=30)


def test_every_bad_row_is_named_and_the_good_ones_are_kept(town: Desk):
    """
    Tests unknown food, supplier and paper, what is wanting, and a row that holds its lot itself.
    """
    town.bring("suppliers", csv_of([supplier()]))
    rows = [
        receipt(),
        receipt(ref="SH-2", food="龙肉"),
        receipt(ref="SH-3", supplier="S99"),
        receipt(ref="SH-4", papers="奖状:1"),
        receipt(ref="SH-5", papers="合格证明:C1", temperature_c="9"),
        receipt(ref="SH-6", papers="", when_wanting="待处理"),
        receipt(ref="SH-7", kg="0"),
        receipt(ref="SH-1"),
    ]
    report = town.bring("receipts", csv_of(rows))
    assert report.added == 2
    assert [(line, code) for line, _, code in named(report)] == [
        (3, "row_food_unknown"),
        (4, "not_found"),
        (5, "row_paper_unknown"),
        (6, "receipt_paper_missing"),
        (6, "receipt_paper_missing"),
        (6, "receipt_temperature_high"),
        (8, "stock_amount"),
        (9, "row_code_twice"),
    ]
    assert {column for line, column, _ in named(report) if line == 6} == {"票证(类别:编号)", "到货温度(℃)"}
    with town.database.read() as session:
        assert [one.verdict for one in load_deliveries(session, "K1")] == ["accepted", "held"]
