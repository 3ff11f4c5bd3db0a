"""The forms of the page of checks as a browser sends them: nothing is said that nobody ticked or typed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.checks.desk import CheckDesk
from api.checks.keeping import SampleTold, sample_state, take_sample
from api.checks.withholding import WithheldTold, withhold
from api.clock import RehearsalClock
from api.day.measure import StepTold, record_step
from api.house import House
from api.people import OPERATOR, NewUser, add_user
from api.security import digest, new_token
from api.settings import Settings
from api.store.users import save_session
from kitchen.samples import Sample
from kitchen.store.withheld import load_withheld
from tests.api.checks.room import COOKED_AT, IDS, SERVICE, furnished, later

NOW_AT = COOKED_AT + timedelta(hours=60)


class Sent(HTMLParser):
    """What a form with an address would send untouched, by field; and whatever else it asks for."""

    def __init__(self, action: str, page: str) -> None:
        super().__init__()
        self.action, self.inside = action, False
        self.fields: dict[str, str] = {}
        self.asked: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Reads the fields of the form that is looked for."""
        found = dict(attrs)
        if tag == "form":
            self.inside = found.get("action") == self.action
        name = found.get("name")
        if not self.inside or name is None:
            return
        untouched = tag == "input" and (found.get("type") not in ("checkbox", "radio") or "checked" in found)
        if untouched and found.get("value"):
            self.fields[name] = found["value"] or ""
        else:
            self.asked.add(name)


@pytest.fixture
def floor(database, tmp_path: Path) -> Iterator[tuple[House, TestClient, Sample, CheckDesk]]:
    """Sixty hours later: one sample kept long enough; a cook signed in, and the desk of the morning."""
    clock = RehearsalClock.start(tmp_path / "clock.json", NOW_AT, 0)
    house, token = House(Settings(data=tmp_path), database, clock, IDS), new_token()
    with database.begin() as session:
        desk = furnished(session)
        record_step(session, desk, SERVICE, StepTold("cook", "B01", 85.0, "HP-01", "S1"))
        kept = take_sample(session, later(minutes=2), SERVICE, SampleTold("B01", 130, "F1", "上层", "S1"))
        user = add_user(session, OPERATOR, NOW_AT, IDS, NewUser("cook", "cook", "kitchen", kitchen_id="K1"))
        save_session(session, digest(token), user.actor.user_id, NOW_AT, NOW_AT + timedelta(days=1))
    with TestClient(create_app(house), headers={"Authorization": f"Bearer {token}"}) as client:
        yield house, client, kept, desk


def test_nobody_signs_for_samples_that_nobody_ticked(floor):
    """Tests that the untouched form of due samples is refused, and that it destroys what is ticked."""
    house, client, kept, _ = floor
    form = Sent("/checks/samples/destroyed", client.get("/checks").text)
    box = f"sample-{kept.sample_id}"
    assert (set(form.fields), {box, "person"} <= form.asked) == ({"kitchen"}, True)
    told = form.fields | {"person": "S2"}
    assert client.post(form.action, data=told).status_code == 422
    assert client.post(form.action, data=told | {box: "yes"}).status_code == 200
    with house.database.read() as session:
        assert sample_state(session, kept, NOW_AT) == "destroyed"


@pytest.mark.parametrize("kind", ["lifted", "discarded"])
def test_a_hold_is_ended_by_its_form(floor, kind):
    """Tests that the form asks what becomes of the food, why and who says so, and then ends the hold."""
    house, client, _, desk = floor
    with house.database.begin() as session:
        held = withhold(session, replace(desk, now_at=NOW_AT), SERVICE, WithheldTold("B01", "有异味", "S1"))
    form = Sent(f"/checks/withheld/{held.withheld_id}", client.get("/checks").text)
    assert (set(form.fields), form.asked) == ({"kitchen"}, {"kind", "person", "reason"})
    right = form.fields | {"kind": kind, "person": "S2", "reason": "化验合格"}
    for name in ("kind", "person", "reason"):
        assert client.post(form.action, data=right | {name: ""}).status_code == 422
    assert client.post(form.action, data=right | {"person": "S1"}).status_code == 403
    answer = client.post(form.action, data=right)
    assert answer.status_code == 200
    with house.database.read() as session:
        (one,) = load_withheld(session, SERVICE.key)
    assert (one.end.kind, one.end.person, one.end.reason) == (kind, "乙", "化验合格")
    assert form.action not in client.get("/checks").text
    assert client.post(form.action, data=right).status_code == 409
