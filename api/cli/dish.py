"""``holdchain dish``: what a portion gives, and what a load of it needs."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

DishArgument = Annotated[str, typer.Argument(metavar="DISH", help="Code or name of the dish.")]
VariantOption = Annotated[
    str,
    typer.Option(metavar="CODE", help="What it is made as: regular, low_salt, minced, low_salt+minced ..."),
]
SHOWN = (
    "energy_kcal",
    "protein_g",
    "fat_g",
    "carbohydrate_g",
    "fibre_g",
    "sodium_mg",
    "calcium_mg",
    "vitamin_a_rae_ug",
    "vitamin_c_mg",
    "thiamin_mg",
)
MG_PER_KG = 1_000_000


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="What a dish gives and needs.", no_args_is_help=True)
    group.command("show")(show)
    group.command("scale")(scale)
    app.add_typer(group, name="dish")


def show(
    dish: DishArgument, variant: VariantOption = "regular", data: DataOption = None, json: JsonOption = False
) -> None:
    """
    Shows what one portion gives: weight, nutrients after cooking, allergens, food cost, its variants.

    A house without dishes of its own shows the packaged ones.

    Example: holdchain dish show D001 --variant low_salt
    """
    from api.recipe_cards import dish_document, recipes_of

    with opened(data) as house, house.database.read() as session:
        recipes = recipes_of(session)
        document = dish_document(recipes, recipes.dish(dish), variant)
    out = Out(json)
    for line in _portion_lines(document):
        out.line(line)
    out.result(document)


def scale(
    dish: DishArgument,
    portions: Annotated[int | None, typer.Option(min=1, help="How many portions.")] = None,
    have: Annotated[
        str | None,
        typer.Option(
            metavar="FOOD=AMOUNT",
            help="As many portions as some of one food, as bought, is enough for; "
            "kg, g, 斤, 两, or L and ml where its density is known.",
        ),
    ] = None,
    variant: VariantOption = "regular",
    size: Annotated[str, typer.Option(help="small, regular or large.")] = "regular",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Lists what a load needs, gross and net, from its portions or from what there is of one food.

    A house without dishes of its own scales the packaged ones.

    Example: holdchain dish scale D001 --have pork-belly-skin-on=40kg
    """
    from api.recipe_cards import load_document, load_for, load_from, recipes_of

    if (portions is None) == (have is None):
        raise typer.BadParameter("--portions or --have", param_hint="--portions")
    with opened(data) as house, house.database.read() as session:
        recipes = recipes_of(session)
        chosen = recipes.dish(dish)
        if have is not None:
            load = load_from(recipes, chosen, have, variant=variant, size=size)
        else:
            load = load_for(recipes, chosen, portions or 1, variant=variant, size=size)
        document = load_document(recipes, load, variant=variant, size=size)
    out = Out(json)
    for line in _load_lines(document):
        out.line(line)
    out.result(document)


def _portion_lines(document: Mapping[str, Any]) -> list[str]:
    from api.names import allergen_names, variant_names
    from api.words import gettext, say
    from orders.codes import Coded
    from orders.money import yuan

    language = cli_language()
    name = document["name"]["zh" if language == "zh_CN" else "en"]
    made = [
        named.called(language) if (named := variant_names().get(code)) else code
        for code in document["made_as"][1:]
    ]
    lines = [
        gettext("{dish} {name} ({variant}): {grams} g, food {food} yuan, {minutes} minutes", language).format(
            dish=document["dish"],
            name=name,
            variant=_variant_called(document["variant"], language),
            grams=document["portion_g"],
            food=yuan(document["food_fen"]),
            minutes=document["minutes"],
        ),
        gettext("Can be made as: {variants}", language).format(variants=_listed(made, language)),
    ]
    if minutes := document["minutes_before"]:
        lines.append(
            gettext("sauces and stocks before it: {minutes} minutes", language).format(minutes=minutes)
        )
    for state, words in (
        ("contains", "Contains: {allergens}"),
        ("may_contain", "May contain: {allergens}"),
        ("unknown", "Nobody has declared: {allergens}"),
    ):
        named_allergens = [
            allergen_names()[code].called(language) if code in allergen_names() else code
            for code in document["allergens"][state]
        ]
        if named_allergens:
            lines.append(gettext(words, language).format(allergens=_listed(named_allergens, language)))
    for nutrient in SHOWN:
        amount = document["nutrients"].get(nutrient)
        shown = f"≥ {document['at_least'].get(nutrient, 0):.1f}" if amount is None else f"{amount:.1f}"
        lines.append(f"  {say(Coded(f'nutrient.{nutrient}'), language)}  {shown}")
    return lines


def _load_lines(document: Mapping[str, Any]) -> list[str]:
    from api.words import gettext

    language = cli_language()
    column = "zh" if language == "zh_CN" else "en"
    head = gettext("{dish} {name} ({variant}): {portions} portions, {loads} loads", language).format(
        dish=document["dish"],
        name=document["name"][column],
        variant=_variant_called(document["variant"], language),
        portions=document["portions"],
        loads=document["loads"],
    )
    lines = [head, gettext("  net kg  gross kg  ingredient", language)]
    for one in document["ingredients"]:
        marks = " ".join(mark for mark in (one["via"], one["rule"] and f"*{one['rule']}") if mark)
        net, gross = one["net_weighed_mg"] / MG_PER_KG, one["gross_weighed_mg"] / MG_PER_KG
        lines.append(f"{net:8.3f}  {gross:8.3f}  {one['name'][column]} {marks}".rstrip())
    return lines


def _variant_called(variant: str, language: str) -> str:
    from api.names import variant_names
    from api.words import gettext

    named = variant_names().get(variant)
    return named.called(language) if named else gettext("plain dish", language)


def _listed(words: list[str], language: str) -> str:
    from api.words import gettext

    return ("、" if language == "zh_CN" else "; ").join(words) or gettext("nothing else", language)
