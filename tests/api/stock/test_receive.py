"""A delivery comes in with its papers, comes in held, or goes back; each is written down."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from api.packaged import read_toml
from api.paths import config_dir
from api.permissions import Actor
from api.stock.photos import photo_for
from api.stock.receive import Receipt, declaration, receive
from api.stock.suppliers import keep_supplier, licences_of
from api.store.audit import AuditRow
from api.store.config import save_config
from kitchen.receiving import Supplier, SupplierLicence
from kitchen.store.deliveries import load_deliveries, load_photos
from kitchen.store.lots import load_lots
from kitchen.store.suppliers import load_suppliers
from orders.errors import BadInput, Forbidden, NotFound
from tests.api.stock.room import JPEG, NOW_AT, PORK, POTATO, WATER, desk, furnish, pork


def test_pork_with_its_papers_is_stock(database, tmp_path):
    """
    Tests a whole delivery: lot, code, papers, photo under its digest, audit.
    """
    at = desk(tmp_path)
    with database.begin() as session:
        furnish(session, at)
        kept = pork(session, at, photos=(JPEG, JPEG))
        assert (kept.lot.code, kept.verdict, kept.wanting) == ("L0001", "accepted", ())
        assert load_lots(session, "K1")[kept.lot.lot_id] == kept.lot
        (photo,) = load_photos(session, [kept.lot.lot_id])[kept.lot.lot_id]
        assert (tmp_path / "photos" / photo.digest[:2] / photo.digest).read_bytes() == JPEG
        assert photo_for(session, tmp_path, photo.digest, actor=at.actor, now_at=NOW_AT).body == JPEG
        acts = [row.act for row in session.exec(select(AuditRow))]
        assert acts.count("stock.keep/receive") == 1 and "stock.read/photo" in acts


def test_a_photo_is_for_those_of_the_kitchen_and_must_be_what_was_kept(database, tmp_path):
    """
    Tests another kitchen's cook, a driver, and a file that somebody changed.
    """
    at = desk(tmp_path)
    with database.begin() as session:
        furnish(session, at)
        kept = pork(session, at, photos=(JPEG,))
        digest = load_photos(session, [kept.lot.lot_id])[kept.lot.lot_id][0].digest
        for actor in (Actor("u2", "cook", "kitchen", "K2"), Actor("u3", "driver", "driver", "K1")):
            with pytest.raises(Forbidden):
                photo_for(session, tmp_path, digest, actor=actor, now_at=NOW_AT)
        (tmp_path / "photos" / digest[:2] / digest).write_bytes(JPEG + b"x")
        with pytest.raises(NotFound):
            photo_for(session, tmp_path, digest, actor=at.actor, now_at=NOW_AT)


def test_what_is_missing_is_named_and_a_person_decides(database):
    """
    Tests that nothing comes in unasked, then held with the reasons, then sent back.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        with pytest.raises(BadInput) as refused:
            pork(session, at, papers={"lot_certificate": "C1"}, temperature_c=9.0)
        assert refused.value.code == "receipt_wanting"
        lacking = [one.params.get("paper", one.code) for one in refused.value.reasons]
        assert lacking == ["animal_quarantine", "meat_inspection", "receipt_temperature_high"]
        assert load_deliveries(session, "K1") == []
        held = pork(session, at, papers={}, when_wanting="hold")
        back = pork(session, at, papers={}, when_wanting="refuse")
        lots = load_lots(session, "K1")
        assert list(lots) == [held.lot.lot_id] and lots[held.lot.lot_id].state == "held"
        assert [one.verdict for one in load_deliveries(session, "K1")] == ["held", "refused"]
        assert back.lot.code == "L0002"


def test_greens_keep_as_long_as_the_rules_say(database):
    """
    Tests that a food whose label names no date has the days of its group.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        told = Receipt(POTATO, "S02", 1_000_000, {"lot_certificate": "C"}, when_wanting="hold")
        kept = receive(session, at, told)
        assert kept.lot.expires_on == date(2026, 11, 22) + timedelta(days=14)
        assert [one.code for one in kept.wanting] == ["receipt_licence_missing"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (Receipt("nothing", "S01", 1, {}), "not_found"),
        (Receipt(PORK, "S99", 1, {}), "not_found"),
        (Receipt(PORK, "S01", 0, {}), "stock_amount"),
        (Receipt(PORK, "S01", 10**14, {}), "stock_amount"),
        (Receipt(WATER, "S01", 1, {}), "stock_untracked"),
        (Receipt(PORK, "S01", 1, {"magic": "1"}), "stock_paper_unknown"),
        (Receipt(PORK, "S01", 1, {}, expires_on=date(2199, 1, 1)), "stock_expiry_far"),
        (Receipt(PORK, "S01", 1, {}, temperature_c=math.nan), "stock_temperature"),
        (Receipt(PORK, "S01", 1, {}, temperature_c=-300.0, when_wanting="hold"), "stock_temperature"),
        (Receipt(PORK, "S01", 1, {}, received_at=NOW_AT + timedelta(hours=1)), "stock_later"),
        (Receipt(PORK, "S01", 1, {}, photos=(b"text",), when_wanting="hold"), "photo_no_picture"),
    ],
)
def test_what_cannot_be_is_refused(database, tmp_path, told, code):
    """
    Tests each refusal by its code.
    """
    at = desk(tmp_path)
    with database.begin() as session:
        furnish(session, at)
        with pytest.raises((BadInput, NotFound)) as refused:
            receive(session, at, told)
        assert refused.value.code == code


def test_the_same_ref_twice_is_one_delivery(database):
    """
    Tests that an import may be sent again.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        first = pork(session, at, external_ref="r1")
        again = pork(session, at, external_ref="r1", kg=99)
        assert again.lot == first.lot and len(load_lots(session, "K1")) == 1


def test_only_the_kitchens_own_people_keep_its_stock(database):
    """
    Tests an inspector, who may only read, and a cook of another kitchen.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        for actor in (Actor("u2", "eye", "inspector", "K1"), Actor("u3", "cook", "kitchen", "K2")):
            with pytest.raises(Forbidden):
                pork(session, replace(at, actor=actor))


def test_a_supplier_is_kept_by_its_code():
    """
    Tests licences as people write them.
    """
    assert licences_of(("食品经营许可证：JY1:2028-06-30", "farm:N2")) == (
        SupplierLicence("食品经营许可证", "JY1", date(2028, 6, 30)),
        SupplierLicence("farm", "N2"),
    )
    for wrong in ("JY1", "food:", "food:JY1:soon"):
        with pytest.raises(BadInput):
            licences_of((wrong,))


def test_a_changed_supplier_stays_the_same_row(database):
    """
    Tests that a new telephone changes no delivery's supplier.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        before = {one.code: one for one in load_suppliers(session, "K1").values()}
        changed = keep_supplier(session, at, Supplier("", "S01", "新名"))
        assert changed.supplier_id == before["S01"].supplier_id
        assert load_suppliers(session, "K1")[changed.supplier_id].name == "新名"
        with pytest.raises(BadInput):
            keep_supplier(session, at, Supplier("", " ", "x"))


def test_a_label_names_known_allergens_once():
    """
    Tests what a label may say.
    """
    soy, egg = frozenset({"soy"}), frozenset({"egg"})
    assert declaration(soy, egg, frozenset()).counts_as_containing == {"soy", "egg"}
    with pytest.raises(BadInput, match="twice"):
        declaration(soy, soy, frozenset())
    with pytest.raises(BadInput, match="unknown"):
        declaration(frozenset({"dust"}), egg, frozenset())


def test_the_operators_own_rules_are_judged_by_and_kept_with_the_delivery(database):
    """
    Tests that an edited rule asks for a photo of pork, and the lot names the revision.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        table = read_toml(config_dir() / "receiving.toml")["rules"]["gb"]
        save_config(session, "receiving", "gb", table, author="u1", made_at=NOW_AT)
        table["group"]["red_meat"]["photo"] = True
        save_config(session, "receiving", "gb", table, author="u1", made_at=NOW_AT)
        kept = pork(session, at, when_wanting="hold")
        assert [one.code for one in kept.wanting] == ["receipt_photo_missing"] and kept.rules_revision == 2
