"""Sub-recipes and what dishes are made as, from files: bad rows are named, and nothing goes in circles."""

import pytest

from api.imports.report import ImportReport
from kitchen.recipes import Making, Swap, Use
from kitchen.store.catalogue import dish_revisions
from kitchen.store.sub_recipes import load_sub_recipes
from kitchen.sub_recipes import Part
from tests.api.imports.desk import Desk, csv_of, in_chinese
from tests.api.imports.test_foods import dish, dishes, food, foods

JUICE = {
    "code": "S91",
    "name_zh": "示例姜汁",
    "method": "煮",
    "ingredients": "生姜:50、水:950",
    "strained": "生姜:0.3",
    "yield_ratio": "0.9",
    "minutes": "20",
}


def sauce(**cells: str) -> dict[str, str]:
    """A ginger juice with other cells."""
    return in_chinese("sub_recipes", **(JUICE | cells))


def wrong(report: ImportReport) -> list[tuple[int, str, str]]:
    """Line, column and code of each problem."""
    return [(one.line, one.column, one.wrong.code) for one in report.problems]


def test_a_sauce_arrives_with_what_is_strained_off_and_twice_is_once(town: Desk):
    """
    Tests a sub-recipe, one made of it in the same file before it, and that a second time changes nothing.
    """
    content = csv_of(
        [sauce(code="S92", name_zh="示例芡", ingredients="示例姜汁:100、玉米淀粉:4", strained=""), sauce()]
    )
    report = town.bring("sub_recipes", content)
    assert (report.added, report.problems) == (2, ())
    with town.database.read() as session:
        kept = load_sub_recipes(session)
    assert kept["S91"].parts == (Part("ginger", "", 50_000, 0.3), Part("water", "", 950_000))
    assert kept["S92"].parts == (Part("", "S91", 100_000), Part("corn-starch", "", 4_000))
    assert town.bring("sub_recipes", content).unchanged == 2


def test_sauces_in_a_circle_are_named_by_line(town: Desk):
    """
    Tests that the row that closes a circle is refused with the whole circle, and then the one made of it.
    """
    rows = [
        sauce(code="S91", name_zh="甲汁", ingredients="乙汁:100", strained=""),
        sauce(code="S92", name_zh="乙汁", ingredients="甲汁:100", strained=""),
        sauce(code="S93", name_zh="丙汁"),
    ]
    report = town.bring("sub_recipes", csv_of(rows))
    assert wrong(report) == [
        (2, "配料(克)", "row_sub_recipe_refused"),
        (3, "配料(克)", "row_sub_recipe_circle"),
    ]
    assert "S91 > S92 > S91" in str(report.problems[1].wrong.params["path"])
    assert report.added == 1


def test_a_known_sauce_cannot_be_bent_into_a_circle(town: Desk):
    """
    Tests a later file that makes the packaged stock of the gravy that is made of it.
    """
    report = town.bring(
        "sub_recipes", csv_of([sauce(code="S02", name_zh="清鸡汤", ingredients="上汤芡:10", strained="")])
    )
    assert wrong(report) == [(2, "配料(克)", "row_sub_recipe_circle")]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"ingredients": "空气:5"}, "配料(克)", "row_food_unknown"),
        ({"ingredients": "生姜:5、ginger:5"}, "配料(克)", "row_food_twice"),
        ({"yield_ratio": "0"}, "出成率", "cell_not_ratio"),
        ({"strained": "小葱:0.5"}, "滤去的配料(留存比例)", "row_strained_stray"),
        ({"strained": "生姜:2"}, "滤去的配料(留存比例)", "row_strained_ratio"),
        ({"name_zh": "土豆"}, "半成品", "row_name_taken"),
        ({"ingredients": ""}, "配料(克)", "cell_missing"),
    ],
)
def test_a_bad_sauce_is_named(town: Desk, cells: dict[str, str], column: str, code: str):
    """
    Tests that each bad cell is named by its column and its rule.
    """
    assert wrong(town.bring("sub_recipes", csv_of([sauce(**cells)]))) == [(2, column, code)]


def test_a_changed_sauce_gives_its_dishes_a_new_revision(town: Desk):
    """
    Tests that sesame oil in the red-braising sauce reaches the braised pork.
    """
    row = sauce(
        code="S01",
        name_zh="红烧汁",
        ingredients="酱油:3、老抽:1、冰糖:2、料酒:2、生姜:1、八角:0.1、香油:1",
        strained="",
        yield_ratio="1",
    )
    assert town.bring("sub_recipes", csv_of([row])).changed == 1
    assert "toasted-sesame-oil" in {one.food_code for one in dishes(town)["D001"].ingredients}
    with town.database.read() as session:
        assert dish_revisions(session, ["D001"]) == {"D001": 2}


def test_a_dish_of_a_sauce_arrives_whole(town: Desk):
    """
    Tests sub-recipe, variants, main food, colour and popularity, and that a second time changes nothing.
    """
    row = dish(
        ingredients="土豆:80、红烧汁:9.1",
        variants="碎食、糊状",
        main_food="土豆",
        colour="酱色",
        popularity="80%",
        supply="冷却复热",
    )
    assert town.bring("dishes", csv_of([row])).added == 1
    kept = dishes(town)["X1"]
    assert kept.uses == (Use("S01", 9_100),)
    assert [(one.food_code, one.via) for one in kept.ingredients[:2]] == [
        ("potato", ""),
        ("soy-sauce-light", "S01"),
    ]
    assert kept.makings == (Making("minced", evidence="operator"), Making("pureed", evidence="operator"))
    assert (kept.main_food, kept.colour, kept.popularity) == ("potato", "brown", 0.8)
    assert (kept.supply, kept.hold_class) == ("cook_chill", "cold")
    assert town.bring("dishes", csv_of([row])).unchanged == 1


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"variants": "清真", "halal_asserted_by": ""}, "清真声明人", "row_halal_needs_person"),
        ({"variants": "软食"}, "可做成", "row_variant_needless"),
        ({"variants": "碎食", "tags": "bone"}, "可做成", "row_variant_barred"),
        ({"variants": "素食", "ingredients": "猪里脊:50"}, "可做成", "row_variant_barred"),
        (
            {"variants": "清真", "halal_asserted_by": "马师傅", "ingredients": "猪里脊:50"},
            "可做成",
            "row_variant_barred",
        ),
        ({"variants": "油炸"}, "可做成", "cell_unknown_words"),
        ({"supply": "冷却复热", "service_mode": "现炒现吃"}, "供餐温度", "row_does_not_keep"),
        ({"main_food": "西兰花"}, "主料", "row_main_food"),
        ({"popularity": "120%"}, "受欢迎程度", "row_part_of_one"),
        ({"yield_ratio": "0"}, "出成率", "cell_not_ratio"),
        ({"allergens_extra": "月光"}, "另含过敏原", "cell_unknown_words"),
    ],
)
def test_a_bad_dish_is_named(town: Desk, cells: dict[str, str], column: str, code: str):
    """
    Tests that each bad cell is named by its column and its rule.
    """
    assert wrong(town.bring("dishes", csv_of([dish(**cells)]))) == [(2, column, code)]


def test_every_fault_of_a_row_is_told_at_once(town: Desk):
    """
    Tests a dish with five faults and a food with four, each told with its column, and none kept.
    """
    bad = dish(batch_minutes="0", iddsi_level="8", ingredients="月光:10、空气:5、土豆:90", popularity="120%")
    told = wrong(town.bring("dishes", csv_of([bad])))
    assert sorted(code for _, _, code in told) == [
        "row_at_least",
        "row_food_unknown",
        "row_food_unknown",
        "row_iddsi_range",
        "row_part_of_one",
    ]
    worse = food(edible_ratio="1.2", density_g_per_ml="90", season_months="13", name_zh="土豆")
    told = wrong(town.bring("foods", csv_of([worse])))
    assert sorted(code for _, _, code in told) == [
        "row_density",
        "row_edible_ratio",
        "row_name_taken",
        "row_season",
    ]


def test_a_sauce_that_gets_another_name_is_called_by_it(town: Desk):
    """
    Tests that a row which names the old one is refused, the first time as the second.
    """
    town.bring("sub_recipes", csv_of([sauce()]))
    rows = [sauce(name_zh="新汁"), sauce(code="S92", name_zh="示例芡", ingredients="示例姜汁:9", strained="")]
    first, again = (wrong(town.bring("sub_recipes", csv_of(rows))) for _ in range(2))
    assert first == again == [(3, "配料(克)", "row_food_unknown")]


def test_swaps_make_a_dish_vegetarian(town: Desk):
    """
    Tests that a food given in place of the meat, and one left out, are kept, and stay without their column.
    """
    row = dish(
        ingredients="茄子:90、猪里脊:30、虾皮:2",
        variants="素食",
        variant_swaps="素食:猪里脊>tofu*1.2、素食：虾皮>".replace(
            "tofu", foods(town)["pressed-tofu-plain"].name_zh
        ),
    )
    report = town.bring("dishes", csv_of([row]))
    assert (report.added, report.problems) == (1, ())
    swaps = (Swap("pork-tenderloin", "pressed-tofu-plain", 1.2), Swap("dried-krill-shrimp"))
    assert dishes(town)["X1"].makings == (Making("vegetarian", swaps, evidence="operator"),)
    later = {title: cell for title, cell in row.items() if title != "换料"}
    assert town.bring("dishes", csv_of([later])).unchanged == 1


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("素食猪里脊", "row_swap_unreadable"),
        ("油炸:土豆>南瓜", "row_swap_unreadable"),
        ("碎食:土豆>南瓜*0", "row_swap_unreadable"),
        ("碎食:空气>南瓜", "row_food_unknown"),
        ("糊状:土豆>南瓜", "row_swap_unlisted"),
    ],
)
def test_a_bad_swap_is_named(town: Desk, cell: str, code: str):
    """
    Tests that what cannot be read, weighed or belongs to nothing is named.
    """
    report = town.bring("dishes", csv_of([dish(variants="碎食", variant_swaps=cell)]))
    assert wrong(report) == [(2, "换料", code)]


def test_halal_is_kept_with_the_person_who_says_so(town: Desk):
    """
    Tests that the name is kept, and stays when a later file has no such column.
    """
    row = dish(variants="清真", halal_asserted_by="马师傅")
    assert town.bring("dishes", csv_of([row])).added == 1
    later = {title: cell for title, cell in row.items() if title != "清真声明人"}
    assert town.bring("dishes", csv_of([later])).unchanged == 1
    assert dishes(town)["X1"].makings == (Making("halal", asserted_by="马师傅", evidence="operator"),)


def test_a_food_says_its_season_supplier_density_and_what_it_is_free_of(town: Desk):
    """
    Tests the four states of allergens and the three new facts.
    """
    row = food(
        allergens_contains="大豆",
        allergens_may_contain="花生",
        allergens_unknown="芹菜",
        allergens_free="*",
        season_months="3、4、5",
        supplier="S-01",
        density_g_per_ml="1.1",
    )
    assert town.bring("foods", csv_of([row])).added == 1
    kept = foods(town)["x-sprout"]
    assert (kept.contains, kept.may_contain, kept.unknown) == ({"soy"}, {"peanut"}, {"celery"})
    assert {"egg", "fish", "milk"} <= kept.free and not kept.free & {"soy", "peanut", "celery"}
    assert (kept.season, kept.supplier, kept.density_g_per_ml) == ({3, 4, 5}, "S-01", 1.1)
    assert town.bring("foods", csv_of([row])).unchanged == 1


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"season_months": "13"}, "应季月份", "row_season"),
        ({"density_g_per_ml": "0"}, "密度(克/毫升)", "row_density"),
        ({"protein_g": ""}, "蛋白质(克/100克)", "cell_missing"),
        ({"edible_ratio": "0"}, "可食部", "cell_not_ratio"),
        ({"allergens_contains": "月光"}, "含过敏原", "cell_unknown_words"),
    ],
)
def test_a_bad_food_is_named(town: Desk, cells: dict[str, str], column: str, code: str):
    """
    Tests that a missing nutrient, an unknown allergen and impossible figures are named.
    """
    assert wrong(town.bring("foods", csv_of([food(**cells)]))) == [(2, column, code)]
