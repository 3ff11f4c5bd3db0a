"""The blacklist is asked when a site or its operator applies."""

from pathlib import Path

import pytest

from api.oversight.blacklist import entry_for, shut_out
from api.oversight.licences import add_person
from orders.errors import Conflict
from tests.api.oversight.site_house import BUREAU, DAY, NOW_AT, apply, open_register, site


def test_who_is_on_it_may_not_apply(tmp_path: Path, sqlite_template: Path) -> None:
    """Tests that a site that is shut out is refused, so is one of an operator that is, and others are not."""
    house = open_register(tmp_path, sqlite_template)
    with house.database.begin() as session:
        for kind, subject in (("site", "C01"), ("operator", "某餐饮公司"), ("person", "某经办人")):
            entry = entry_for(kind, subject, DAY, None, "伪造签收")
            shut_out(session, entry, actor=BUREAU, now_at=NOW_AT, ids=house.ids)
    for file in (site("C01"), site("C02", operator="某餐饮公司"), site("C02", contact="某经办人")):
        with pytest.raises(Conflict, match="blacklisted"):
            apply(house, file)
    assert apply(house, site("C03")).state == "applied"
    with house.database.begin() as session, pytest.raises(Conflict, match="blacklisted"):
        told = {"name": "某经办人", "job": "厨师", "from_on": DAY}
        add_person(session, "C03", **told, actor=BUREAU, now_at=NOW_AT, ids=house.ids)
    house.database.close()
