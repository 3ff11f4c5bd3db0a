"""``holdchain day print``: the papers of a service, on A4, as one book, or for a label printer."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, service_opened, solving
from api.cli.common import DataOption, JsonOption, Out, cli_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.house import House
    from orders.codes import Coded
    from orders.service import Service

WHATS = ("all", "paper-day", "labels")
Printed = tuple[str, bytes, int, "Mapping[str, int]", "tuple[Coded, ...]"]


def print_(
    what: Annotated[
        str,
        typer.Option(
            help="all papers, paper-day (one file with contents), labels, or one paper's name: "
            "production-sheet, haccp-record, receiving-log, purchase-list ..."
        ),
    ] = "all",
    printer: Annotated[
        str, typer.Option(help="Label printer, for --what labels; see printers.toml.")
    ] = "60x40",
    label_format: Annotated[str, typer.Option("--format", help="Of labels: pdf, tspl or zpl.")] = "pdf",
    label: Annotated[
        list[str] | None, typer.Option(help="Only these labels: box, meal, sample; may be repeated.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="zh_CN or en; may be repeated (default: both).")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="All of a new version, not only what differs from the last print.")
    ] = False,
    jin: Annotated[bool, typer.Option("--jin", help="Weights in 斤 (500 g) too.")] = False,
    folder: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder (default: papers in the data folder).")
    ] = None,
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Writes a published service's papers. Example: holdchain day print --what labels --printer 60x40"""
    from api.words import LANGUAGES, said_document

    languages = _listed(language, LANGUAGES, "--language")
    with service_opened(data, kitchen, date, meal) as (house, service), solving():
        refused: list[Coded] = []
        target = folder or house.settings.data / "papers" / service.key.replace("/", "-")
        if what == "labels":
            printed = _labels(house, service, languages, (printer, label_format, label, whole), refused)
        elif what == "paper-day":
            printed = _paper_day(house, service, languages, jin)
        else:
            printed = _papers(house, service, languages, (what, whole, jin), refused)
        out = Out(json)
        papers = [_written(out, target, one) for one in printed]
        lacking = [said_document(one, cli_language()) for one in refused]
    for one in lacking:
        out.line(one["words"])
    out.result({"service": service.key, "papers": papers, "not_printed": lacking})
    if lacking:
        raise typer.Exit(1)


def _written(out: Out, folder: Path, paper: Printed) -> dict[str, Any]:
    """What one paper is told as, once it is written and said."""
    from api.words import said_document

    name, content, pages, totals, found = paper
    file = _write(folder, name, content)
    findings = [said_document(finding, cli_language()) for finding in found]
    _say(out, "{file}: {pages} pages", file=file, pages=pages)
    for finding in findings:
        out.line(f"  {finding['words']}")
    known: dict[str, Any] = {"name": name, "file": str(file), "pages": pages, "totals": dict(totals)}
    return known | {"findings": findings}


def _papers(
    house: "House",
    service: "Service",
    languages: Sequence[str],
    asked: tuple[str, bool, bool],
    refused: "list[Coded]",
) -> Iterator[Printed]:
    """The papers that can be printed; why labels cannot goes on the list of what was refused."""
    from api.books.floor_papers import FLOOR_KINDS, print_floor
    from api.day.paper_sheets import KINDS
    from api.day.papers import PrintWish, print_papers
    from api.people import OPERATOR

    what, whole, jin = asked
    kinds = [kind for kind in KINDS if kind == what]
    floor = [kind for kind in FLOOR_KINDS if kind == what]
    if what != "all" and not (kinds or floor):
        raise typer.BadParameter(f"one of {', '.join((*WHATS, *KINDS, *FLOOR_KINDS))}", param_hint="--what")
    wish = PrintWish(languages, kinds or None, whole, jin or None)
    now_at, database = house.clock.now(), house.database
    if not floor:
        made = print_papers(database, service, actor=OPERATOR, now_at=now_at, wish=wish, refused=refused)
        for one in made:
            yield one.name, one.pdf, one.pages, one.totals, one.findings
    if not kinds:
        asked_for = floor or None
        for paper in print_floor(
            database, service, languages, asked_for, actor=OPERATOR, now_at=now_at, ids=house.ids
        ):
            yield paper.name, paper.printed.pdf, paper.printed.pages, {}, paper.printed.findings


def _paper_day(house: "House", service: "Service", languages: Sequence[str], jin: bool) -> Iterator[Printed]:
    from api.books.paper_day import print_paper_day
    from api.people import OPERATOR

    for language in languages:
        book = print_paper_day(
            house.database,
            service,
            language,
            actor=OPERATOR,
            now_at=house.clock.now(),
            ids=house.ids,
            jin=jin or None,
        )
        yield f"paper-day.{language}.pdf", book.pdf, book.pages, {}, book.findings


def _labels(
    house: "House",
    service: "Service",
    languages: Sequence[str],
    asked: tuple[str, str, Sequence[str] | None, bool],
    refused: "list[Coded]",
) -> Iterator[Printed]:
    """The files that can be printed; why others cannot goes on the list of what was refused."""
    from api.day.label_jobs import LabelWish, print_labels
    from api.day.paper_rolls import LABEL_KINDS
    from api.people import OPERATOR
    from api.reports.roll_print import FORMATS

    printer, wanted, kinds, whole = asked
    formats = [one for one in FORMATS if one == wanted]
    if not formats:
        raise typer.BadParameter(f"one of {', '.join(FORMATS)}", param_hint="--format")
    chosen = [kind for kind in LABEL_KINDS if kind in _listed(kinds, LABEL_KINDS, "--label")]
    for language in languages:
        wish = LabelWish(tuple(chosen), printer, formats[0], language, whole, others=True)
        run = print_labels(house.database, service, wish, actor=OPERATOR, now_at=house.clock.now())
        refused += [one.coded for one in run.refused]
        for job in run.jobs:
            yield job.name, job.content, job.labels, {"labels": job.labels}, job.findings


def _listed(asked: Sequence[str] | None, known: Sequence[str], hint: str) -> Sequence[str]:
    if asked and (unknown := [one for one in asked if one not in known]):
        raise typer.BadParameter(f"{unknown[0]}: one of {', '.join(known)}", param_hint=hint)
    return asked or known


def _say(out: Out, template: str, **facts: object) -> None:
    from api.words import gettext

    out.line(gettext(template, cli_language()).format(**facts))


def _write(folder: Path, name: str, content: bytes) -> Path:
    from orders.errors import BadInput

    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    except OSError as error:
        raise BadInput("papers_out", out=str(folder)) from error
    return folder / name
