"""An alarm is open once, cleared by the hold and acknowledged by a person."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from orders.codes import Coded
from orders.errors import Conflict, NotFound
from telemetry.alarms import Alarm, AlarmStep
from telemetry.store.alarms import AlarmRow, acknowledge, alarm_rows, apply_step, open_alarms
from tests.telemetry.holds import minute

BREACH = Alarm(
    "breach", "", "critical", Coded("alarm_below_limit", {"box": "X01", "limit_c": 60.0}), minute(66)
)
SILENCE = Alarm("silence", "S01/air", "warning", Coded("alarm_silence", {"minutes": 11}), minute(70))


def ids():
    """Ids ``a1``, ``a2`` ..."""
    numbers = iter(range(1, 99))
    return lambda: f"a{next(numbers)}"


def test_an_episode_is_opened_and_closed_once(database):
    """
    Tests that raising an open alarm again adds nothing and that after its end a new episode is a new row.
    """
    new_id = ids()
    with database.begin() as session:
        assert len(apply_step(session, "box-1", AlarmStep((BREACH, SILENCE), ()), new_id)) == 2
        assert apply_step(session, "box-1", AlarmStep((BREACH,), ()), new_id) == []
        assert open_alarms(session, "box-1") == (BREACH, SILENCE)

        apply_step(session, "box-1", AlarmStep((), (replace(BREACH, cleared_at=minute(80)),)), new_id)
        assert open_alarms(session, "box-1") == (SILENCE,)
        apply_step(session, "box-1", AlarmStep((replace(BREACH, raised_at=minute(90)),), ()), new_id)
        rows = alarm_rows(session, ["box-1"])
        assert [(row.kind, row.cleared_at) for row in rows] == [
            ("breach", minute(80)),
            ("silence", None),
            ("breach", None),
        ]
        assert [row.reason for row in alarm_rows(session, only_open=True)] == [SILENCE.reason, BREACH.reason]
        assert alarm_rows(session, ["box-2"]) == []


def test_an_alarm_is_acknowledged_by_the_first(database):
    """
    Tests that the second person is told, and that an acknowledged alarm stays open.
    """
    with database.begin() as session:
        row = apply_step(session, "box-1", AlarmStep((BREACH,), ()), ids())[0]
        acknowledge(
            session, row.alarm_id, actor_id="u1", name="李", now_at=minute(67), comment="reheat at C03"
        )
        with pytest.raises(Conflict, match="alarm_acknowledged"):
            acknowledge(session, row.alarm_id, actor_id="u2", name="王", now_at=minute(68), comment="")
        with pytest.raises(NotFound):
            acknowledge(session, "a9", actor_id="u2", name="王", now_at=minute(68), comment="")
        assert open_alarms(session, "box-1") == (BREACH,)
        kept = alarm_rows(session, ["box-1"])[0]
        assert (kept.acknowledged_by, kept.acknowledged_at, kept.comment) == (
            "u1",
            minute(67),
            "reheat at C03",
        )


def test_the_database_refuses_a_second_open_episode(database):
    """
    Tests that a lost race between two workers rings once.
    """
    row = {
        "box_id": "box-1",
        "kind": "breach",
        "source": "",
        "severity": "critical",
        "code": "c",
        "params": {},
    }
    with database.begin() as session:
        apply_step(session, "box-1", AlarmStep((BREACH,), ()), ids())
    with pytest.raises(IntegrityError), database.begin() as session:
        session.add(AlarmRow(alarm_id="a7", raised_at=minute(67), **row))
