"""Foods and dishes from files: nothing measured is lost, nothing undeclared counts as free."""

from kitchen.foods import Food
from kitchen.recipes import Dish, Ingredient, menu_item
from kitchen.store.catalogue import load_dishes, load_foods
from tests.api.imports.desk import Desk, csv_of, in_chinese, named

SPROUT = {
    "code": "x-sprout",
    "name_zh": "示例豆芽",
    "name_en": "Example sprout",
    "group": "浅色蔬菜",
    "edible_ratio": "95%",
    "allergens_contains": "大豆",
    "price": "4.50",
    "energy_kcal": "44",
    "protein_g": "4.5",
    "fat_g": "1.6",
    "carbohydrate_g": "4.5",
    "fibre_g": "1.5",
    "sodium_mg": "7.2",
    "source": "示例",
    "source_id": "X-1",
}
STEW = {
    "code": "X1",
    "name_zh": "示例炖土豆",
    "name_en": "Example stew",
    "category": "半荤",
    "method": "炖",
    "equipment_kind": "夹层汤锅",
    "ingredients": "土豆:80、胡萝卜：40.5克、食盐:0.4",
    "yield_ratio": "0.82",
    "batch_minutes": "25",
    "batch_portions": "150",
    "hot_quality_minutes": "180",
    "service_mode": "热链均可",
    "iddsi_level": "6",
}


def food(**cells: str) -> dict[str, str]:
    """A new food with other cells."""
    return in_chinese("foods", **(SPROUT | cells))


def dish(**cells: str) -> dict[str, str]:
    """A new dish with other cells."""
    return in_chinese("dishes", **(STEW | cells))


def foods(desk: Desk) -> dict[str, Food]:
    """What is kept."""
    with desk.database.read() as session:
        return load_foods(session)


def dishes(desk: Desk) -> dict[str, Dish]:
    """What is kept."""
    with desk.database.read() as session:
        return load_dishes(session)


def test_each_nutrient_that_targets_ask_for_arrives_or_is_named(town: Desk):
    """
    Tests that calcium and vitamins are read, and that a food without iron is kept and named with its line.
    """
    cells = {"calcium_mg": "21", "vitamin_c_mg": "8", "vitamin_a_rae_ug": "2", "thiamin_mg": "0.05"}
    report = town.bring("foods", csv_of([food(**cells)]))
    assert report.added == 1 and not report.problems
    kept = foods(town)["x-sprout"].nutrients
    assert {name: kept[name] for name in cells} == {name: float(cell) for name, cell in cells.items()}
    (note,) = report.overlaps
    assert (note.line, note.wrong.code) == (2, "row_nutrients_unstated")
    assert "iron_mg" in str(note.wrong.params["names"]) and "calcium_mg" not in str(
        note.wrong.params["names"]
    )
    refused = town.bring("foods", csv_of([food(calcium_mg="40001")]))
    assert named(refused) == [(2, "钙(毫克/100克)", "row_nutrients_impossible")]


def test_a_food_arrives_whole_and_twice_is_once(town: Desk):
    """
    Tests every column of a new food.
    """
    assert town.bring("foods", csv_of([food()])).added == 1
    kept = foods(town)["x-sprout"]
    assert (kept.group, kept.edible_ratio, kept.price_fen_per_kg) == ("light_veg", 0.95, 450)
    assert (kept.contains, kept.free, kept.source) == ({"soy"}, frozenset(), "示例 X-1")
    assert {"egg", "milk", "peanut"} <= kept.unknown
    assert kept.nutrients["protein_g"] == 4.5
    assert town.bring("foods", csv_of([food()])).unchanged == 1


def test_what_nobody_declared_counts_as_contained(town: Desk):
    """
    Tests that an empty cell leaves every allergen unknown, and 无 declares that there is none.
    """
    rows = [food(allergens_contains=""), food(code="x-2", name_zh="示例二", allergens_contains="无")]
    assert town.bring("foods", csv_of(rows)).added == 2
    unknown, free = foods(town)["x-sprout"], foods(town)["x-2"]
    assert {"peanut", "soy", "egg"} <= unknown.unknown
    assert (free.contains, free.may_contain, free.unknown) == (frozenset(),) * 3


def test_free_is_only_what_somebody_said(town: Desk):
    """
    Tests that a row frees a food of what it names, of all others by *, and never by its silence.
    """
    town.bring("foods", csv_of([food()]))
    silent = foods(town)["x-sprout"]
    assert (len(silent.unknown), silent.free) == (12, frozenset())
    town.bring("foods", csv_of([food(allergens_free="蛋类、乳", allergens_may_contain="花生")]))
    named = foods(town)["x-sprout"]
    assert (named.free, named.may_contain, len(named.unknown)) == ({"egg", "milk"}, {"peanut"}, 9)
    assert town.bring("foods", csv_of([food()])).unchanged == 1
    town.bring("foods", csv_of([food(allergens_free="*", allergens_unknown="芹菜")]))
    rest = foods(town)["x-sprout"]
    assert (rest.contains, rest.may_contain, rest.unknown) == ({"soy"}, {"peanut"}, {"celery"})
    assert len(rest.free) == 10
    town.bring("foods", csv_of([food(allergens_contains="芝麻")]))
    other = foods(town)["x-sprout"]
    assert (other.contains, other.unknown, len(other.free)) == ({"sesame"}, {"soy", "celery"}, 9)


def test_what_was_unknown_stays_unknown_beside_what_is_declared(town: Desk):
    """
    Tests that one declared allergen frees a food of none of those that nobody had declared.
    """
    town.bring("foods", csv_of([food(allergens_contains="")]))
    assert len(foods(town)["x-sprout"].unknown) == 13
    town.bring("foods", csv_of([food(allergens_contains="大豆")]))
    after = foods(town)["x-sprout"]
    assert (after.contains, len(after.unknown), after.free) == ({"soy"}, 12, frozenset())
    refused = town.bring("foods", csv_of([food(allergens_free="大豆")]))
    assert named(refused) == [(2, "不含过敏原", "row_allergen_both")]


def test_nutrients_the_file_does_not_name_stay(town: Desk):
    """
    Tests a packaged food with a new price: its thirty other figures are as before.
    """
    before = foods(town)["potato"]
    cells = {
        "code": "potato",
        "name_zh": before.name_zh,
        "group": before.group,
        "edible_ratio": str(before.edible_ratio),
        "price": "9.99",
        "energy_kcal": str(before.nutrients["energy_kcal"]),
        "protein_g": str(before.nutrients["protein_g"]),
        "fat_g": str(before.nutrients["fat_g"]),
        "carbohydrate_g": str(before.nutrients["carbohydrate_g"]),
        "sodium_mg": str(before.nutrients["sodium_mg"]),
        "source": before.source,
    }
    assert town.bring("foods", csv_of([cells])).changed == 1
    after = foods(town)["potato"]
    assert after.price_fen_per_kg == 999
    assert after.nutrients == before.nutrients
    assert (after.contains, after.unknown, after.tags) == (before.contains, before.unknown, before.tags)
    assert town.bring("foods", csv_of([cells])).unchanged == 1


BAD_FOODS: list[tuple[dict[str, str], str, str]] = [
    ({"edible_ratio": "1.2"}, "可食部", "row_edible_ratio"),
    ({"protein_g": "450"}, "蛋白质(克/100克)", "row_nutrients_impossible"),
    ({"fat_g": "-1"}, "脂肪(克/100克)", "row_at_least"),
    ({"protein_g": "55", "fat_g": "50"}, "碳水化合物(克/100克)", "row_nutrients_impossible"),
    ({"name_zh": "土豆"}, "食物名称", "row_name_taken"),
    ({"price": "-1"}, "单价(元/公斤)", "cell_not_yuan"),
    ({"group": "石头"}, "类别", "cell_not_choice"),
    ({"allergens_contains": "黄金"}, "含过敏原", "cell_unknown_words"),
    ({"code": "x-0"}, "食物编号", "row_code_twice"),
]


def test_bad_foods_are_named(town: Desk):
    """
    Tests each reason with its line and column.
    """
    rows = [food(**({"code": f"x-{i}", "name_zh": f"示例{i}"} | bad[0])) for i, bad in enumerate(BAD_FOODS)]
    report = town.bring("foods", csv_of(rows))
    assert named(report) == [(line, column, code) for line, (_, column, code) in enumerate(BAD_FOODS, 2)]
    assert report.added == 0


def test_a_dish_arrives_whole_and_twice_is_once(town: Desk):
    """
    Tests ingredients in milligrams and in order, by name.
    """
    assert town.bring("dishes", csv_of([dish(tags="added_sugar")])).added == 1
    kept = dishes(town)["X1"]
    assert kept.ingredients[0] == Ingredient("potato", 80_000)
    assert [item.edible_mg for item in kept.ingredients] == [80_000, 40_500, 400]
    assert (kept.category, kept.method, kept.equipment_kind) == ("half_main", "stew", "kettle")
    assert (kept.tags, kept.evidence) == ({"added_sugar"}, "operator")
    assert town.bring("dishes", csv_of([dish(tags="added_sugar")])).unchanged == 1
    report = town.bring("dishes", csv_of([dish(ingredients="potato:90、胡萝卜:40.5、食盐:0.4", tags="无")]))
    assert report.changed == 1
    assert dishes(town)["X1"].ingredients[0].edible_mg == 90_000


def test_a_dish_of_pork_is_a_dish_of_pork_whoever_typed_it(town: Desk):
    """
    Tests that the tags of its foods reach the menu though the dish has none.
    """
    pork = next(one for one in foods(town).values() if "pork" in one.tags and one.group == "red_meat")
    town.bring("dishes", csv_of([dish(ingredients=f"{pork.name_zh}:80")]))
    assert menu_item(dishes(town)["X1"], foods(town)).tags >= {"pork", "red_meat"}


BAD_DISHES: list[tuple[dict[str, str], str, str]] = [
    ({"ingredients": "土豆:80、胡罗卜:40"}, "配料(克/份)", "row_food_unknown"),
    ({"ingredients": "土豆:80、potato:20"}, "配料(克/份)", "row_food_twice"),
    ({"ingredients": "土豆 80"}, "配料(克/份)", "cell_not_amounts"),
    ({"batch_minutes": "0"}, "每锅分钟", "row_at_least"),
    ({"iddsi_level": "8"}, "质地等级", "row_iddsi_range"),
    ({"name_zh": "米饭"}, "菜品", "row_name_taken"),
    ({"service_mode": "外卖"}, "供应方式", "cell_not_choice"),
    ({"yield_ratio": "0"}, "出成率", "cell_not_ratio"),
    ({"yield_ratio": "300%"}, "出成率", "row_yield"),
    ({"ingredients": "黄豆:50、水:50", "yield_ratio": "210%"}, "出成率", "row_yield"),
]


def test_bad_dishes_are_named(town: Desk):
    """
    Tests each reason with its line and column; an unknown food brings the nearest name.
    """
    rows = [dish(**({"code": f"X{i}", "name_zh": f"示例{i}"} | bad[0])) for i, bad in enumerate(BAD_DISHES)]
    report = town.bring("dishes", csv_of(rows))
    assert named(report) == [(line, column, code) for line, (_, column, code) in enumerate(BAD_DISHES, 2)]
    assert report.problems[0].wrong.params["food"] == "胡罗卜"
    assert str(report.problems[0].wrong.params["offered"]).split("、")[0] == "胡萝卜"


def test_dry_food_may_take_up_water(town: Desk):
    """
    Tests that beans and rice, whose water nobody listed, may weigh more cooked than raw.
    """
    rows = [
        dish(code="X1", name_zh="示例饭", ingredients="大米:80", yield_ratio="2.3"),
        dish(code="X2", name_zh="示例豆", ingredients="黄豆:50、水:50", yield_ratio="200%"),
    ]
    assert town.bring("dishes", csv_of(rows)).problems == ()


def test_tags_of_a_dish_are_not_emptied(town: Desk):
    """
    Tests that an empty cell cannot make a dish fit for a diet.
    """
    town.bring("dishes", csv_of([dish(tags="alcohol")]))
    report = town.bring("dishes", csv_of([dish(tags="")]))
    assert named(report) == [(2, "标签", "row_need_emptied")]
