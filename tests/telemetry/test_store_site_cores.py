"""Cores at a site are added, corrected by newer ones, and never changed."""

import pytest
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import text

from telemetry.store.site_cores import SiteCore, save_site_core, site_cores
from tests.telemetry.holds import minute


def core(core_id, core_c=66.0, at=100, replaces=None, box_id="box-1"):
    """A core of a box at the hot well."""
    return SiteCore(core_id, box_id, "hot_well", core_c, minute(at), minute(at), "u1", replaces, "")


def test_the_standing_cores_come_in_order_of_time(database):
    """
    Tests that what was corrected or taken back counts no more, and that a correction can be corrected.
    """
    rows = [
        core("a", 6.6, 110),
        core("b", 66.0, 110, "a"),
        core("c", 65.5, 105),
        core("d", 67.0, 110, "b"),
        core("e", 50.0, 108),
        core("f", None, 108, "e"),
        core("g", 70.0, 90, None, "box-2"),
    ]
    with database.begin() as session:
        for row in rows:
            save_site_core(session, row)
    with database.read() as session:
        found = site_cores(session, ["box-1", "box-9"])
    assert found == {"box-1": (rows[2], rows[3])}


def test_one_core_is_corrected_once(database):
    """
    Tests that the database refuses a second correction of the same core, and a core without a value.
    """
    with database.begin() as session:
        save_site_core(session, core("a"))
        save_site_core(session, core("b", 65.0, 100, "a"))
    with pytest.raises(IntegrityError), database.begin() as session:
        save_site_core(session, core("c", 64.0, 100, "a"))
    with pytest.raises(ValueError, match="takes a core back"):
        core("d", None)


@pytest.mark.parametrize(
    "statement", ["UPDATE telemetry_site_cores SET core_c = 99", "DELETE FROM telemetry_site_cores"]
)
def test_a_core_is_never_changed(database, statement):
    """
    Tests that the database itself refuses to change what was measured.
    """
    with database.begin() as session:
        save_site_core(session, core("a"))
    with pytest.raises(DatabaseError, match="evidence"), database.begin() as session:
        session.execute(text(statement))
