"""The programmes' pages in a real browser: read by the bureau, revised by an admin."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from api.clock import RehearsalClock
from api.db import Database
from api.people import OPERATOR
from api.permissions import Actor
from api.programmes.files import find_programme
from api.programmes.revisions import add_programme, revise_programme
from api.security import digest, new_token
from api.store.users import save_session, save_user
from orders.store.programmes import load_revisions
from tests.api.pages.day import Moment
from tests.api.pages.served import Seen, looking, serving

ROOT = Path(__file__).resolve().parents[3]
NOW_AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ROLES = {"bureau": Actor("u-bureau", "Clerk", "bureau"), "admin": Actor("u-admin", "Admin", "admin")}


@pytest.fixture(scope="module")
def moment(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Moment:
    """A house with three plans, one of them in its second revision."""
    data = tmp_path_factory.mktemp("programmes")
    shutil.copy(sqlite_template, data / "holdchain.sqlite3")
    RehearsalClock.start(data / "clock.json", NOW_AT, 0)
    database = Database(f"sqlite:///{data / 'holdchain.sqlite3'}")
    tokens = {role: new_token() for role in ROLES}
    with database.begin() as session:
        for role, actor in ROLES.items():
            save_user(session, actor, role, NOW_AT)
            ends_at = NOW_AT + timedelta(days=1)
            save_session(session, digest(tokens[role]), actor.user_id, NOW_AT, ends_at)
        for name in ("changping-2023", "guangdong-2018", "qidong-2022"):
            add_programme(session, OPERATOR, NOW_AT, find_programme(name))
        settings, reason = ["meal-5.amount=6.00", "C2=gte"], "区民政局2023年5月10日通知"
        revise_programme(
            session,
            OPERATOR,
            NOW_AT,
            "changping-2023",
            settings=settings,
            valid_from=date(2023, 5, 16),
            reason=reason,
        )
    database.close()
    return Moment(data, tokens, "")


@contextmanager
def page_of(browser, moment: Moment, folder: Path, role: str, language: str, width: int) -> Iterator[Seen]:
    """A browser of one role on a copy of the house."""
    with (
        serving(moment, folder) as base,
        looking(browser, base, moment.tokens[role], language, width) as seen,
    ):
        yield seen


def test_the_bureau_reads_every_page(browser, axe_path, moment, tmp_path):
    """
    Tests list, rules, switches, revisions and differences, wide and narrow, and that a clerk does not edit.
    """
    with page_of(browser, moment, tmp_path, "bureau", "zh_CN", 390) as seen:
        for path, name in (
            ("/programmes", "programmes"),
            ("/programmes/changping-2023", "programme"),
            ("/programmes/changping-2023/diff?before=1&after=2", "programme-diff"),
        ):
            seen.visit(path)
            seen.assert_accessible(axe_path)
            for width in (320, 1280):
                seen.widen(width)
                seen.assert_clean()
            seen.keep(f"{name}-zh_CN-1280")
        page = seen.visit("/programmes/changping-2023")
        assert "达到6.00元（含本数）" in page.inner_text("main")
        assert page.locator("a[href$='/edit']").count() == 0
        page = seen.visit("/programmes/changping-2023?revision=1")
        assert "2023-03-06" in page.inner_text("main")
        seen.visit("/programmes/changping-2023/edit", 403)
        seen.visit("/programmes/nosuch", 404)


def test_a_template_names_in_english_what_a_city_must_set(browser, axe_path, moment, tmp_path):
    """
    Tests the English page of the template on a phone.
    """
    with page_of(browser, moment, tmp_path, "bureau", "en", 390) as seen:
        page = seen.visit("/programmes/guangdong-2018")
        assert "four-way.steps[0].amount" in page.inner_text(".notice-warn")
        seen.assert_accessible(axe_path)
        seen.assert_clean()
        seen.keep("programme-template-en-390")


def test_an_admin_sees_what_would_change_before_keeping_it(browser, axe_path, moment, tmp_path):
    """
    Tests a fault in the form, the differences and rules of a revision, and keeping it.
    """
    with page_of(browser, moment, tmp_path, "admin", "en", 390) as seen:
        page = seen.visit("/programmes/changping-2023/edit")
        page.fill("#valid-from", "2023-05-16")
        page.fill("#reason", "Council of 20 November")
        page.select_option("#switch-C8", "meal")
        page.fill("#key-1", "benefit.meal-5.amount")
        page.fill("#value-1", "6.5.0")
        page.click("text=Show what would change")
        assert "with at most two decimals" in page.inner_text(".notice-hot")
        page.fill("#value-1", "6.50")
        page.click("text=Show what would change")
        assert "Begin later" in page.inner_text(".notice-hot")
        page.fill("#valid-from", "2027-01-01")
        page.click("text=Show what would change")
        assert "6.50" in page.inner_text(".list")
        assert "for each meal of a completed order" in page.inner_text("main")
        seen.assert_accessible(axe_path)
        seen.assert_clean()
        seen.keep("programme-edit-en-390")
        page.click("text=Keep this revision")
        assert "Revision 3" in page.inner_text(".head")
        assert "This is not the revision that rules today." in page.inner_text("main")
        seen.assert_clean()
        database = Database(f"sqlite:///{next(tmp_path.glob('served-*')) / 'holdchain.sqlite3'}")
        with database.read() as session:
            kept = load_revisions(session, "changping-2023")[-1]
        database.close()
    assert (kept.revision, kept.author, kept.body["revision_note"]) == (3, "Admin", "Council of 20 November")


def test_an_admin_sends_a_plan_as_a_file(browser, axe_path, moment, tmp_path):
    """
    Tests a faulty file, a new programme read before it is kept, and its next revision with its reason.
    """
    plan = (ROOT / "docs/examples/programmes/jiangzhou.toml").read_text("utf-8")
    files = {
        "bad": plan.replace("days_ahead", "day_ahead"),
        "good": plan,
        "next": plan.replace('"6.00"', '"7.00"').replace(
            "valid_from = 2025-04-01", "valid_from = 2027-01-01"
        ),
    }
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    with page_of(browser, moment, tmp_path, "admin", "zh_CN", 390) as seen:
        page = seen.visit("/programmes")
        page.click("text=方案文件")
        page.set_input_files("#file", tmp_path / "bad.toml")
        page.click("text=核对文件")
        assert "ordering没有键“day_ahead”，最接近的是“days_ahead”" in page.inner_text(".notice-hot")
        page.set_input_files("#file", tmp_path / "good.toml")
        page.click("text=核对文件")
        assert "按餐价的30%补贴" in page.inner_text("main")
        seen.assert_accessible(axe_path)
        seen.assert_clean()
        seen.keep("programme-new-zh_CN-390")
        page.click("text=保存此方案")
        assert "江州市老年助餐服务补贴办法" in page.inner_text(".head")
        seen.visit("/programmes/new")
        page.set_input_files("#file", tmp_path / "next.toml")
        page.click("text=核对文件")
        page.fill("#reason", "提高每餐上限")
        page.click("button[name=keep]")
        database = Database(f"sqlite:///{next(tmp_path.glob('served-*')) / 'holdchain.sqlite3'}")
        with database.read() as session:
            kept = load_revisions(session, "jiangzhou-2025")
        database.close()
    assert [(one.revision, one.author, one.body["benefit"][0]["amount"]) for one in kept] == [
        (1, "Admin", "6.00"),
        (2, "Admin", "7.00"),
    ]
