"""``holdchain menu rules``: points, bans, lines and targets that menus are planned by, seen and changed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from api.day.menus_rules import HouseRules
    from api.house import House

WhyOption = Annotated[str, typer.Option("--why", help="The reason, for the audit.")]


def rules_group() -> typer.Typer:
    """The commands under ``menu rules``."""
    group = typer.Typer(help="Points, bans, lines and targets of the menus.", no_args_is_help=True)
    group.command("show")(show)
    group.command("set")(set_values)
    group.command("ban")(ban)
    group.command("unban")(unban)
    return group


def show(
    only: Annotated[str, typer.Option("--only", help="Paths that begin so: points, line.soft ...")] = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Shows each rule with its path and value. Example: holdchain menu rules show --only points"""
    from api.day.menus_rules import read_rules

    with opened(data) as house, house.database.read() as session:
        rules = read_rules(session)
    _print(rules, Out(json), only)


def set_values(
    values: Annotated[
        list[str], typer.Argument(metavar="PATH=VALUE", help="What changes; lists with blanks.")
    ],
    why: WhyOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Changes rules, all or none; PATH= without a value takes one out. Menus planned from now on keep to them.

    Example: holdchain menu rules set points.dish=1500 line.soft.most_food_fen=950
    """
    from api.day.menus_rules import old_value, read_rules, value_of

    said = [one.partition("=") for one in values]
    if stray := [path for path, equals, _ in said if not (equals and path.strip())]:
        raise typer.BadParameter(f"{stray[0]!r} is no PATH=VALUE.", param_hint="PATH=VALUE")
    with opened(data) as house:
        with house.database.read() as session:
            now = read_rules(session)
        changes = {
            path.strip(): value_of(text, old_value(now, path.strip())) if text.strip() else None
            for path, _, text in said
        }
        rules = _changed(house, changes, why)
    _print(rules, Out(json), tuple(changes))


def ban(
    code: Annotated[str, typer.Argument(help="A new code, or that of a ban to replace.")],
    zh: Annotated[str, typer.Option(help="Its name in Chinese.")],
    en: Annotated[str, typer.Option(help="Its name in English.")],
    words: Annotated[
        list[str] | None, typer.Option("--word", help="A Chinese word in a dish's or a food's name.")
    ] = None,
    foods: Annotated[list[str] | None, typer.Option("--food", help="A food's code.")] = None,
    methods: Annotated[list[str] | None, typer.Option("--method", help="A method: raw ...")] = None,
    modes: Annotated[list[str] | None, typer.Option("--mode", help="A way of serving: cold ...")] = None,
    unless: Annotated[
        list[str] | None, typer.Option("--unless", help="An item of the licence that allows it.")
    ] = None,
    why: WhyOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Keeps dishes off every menu. Example: holdchain menu rules ban toon --zh 香椿 --en Toon --word 香椿"""
    row = {"name": {"zh": zh, "en": en}, "words": words, "foods": foods, "service_modes": modes}
    row |= {"methods": methods, "unless_scope": unless}
    with opened(data) as house:
        rules = _changed(house, {f"ban.{code}": {key: one for key, one in row.items() if one}}, why)
    _print(rules, Out(json), "ban")


def unban(
    code: Annotated[str, typer.Argument(help="The ban's code.")],
    why: WhyOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Takes a ban out of the list. Example: holdchain menu rules unban wild_mushroom"""
    with opened(data) as house:
        rules = _changed(house, {f"ban.{code}": None}, why)
    _print(rules, Out(json), "ban")


def _changed(house: "House", changes: Mapping[str, object], why: str) -> "HouseRules":
    from api.day.menus_rules import change_rules
    from api.people import OPERATOR

    with house.database.begin(lock="menus") as session:
        return change_rules(session, changes, actor=OPERATOR, now_at=house.clock.now(), why=why)


def _print(rules: "HouseRules", out: Out, only: str | tuple[str, ...]) -> None:
    from api.day.menus_rules_document import rules_document, said_value

    language = cli_language()
    facts = rules_document(rules, language)
    for one in facts["settings"]:
        if one["path"].startswith(only):
            out.line(f"{one['path']} = {said_value(one['value'], language)}  # {one['words']}")
    name = "name_zh" if language == "zh_CN" else "name_en"
    for each in facts["bans"]:
        if f"ban.{each['code']}".startswith(only):
            kinds = ("words", "foods", "service_modes", "methods", "unless_scope")
            named = "; ".join(f"{kind}: {' '.join(each[kind])}" for kind in kinds if each[kind])
            out.line(f"ban.{each['code']}  {each[name]}  ({named})")
    out.result(facts)
