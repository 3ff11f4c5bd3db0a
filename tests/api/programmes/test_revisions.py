"""Live programmes: revisions kept through the same checks, in turn, by whom and why."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from api.db import Database
from api.people import OPERATOR
from api.permissions import Actor
from api.programmes.files import find_programme
from api.programmes.revisions import add_programme, revise_programme, revision_table
from api.store.audit import AuditRow
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.programmes.schema import read_programme
from orders.store.programmes import load_programmes, load_revisions

NOW_AT = datetime(2023, 5, 10, 4, 0, tzinfo=UTC)
MAY_16 = date(2023, 5, 16)


@pytest.fixture
def kept(database: Database) -> Database:
    """A database with the first revision of Changping's plan."""
    with database.begin() as session:
        add_programme(session, OPERATOR, NOW_AT, find_programme("changping-2023"))
    return database


def test_a_revision_rules_from_its_first_day(kept: Database) -> None:
    """
    Tests that 5.00 becomes 6.00 on 16 May, under the same id, with author, reason and audit.
    """
    with kept.begin() as session:
        revised = revise_programme(
            session,
            OPERATOR,
            NOW_AT,
            "changping-2023",
            settings=["meal-5.amount=6.00"],
            valid_from=MAY_16,
            reason="notice of 10 May",
        )
    assert (revised.revision, revised.valid_from_on, revised.author) == (2, MAY_16, OPERATOR.name)
    with kept.read() as session:
        before, after = (load_programmes(session, date(2023, 5, day))["changping-2023"] for day in (15, 16))
        acts = [(row.act, row.subject) for row in session.exec(select(AuditRow))]
        note = load_revisions(session, "changping-2023")[1].body["revision_note"]
    assert [one["benefit"][0]["amount"] for _, one in (before, after)] == ["5.00", "6.00"]
    assert (read_programme(after[1]).revision, note) == (2, "notice of 10 May")
    assert acts == [("programme.edit", "changping-2023")] * 2


@pytest.mark.parametrize(
    ("settings", "valid_from", "reason", "code"),
    [
        (["meal-5.amount=6.00"], date(2023, 3, 6), "why", "programme_overlap"),
        (["meal-5.amount=6.00"], date(2023, 1, 1), "why", "programme_overlap"),
        (["programme.valid_from=2023-06-01"], None, "why", "programme_unchanged"),
        (["meal-5.amount=6.00"], MAY_16, " ", "programme_no_reason"),
        (["meal-5.amount=6.001"], MAY_16, "why", "programme_faulty"),
        (["meal-5.amount=6.00", "programme.valid_to=2023-05-01"], MAY_16, "why", "programme_faulty"),
    ],
)
def test_a_revision_that_cannot_be_is_refused(
    kept: Database, settings: list[str], valid_from: date | None, reason: str, code: str
) -> None:
    """
    Tests days that are ruled already, a revision of nothing, one without a reason, and faults.
    """
    with pytest.raises((Conflict, BadInput)) as refused, kept.begin() as session:
        revise_programme(
            session,
            OPERATOR,
            NOW_AT,
            "changping-2023",
            settings=settings,
            valid_from=valid_from,
            reason=reason,
        )
    assert refused.value.code == code
    with kept.read() as session:
        assert len(load_revisions(session, "changping-2023")) == 1


def test_a_revision_that_has_not_begun_can_be_replaced(kept: Database) -> None:
    """
    Tests that a slip is mended before its first day, and the mended one rules.
    """
    with kept.begin() as session:
        for amount in ("6.00", "6.50"):
            revise_programme(
                session,
                OPERATOR,
                NOW_AT,
                "changping-2023",
                settings=[f"meal-5.amount={amount}"],
                valid_from=MAY_16,
                reason="a slip",
            )
    with kept.read() as session:
        assert load_programmes(session, MAY_16)["changping-2023"][1]["benefit"][0]["amount"] == "6.50"


def test_a_whole_file_is_a_revision(kept: Database) -> None:
    """
    Tests a second file of the same id, and that a file of another programme is refused.
    """
    table = find_programme("changping-2023")
    table["programme"]["valid_from"] = MAY_16
    table["benefit"][0]["amount"] = "6.00"
    with kept.begin() as session:
        revised = revise_programme(
            session, OPERATOR, NOW_AT, "changping-2023", table=table, reason="new plan"
        )
    assert (revised.revision, revised.valid_from_on) == (2, MAY_16)
    with pytest.raises(BadInput, match="programme_other_id"), kept.begin() as session:
        revise_programme(session, OPERATOR, NOW_AT, "changping-2023", table=find_programme("jianxi-2019"))


def test_only_an_admin_edits(kept: Database) -> None:
    """
    Tests that the bureau reads and does not edit, an id is kept once, and a lost revision is named.
    """
    clerk = Actor("u1", "Clerk", "bureau")
    with pytest.raises(Forbidden), kept.begin() as session:
        revise_programme(session, clerk, NOW_AT, "changping-2023", settings=["C2=gte"], reason="x")
    with pytest.raises(Conflict, match="programme_there"), kept.begin() as session:
        add_programme(session, OPERATOR, NOW_AT, find_programme("changping-2023"))
    with pytest.raises(NotFound), kept.read() as session:
        revision_table(session, "changping-2023", 7)
    with pytest.raises(NotFound), kept.begin() as session:
        revise_programme(session, OPERATOR, NOW_AT, "qidong-2022", settings=["Q2=debit_price"], reason="x")
