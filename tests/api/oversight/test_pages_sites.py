"""The register's pages in a real browser: bureau, monitor and site, both languages, wide and narrow."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from api.people import OPERATOR, NewUser, add_user
from api.security import digest, new_token
from api.store.users import save_session
from tests.api.oversight.site_house import (
    NOW_AT,
    act,
    apply,
    decorate,
    lead_to_agreement,
    open_register,
    open_site,
    papers,
    site,
    tell,
)
from tests.api.pages.day import Moment
from tests.api.pages.served import looking, serving

USERS = ("bureau", "monitor")


@pytest.fixture(scope="module")
def moment(tmp_path_factory, sqlite_template) -> Moment:
    """A register with an open, an agreed and a new site, and a user of each role that sees it."""
    data = tmp_path_factory.mktemp("sites")
    house = open_register(data, sqlite_template)
    open_site(house)
    decorate(house)
    found = "2026-10-20 冰箱无温度计\n2026-11-30 灭火器临近有效期"
    visit = {"kind": "unannounced", "inspected_on": "2026-10-05", "inspector": "李检查", "office": "市监局"}
    tell(house, "inspection", **visit, found=found, note="后厨整洁，台账齐全")
    tell(house, "sample", sample="清蒸草鱼", taken_on="2026-10-30", laboratory="市疾控中心")
    notice = papers("public_notice", "written_statement")
    change = {"reason": "厨房改造", "contact": "韦主任 0772-5550101", "documents": notice}
    days = {
        "effect_on": (NOW_AT + timedelta(days=20)).date(),
        "until_on": (NOW_AT + timedelta(days=30)).date(),
    }
    act(house, "pause", 0, **change, **days)
    lead_to_agreement(house, "C02", district="450203", name="鱼峰社区长者饭堂", street="天马街道")
    apply(house, site("C03", district="450203", name="龙泉路长者饭堂", street="天马街道"))
    tokens = {role: new_token() for role in USERS}
    with house.database.begin() as session:
        for role in USERS:
            user = add_user(session, OPERATOR, NOW_AT, house.ids, NewUser(role, f"示例{role}", role))
            save_session(
                session, digest(tokens[role]), user.actor.user_id, NOW_AT, NOW_AT + timedelta(days=9)
            )
    house.database.close()
    return Moment(data, tokens, "")


def test_the_register_is_whole(browser, axe_path, moment: Moment, tmp_path: Path) -> None:
    """
    Tests list and file for each role, in both languages and at three widths: axe, console, nothing too wide.
    """
    pages = [("bureau", "/sites", "sites"), ("bureau", "/sites/C01", "site"), ("monitor", "/sites/C01", "")]
    with serving(moment, tmp_path) as base:
        for language in ("zh_CN", "en"):
            for role, path, name in pages if language == "zh_CN" else pages[:2]:
                with looking(browser, base, moment.tokens[role], language, 1280) as seen:
                    page = seen.visit(path)
                    if role == "monitor":
                        assert page.locator("main form").count() == 0
                    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
                    seen.assert_accessible(axe_path)
                    for width in (320, 1280) if language == "zh_CN" else (390,):
                        seen.widen(width)
                        seen.assert_clean()
                    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = false")
                    for width in (390, 1280) if name else ():
                        seen.widen(width)
                        seen.keep(f"{name}-{language}-{width}")


def test_the_bureau_opens_a_site_and_is_told_what_lacks(browser, moment: Moment, tmp_path: Path) -> None:
    """
    Tests a refusal with every lack, then a licence typed in, and a new site put on file.
    """
    with ExitStack() as stack:
        base = stack.enter_context(serving(moment, tmp_path))
        seen = stack.enter_context(looking(browser, base, moment.tokens["bureau"], "zh_CN"))
        page = seen.visit("/sites/C02")
        page.click("#act-open summary")
        page.click("#act-open .button")
        told = page.wait_for_selector("#message [role=alert]").inner_text()
        assert "未登记供餐方式" in told and "未登记从业人员" in told
        page.click("#message [data-dismiss]")
        form = page.locator("form[action$='/keep/licence']").first
        form.locator("xpath=ancestor::details/summary").click()
        form.locator("[name=number]").fill("JY9")
        form.locator("[name=from_on]").fill("2026-01-01")
        form.locator(".button").click()
        page.wait_for_selector("#message .toast >> text=已保存")
        page.wait_for_selector("text=JY9")
        seen.visit("/sites")
        page.click("#apply summary")
        for name, value in {"site_id": "C09", "name": "新站", "district": "450203", "address": "路 1 号",
                            "operator": "某公司", "contact": "王", "phone": "1"}.items():  # fmt: skip
            page.fill(f"#apply [name={name}]", value)
        page.click("#apply .button-main")
        assert page.url == f"{base}/sites/C09" and "已申请" in page.inner_text("main")
        seen.assert_clean()
