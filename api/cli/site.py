"""``holdchain site``: sites on file, from their application to their exit."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from api.cli.common import DataOption, JsonOption, Out, cli_language, opened
from api.cli.site_acts import (
    change_fields,
    do_act,
    pairs,
    paper_fields,
    places,
    present_day,
    say_act,
    say_checked,
    today,
)

SiteArgument = Annotated[str, typer.Argument(help="Code of the site.")]
ByOption = Annotated[str, typer.Option("--by", help="Who does it: a person's name.")]
OnOption = Annotated[str, typer.Option("--on", help="Day it was done (default: today).")]
FromOption = Annotated[str, typer.Option("--from", help="First day it holds (default: the day it was done).")]
PaperOption = Annotated[
    list[str] | None,
    typer.Option("--paper", help="KIND=NUMBER or KIND=NUMBER@DAY, for example public_notice=7@2026-11-01."),
]
ReasonOption = Annotated[str, typer.Option(help="Why.")]
ContactOption = Annotated[str, typer.Option(help="Who answers for it, with telephone.")]
GroundsOption = Annotated[str, typer.Option(help="planned, emergency or ordered.")]
MeasureOption = Annotated[
    list[str] | None, typer.Option("--measure", help="NAME=VALUE, for example seats=40, floor=1, lift=no.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Sites on file, from application to exit.", no_args_is_help=True)
    for name, command in COMMANDS.items():
        group.command(name)(command)
    app.add_typer(group, name="site")


def apply(
    site: SiteArgument,
    programme: Annotated[str, typer.Option(help="Programme that it belongs to.")],
    name: Annotated[str, typer.Option(help="Name on its sign.")],
    district: Annotated[str, typer.Option(help="Six-digit code, or the plan's own word.")],
    by: ByOption,
    address: Annotated[str, typer.Option(help="Where it is.")],
    operator: Annotated[str, typer.Option(help="Who runs it.")],
    contact: Annotated[str, typer.Option(help="Person responsible.")],
    phone: Annotated[str, typer.Option(help="Telephone, for complaints too.")],
    street: Annotated[str, typer.Option(help="Street or town.")] = "",
    village: Annotated[str, typer.Option(help="Village, if it is one.")] = "",
    measure: MeasureOption = None,
    on: OnOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Puts a site on file that applies. Example: holdchain site apply C01 --programme p --name 文昌"""
    from api.oversight.sites import LOCK, apply_site
    from api.oversight.sites_documents import act_document
    from api.oversight.sites_forms import asked_of, measures_of
    from api.people import OPERATOR
    from orders.oversight.site_file import SiteFile

    measures = measures_of(pairs(measure))
    file = SiteFile(
        site, programme, name, address, district, street, operator, contact, phone, village, measures
    )
    with opened(data) as house:
        asked = asked_of({"by": by, "happened_on": on or today(house)})
        with house.database.begin(lock=LOCK) as session:
            now_at = house.clock.now()
            standing = apply_site(session, file, asked, actor=OPERATOR, now_at=now_at, ids=house.ids)
    say_act(Out(json), act_document(site, "apply", standing))


def assess(
    site: SiteArgument,
    by: ByOption,
    answer: Annotated[list[str] | None, typer.Option("--answer", help="ITEM=yes or ITEM=no.")] = None,
    all_yes: Annotated[bool, typer.Option("--all-yes", help="Every item not answered is yes.")] = False,
    measure: MeasureOption = None,
    on: OnOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Assesses a site by the checklist. Example: holdchain site assess C01 --by 韦 --answer hygiene=yes"""
    from api.oversight.sites import measure_site
    from api.oversight.sites_forms import ANSWER, measures_of
    from api.oversight.sites_views import site_view
    from api.people import OPERATOR

    answers = pairs(answer)
    with opened(data) as house:
        with house.database.begin() as session:
            if measure:
                measures = measures_of(pairs(measure))
                measure_site(session, site, measures, actor=OPERATOR, now_at=house.clock.now())
            view = site_view(session, OPERATOR, site, present_day(house))
        if all_yes:
            answers = {item.item_id: "yes" for item in view.items} | answers
        fields = {f"{ANSWER}{item}": said for item, said in answers.items()}
        document = do_act(house, site, "assess", by, on, fields)
    say_act(Out(json), document)


def select(
    site: SiteArgument, by: ByOption, on: OnOption = "", data: DataOption = None, json: JsonOption = False
) -> None:
    """Selects an assessed site within the quota. Example: holdchain site select C01 --by 韦"""
    with opened(data) as house:
        document = do_act(house, site, "select", by, on, {})
    say_act(Out(json), document)


def agree(
    site: SiteArgument,
    by: ByOption,
    paper: PaperOption = None,
    on: OnOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Keeps agreement and filing. Example: holdchain site agree C01 --by 韦 --paper agreement=2026-7"""
    with opened(data) as house:
        document = do_act(house, site, "agree", by, on, paper_fields(paper))
    say_act(Out(json), document)


def open_(
    site: SiteArgument,
    by: ByOption,
    from_: FromOption = "",
    on: OnOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Opens a site, or opens it again. Example: holdchain site open C01 --by 韦 --from 2026-11-23"""
    with opened(data) as house:
        document = do_act(house, site, "open", by, on, {"effect_on": from_})
    say_act(Out(json), document)


def pause(
    site: SiteArgument,
    by: ByOption,
    reason: ReasonOption,
    from_: FromOption = "",
    until: Annotated[str, typer.Option(help="Last day; open-ended when missing.")] = "",
    contact: ContactOption = "",
    paper: PaperOption = None,
    grounds: GroundsOption = "planned",
    on: OnOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Pauses a site. Example: holdchain site pause C01 --by 韦 --reason 装修 --from 2026-12-10"""
    fields = change_fields(reason, from_, contact, paper, grounds) | {"until_on": until}
    with opened(data) as house:
        document = do_act(house, site, "pause", by, on, fields)
    say_act(Out(json), document)


def move(
    site: SiteArgument,
    by: ByOption,
    reason: ReasonOption,
    address: Annotated[str, typer.Option(help="Where to.")],
    from_: FromOption = "",
    contact: ContactOption = "",
    paper: PaperOption = None,
    grounds: GroundsOption = "planned",
    on: OnOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Moves a site, which is checked anew. Example: holdchain site move C01 --address 文昌路2号"""
    fields = change_fields(reason, from_, contact, paper, grounds) | {"address": address}
    with opened(data) as house:
        document = do_act(house, site, "move", by, on, fields)
    say_act(Out(json), document)


def exit_(
    site: SiteArgument,
    by: ByOption,
    reason: ReasonOption,
    from_: FromOption = "",
    contact: ContactOption = "",
    paper: PaperOption = None,
    grounds: GroundsOption = "planned",
    on: OnOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Ends a site. Example: holdchain site exit C01 --by 韦 --reason 停办 --from 2026-12-31"""
    with opened(data) as house:
        document = do_act(house, site, "exit", by, on, change_fields(reason, from_, contact, paper, grounds))
    say_act(Out(json), document)


def withdraw(
    site: SiteArgument,
    by: ByOption,
    reason: ReasonOption,
    on: OnOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Takes back a change that is announced. Example: holdchain site withdraw C01 --by 韦 --reason 续租"""
    with opened(data) as house:
        document = do_act(house, site, "withdraw", by, on, {"reason": reason})
    say_act(Out(json), document)


def turn_down(
    site: SiteArgument,
    by: ByOption,
    reason: ReasonOption,
    on: OnOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Turns an application down. Example: holdchain site turn-down C01 --by 韦 --reason 太小"""
    with opened(data) as house:
        document = do_act(house, site, "turn_down", by, on, {"reason": reason})
    say_act(Out(json), document)


def check(
    site: Annotated[str | None, typer.Argument(help="A site; a programme's area with --programme.")] = None,
    programme: Annotated[str, typer.Option(help="Check the whole area of this programme.")] = "",
    areas: Annotated[
        Path | None,
        typer.Option(help="CSV of streets and villages: kind,name,district,households,centres."),
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Holds siting and capacity against the plan. Example: holdchain site check --programme p"""
    from api.oversight.siting import checked_area, checked_site, keep_neighbourhoods
    from api.people import OPERATOR

    if (site is None) == (not programme):
        raise typer.BadParameter("a site, or --programme", param_hint="SITE")
    with opened(data) as house:
        if areas is not None:
            with house.database.begin() as session:
                found = places(areas)
                keep_neighbourhoods(session, found, actor=OPERATOR, now_at=house.clock.now())
        with house.database.read() as session:
            day_on = present_day(house)
            checked = (
                checked_area(session, programme, day_on)
                if site is None
                else checked_site(session, site, day_on)
            )
    say_checked(Out(json), checked)


def list_sites(data: DataOption = None, json: JsonOption = False) -> None:
    """Lists sites with their state and what is due. Example: holdchain site list"""
    from api.oversight.sites_documents import register_document
    from api.oversight.sites_views import register_view
    from api.people import OPERATOR
    from api.words import say
    from orders.codes import Coded

    with opened(data) as house, house.database.read() as session:
        document = register_document(register_view(session, OPERATOR, present_day(house)))
    out = Out(json)
    for one in document["sites"]:
        state = one["standing"]["state"] if one["standing"] else "unknown"
        shown = {"site_id": one["site_id"], "name": one["name"], "site_state": state}
        shown |= {"grade": one["grade"] or "-", "due": len(one["licences_due"]), "overdue": one["overdue"]}
        out.line(say(Coded("site_line", shown), cli_language()))
    if document["unfiled"]:
        out.line(say(Coded("sites_unfiled", {"sites": " ".join(document["unfiled"])}), cli_language()))
    out.result(document)


def board(
    site: SiteArgument,
    paper: Annotated[Literal["A3", "A4"], typer.Option(help="A3 or A4.")] = "A3",
    folder: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder (default: papers in the data folder)."),
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Prints what hangs on a site's wall as PDF. Example: holdchain site board C01 --paper A4 --out papers"""
    from api.oversight.sites_board import notice_board
    from api.people import OPERATOR
    from api.reports.notice_board import render
    from api.words import said_document

    with opened(data) as house:
        with house.database.read() as session:
            facts = notice_board(session, OPERATOR, site, house.clock.now())
        target = folder or house.settings.data / "papers"
    printed = render(facts, cli_language(), paper)
    target.mkdir(parents=True, exist_ok=True)
    file = target / f"notice-board-{site}-{paper}.pdf"
    file.write_bytes(printed.pdf)
    out = Out(json)
    out.line(str(file))
    findings = [said_document(one, cli_language()) for one in printed.findings]
    for finding in findings:
        out.line(finding["words"])
    out.result({"site_id": site, "file": str(file), "pages": printed.pages, "findings": findings})


def keep_form(
    site: SiteArgument,
    form: Annotated[
        str,
        typer.Argument(
            help="file, measures, supply, timetable, prices, notice, licence, person, training, ..."
        ),
    ],
    field: Annotated[
        list[str] | None, typer.Option("--field", help="NAME=VALUE, as docs/sites.md lists them.")
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Keeps what a form says. Example: holdchain site keep C01 measures --field seats=40"""
    from api.oversight.sites_keep import EDITS, Told, keep, keep_inspection
    from api.people import OPERATOR

    with opened(data) as house, house.database.begin() as session:
        told = Told(session, site, pairs(field), OPERATOR, house.clock.now(), house.ids)
        (keep if form in EDITS else keep_inspection)(form, told)
    out = Out(json)
    out.line(f"{site}: {form}")
    out.result({"site_id": site, "form": form})


COMMANDS: dict[str, Any] = {
    "apply": apply,
    "assess": assess,
    "select": select,
    "agree": agree,
    "open": open_,
    "pause": pause,
    "move": move,
    "exit": exit_,
    "withdraw": withdraw,
    "turn-down": turn_down,
    "keep": keep_form,
    "check": check,
    "list": list_sites,
    "board": board,
}
