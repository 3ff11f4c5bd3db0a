"""``holdchain programme``: a city's plan checked, explained, compared and kept."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.programmes.explain import KeyView, SwitchView
    from orders.programmes.schema import Programme

Languages = Literal["both", "zh", "en"]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="SWITCH=OPTION|KEY=VALUE", help="Takes a switch or a key otherwise; repeatable."
    ),
]
LanguageOption = Annotated[Languages, typer.Option(help="Language of the rules: both, zh or en.")]
RefArgument = Annotated[
    str, typer.Argument(metavar="ID|FILE", help="A packaged programme, or a file; ID@2 is a kept revision.")
]
SPOKEN = {"both": ("zh_CN", "en"), "zh": ("zh_CN",), "en": ("en",)}


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="A city's plan: its rules, switches and revisions.", no_args_is_help=True)
    group.command("check")(check)
    group.command("explain")(explain)
    group.command("diff")(diff)
    group.command("list")(list_programmes)
    group.command("template")(template)
    group.command("add")(add)
    group.command("revise")(revise)
    app.add_typer(group, name="programme")


def check(
    ref: RefArgument,
    settings: SetOption = None,
    language: LanguageOption = "both",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Validates a programme and says its rules. Example: holdchain programme check changping-2023"""
    from api.programmes.documents import checked_document
    from api.programmes.files import check_table
    from api.programmes.findings import findings
    from api.programmes.speech import names_in, say_named

    table, programme = check_table(_table(ref, data), settings or [], ref)
    out = Out(json)
    languages = SPOKEN[language]
    found = findings(table, programme)
    if not json:
        _print_rules(out, programme, languages)
        _print_switches(out, table, programme, languages)
        for code in languages:
            names = names_in([programme], code)
            for one in found:
                out.line(f"! {say_named(one, names, code)}")
    out.result(checked_document(table, programme, found))


def explain(
    ref: RefArgument,
    name: Annotated[str, typer.Argument(metavar="KEY|SWITCH", help="A dotted key, or a switch such as C2.")],
    settings: SetOption = None,
    language: LanguageOption = "both",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Says what a key or a switch means. Example: holdchain programme explain changping-2023 C2"""
    from api.programmes.documents import explained_document
    from api.programmes.explain import SwitchView
    from api.programmes.explain import explain as explained
    from api.programmes.files import check_table

    table, programme = check_table(_table(ref, data), settings or [], ref)
    views = {code: explained(table, programme, name, code) for code in ("zh_CN", "en")}
    out = Out(json)
    for code in SPOKEN[language]:
        view = views[code]
        if isinstance(view, SwitchView):
            _print_switch(out, view, code)
        else:
            _print_key(out, view, code)
    out.result(explained_document(programme, views))


def diff(before: RefArgument, after: RefArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Lists the keys that two programmes hold differently. Example: holdchain programme diff A.toml B.toml"""
    from api.programmes.documents import difference_document
    from api.words import gettext
    from orders.programmes.differences import differences

    found = differences(_table(before, data), _table(after, data))
    out = Out(json)
    signs = {"added": "+", "removed": "-", "changed": "~"}
    for one in found:
        held = f"{one.before} -> {one.after}" if one.kind == "changed" else one.after or one.before
        out.line(f"{signs[one.kind]} {one.key}: {held}")
    if not found:
        out.line(gettext("No difference.", cli_language()))
    out.result({"differences": [difference_document(one) for one in found]})


def list_programmes(data: DataOption = None, json: JsonOption = False) -> None:
    """Lists the packaged programmes and those kept here. Example: holdchain programme list"""
    from api.programmes.documents import listed_documents
    from orders.store.programmes import load_newest_revisions

    with opened(data) as house, house.database.read() as session:
        listed = listed_documents(load_newest_revisions(session))
    out = Out(json)
    chinese = cli_language() == "zh_CN"
    for one in listed:
        kept = f"@{one['revision']}" if one["kept"] else ""
        out.line(f"{one['programme']}{kept}  {one['status']}  {one['name']['zh' if chinese else 'en']}")
    out.result({"programmes": listed})


def template(
    ref: Annotated[str, typer.Argument(metavar="ID", help="The packaged programme to start from.")],
    json: JsonOption = False,
) -> None:
    """Prints a city's own file to begin with. Example: holdchain programme template guangdong-2018"""
    from api.programmes.files import check_table, find_programme
    from api.programmes.template import city_file

    _, programme = check_table(find_programme(ref))
    text = city_file(programme)
    out = Out(json)
    if not json:
        out.line(text.rstrip())
    out.result({"base": programme.id, "file": text})


def add(
    file: Annotated[Path, typer.Argument(help="The programme's file.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Keeps a programme's first revision. Example: holdchain programme add my-city.toml"""
    from api.people import OPERATOR
    from api.programmes.files import find_programme
    from api.programmes.revisions import add_programme

    table = find_programme(file)
    with opened(data) as house, house.database.begin() as session:
        kept = add_programme(session, OPERATOR, house.clock.now(), table)
    _kept(kept.programme_id, kept.revision, kept.valid_from_on.isoformat(), json)


def revise(
    programme_id: Annotated[str, typer.Argument(metavar="ID", help="A programme kept here.")],
    file: Annotated[Path | None, typer.Argument(help="The whole new revision; else --set.")] = None,
    settings: SetOption = None,
    valid_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of the new revision.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, as the bureau will read it.")] = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Keeps a new revision. Example: holdchain programme revise changping-2023 --set meal-5.amount=6.00
    --valid-from 2023-05-16 --reason "notice of 10 May"
    """
    from api.people import OPERATOR
    from api.programmes.files import find_programme
    from api.programmes.revisions import revise_programme

    if file is None and not settings:
        raise typer.BadParameter("give a FILE or --set")
    table = find_programme(file) if file is not None else None
    from_on = valid_from.date() if valid_from else None
    with opened(data) as house, house.database.begin() as session:
        now_at = house.clock.now()
        kept = revise_programme(
            session,
            OPERATOR,
            now_at,
            programme_id,
            table=table,
            settings=settings or [],
            valid_from=from_on,
            reason=reason,
        )
    _kept(kept.programme_id, kept.revision, kept.valid_from_on.isoformat(), json)


def _kept(programme_id: str, revision: int, valid_from: str, json: bool) -> None:
    out = Out(json)
    out.line(f"{programme_id}@{revision}  {valid_from}")
    out.result({"programme": programme_id, "revision": revision, "valid_from": valid_from})


def _table(ref: str, data: Path | None) -> "Mapping[str, Any]":
    """A programme by id or file, or a kept revision by ``ID@2``."""
    from api.programmes.files import find_programme
    from api.programmes.revisions import revision_table

    programme_id, at, number = ref.rpartition("@")
    if not at or not number.isdigit():
        return find_programme(ref)
    with opened(data) as house, house.database.read() as session:
        return revision_table(session, programme_id, int(number))


def _print_rules(out: Out, programme: "Programme", languages: tuple[str, ...]) -> None:
    from api.programmes.speech import marked, spoken
    from api.words import catalog
    from orders.programmes.sentences import sentences

    out.line(f"{programme.id}@{programme.revision}")
    for chapter, rules in sentences(programme).items():
        if rules:
            titles = [catalog(code)[f"code:chapter.{chapter}"] for code in languages]
            out.line(f"\n## {' / '.join(titles)}")
        for rule in rules:
            for number, code in enumerate(languages):
                mark = marked(rule, code)
                lead = "  " if number else "- "
                out.line(f"{lead}{spoken(rule, code, programme.words)}{f' [{mark}]' if mark else ''}")


def _print_switches(
    out: Out, table: "Mapping[str, Any]", programme: "Programme", languages: tuple[str, ...]
) -> None:
    from api.programmes.explain import switch_views
    from api.words import gettext

    if not programme.ambiguities:
        return
    titles = [gettext("Unclear clauses, and how they are taken", code) for code in languages]
    out.line(f"\n## {' / '.join(titles)}")
    for views in zip(*(switch_views(table, programme, code) for code in languages), strict=True):
        first = views[0]
        out.line(f"- {first.switch}  {_quoted(first.clause, languages)}")
        for view in views:
            out.line(f"  {view.question}")
        options = [f"[{one.option}]" if one.is_chosen else one.option for one in first.options]
        out.line(f"  {' | '.join(options)}")
    out.line("")


def _quoted(clause: str, languages: tuple[str, ...]) -> str:
    """The words of the plan, or that it says nothing."""
    from api.words import gettext

    if clause != "(silent)":
        return f"“{clause}”"
    return " / ".join(gettext("The plan does not say.", code) for code in languages)


def _print_switch(out: Out, view: "SwitchView", language: str) -> None:
    from api.words import gettext

    out.line(f"{view.switch}  {_quoted(view.clause, (language,))}  {view.cite}".rstrip())
    out.line(view.question)
    for option in view.options:
        chosen = f"  ({gettext('assumed now', language)})" if option.is_chosen else ""
        out.line(f"  {view.switch}={option.option}{chosen}")
        for key, value in option.sets.items():
            out.line(f"      {key} = {value}")
        for said in option.says:
            out.line(f"      {said}")
    out.line("")


def _print_key(out: Out, view: "KeyView", language: str) -> None:
    from api.words import gettext

    out.line(f"{view.key} = {view.holds}" if view.holds else f"{view.key}  ({gettext('not set', language)})")
    out.line(view.meaning)
    if view.options:
        out.line(f"  {gettext('May be', language)}: {' | '.join(view.options)}")
    for said, mark in view.rules:
        out.line(f"  - {said}{f' [{mark}]' if mark else ''}")
    out.line("")
