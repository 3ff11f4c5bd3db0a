"""The page of recipes in a real browser: a dish is found, a load weighed, a wrong amount refused."""

import pytest

from tests.api.pages.served import looking, serving


@pytest.fixture(scope="module")
def base(day, tmp_path_factory):
    """A house in the morning."""
    with serving(day["morning"], tmp_path_factory.mktemp("recipes")) as address:
        yield address


@pytest.mark.parametrize(("language", "widths"), [("zh_CN", (1280, 390, 320)), ("en", (390, 1280))])
def test_the_pages_are_whole(browser, axe_path, base, day, language, widths):
    """
    Tests list and dish for axe, console and other hosts, down to 320 px.
    """
    with looking(browser, base, day["morning"].tokens["kitchen"], language, widths[0]) as seen:
        for name, path in (
            ("recipes", "/recipes"),
            ("recipe", "/recipes/D001?variant=low_salt&portions=301"),
        ):
            page = seen.visit(path)
            assert page.locator("h1").count() == 1
            seen.assert_accessible(axe_path)
            for width in widths:
                seen.widen(width)
                seen.assert_clean()
                seen.keep(f"{name}-{language}-{width}")


def test_forty_kilos_of_pork_are_weighed_on_the_tablet(browser, base, day):
    """
    Tests initials, the master ingredient, and that litres of pork are refused by its name.
    """
    with looking(browser, base, day["morning"].tokens["kitchen"], "zh_CN", 1280) as seen:
        page = seen.visit("/recipes")
        page.locator("#find").fill("hsr")
        assert 1 <= page.locator("#dishes li:visible").count() <= 5
        page.get_by_role("link", name="红烧肉炖土豆").click()
        page.locator("#have-it summary").click()
        page.locator("#food").select_option("pork-belly-skin-on")
        page.locator("#have").fill("40kg")
        page.locator("button.button-main").click()
        assert page.locator("#h-table").inner_text().startswith("888")
        page.locator("#have").fill("40L")
        page.locator("button.button-main").click()
        assert "猪五花肉" in page.locator(".notice-hot").inner_text()
        seen.assert_clean()
