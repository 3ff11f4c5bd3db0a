"""``holdchain readings``: what a device, a box, an asset, a carrier or a stop told between two instants."""

import csv
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened
from api.words import gettext

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.house import House
    from telemetry.store.history import Span

INSTANT_HELP = "Without a zone on the wall clock of the house; both ends belong to it."
FromOption = Annotated[
    str,
    typer.Option("--from", metavar="INSTANT", help=f"{INSTANT_HELP} Default: a day before; of a box all."),
]
ToOption = Annotated[str, typer.Option("--to", metavar="INSTANT", help="As --from. Default: now.")]
A_DAY = timedelta(days=1)
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
LINE = ("measured_at", "device", "probe", "quantity", "value", "unit")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("readings")(readings)


def readings(
    device: Annotated[str | None, typer.Option(metavar="ID", help="Everything a device told.")] = None,
    box: Annotated[str | None, typer.Option(metavar="CODE", help="The probes in a box.")] = None,
    asset: Annotated[
        str | None, typer.Option(metavar="CODE", help="The probes mounted in a cold room, freezer ...")
    ] = None,
    carrier: Annotated[
        str | None, typer.Option(metavar="CODE", help="A carrier's own sensor and the probes packed in it.")
    ] = None,
    stop: Annotated[
        str | None, typer.Option(metavar="SITE", help="The probes of the boxes for a site.")
    ] = None,
    from_at: FromOption = "",
    to_at: ToOption = "",
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the rows as CSV and nothing else.")] = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Lists readings. Example: holdchain readings --device BOX-0001 --from 2026-11-23 --to 2026-11-24"""
    from api.readings_document import readings_document
    from telemetry.store.devices import require_known
    from telemetry.store.history import readings_in

    asked = {"device": device, "box": box, "asset": asset, "carrier": carrier, "stop": stop}
    about = {name: wanted for name, wanted in asked.items() if wanted is not None}
    if len(about) != 1 or (as_csv and json):
        raise typer.BadParameter(
            "one of --device, --box, --asset, --carrier, --stop; and --csv or --json, not both"
        )
    starts_at, ends_at = _instant(from_at, "--from"), _instant(to_at, "--to")
    with opened(data) as house:
        last_at = ends_at or house.clock.now()
        first_at = starts_at or (BEFORE_ALL if box else last_at - A_DAY)
        if first_at > last_at:
            raise typer.BadParameter("an instant before --to (default: now)", param_hint="--from")
        with house.database.read() as session:
            service = (kitchen, date, meal)
            spans = _spans(house, session, about, first_at, last_at, service)
            rows = readings_document(readings_in(session, spans))
            if device and not rows:
                require_known(session, device)
    if as_csv:
        _print_csv(rows)
        return
    period = {"from_at": first_at.isoformat(), "to_at": last_at.isoformat()}
    _print(Out(json), {"about": about, **period, "readings": rows})


def _spans(
    house: "House",
    session: "Session",
    about: dict[str, str],
    first_at: datetime,
    last_at: datetime,
    service: tuple[str | None, datetime | None, str],
) -> "list[Span]":
    from api.cli.choosing import kitchen_here, service_here
    from api.history import spans_of_asset, spans_of_boxes, spans_of_carrier, spans_of_stop
    from kitchen.store.floor import find_box
    from telemetry.store.history import Span

    [(what, wanted)] = about.items()
    if what == "device":
        return [Span(wanted, first_at, last_at)]
    if what == "stop":
        return spans_of_stop(session, wanted, first_at, last_at)
    kitchen_id = kitchen_here(house, service[0]).kitchen_id
    if what == "asset":
        return spans_of_asset(session, kitchen_id, wanted, first_at, last_at)
    if what == "carrier":
        return spans_of_carrier(session, kitchen_id, wanted, first_at, last_at)
    key = service_here(house, *service).key if service[1] else None
    return spans_of_boxes(session, [find_box(session, kitchen_id, wanted, key)[0]], first_at, last_at)


def _instant(told: str, option: str) -> datetime | None:
    from api.words import ZONE

    if not told:
        return None
    try:
        at = datetime.fromisoformat(told)
    except ValueError as error:
        raise typer.BadParameter("an instant such as 2026-11-23T08:00+08:00", param_hint=option) from error
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(ZONE))


def _print(out: Out, document: dict[str, Any]) -> None:
    for row in () if out.as_json else document["readings"]:
        out.line("  ".join(str(row[name]) for name in LINE))
    if not document["readings"]:
        first, last = (_local(document[name]) for name in ("from_at", "to_at"))
        out.line(gettext("No reading from {first} to {last}.", cli_language()).format(first=first, last=last))
    out.result(document)


def _local(instant: str) -> str:
    from api.words import ZONE

    return datetime.fromisoformat(instant).astimezone(ZoneInfo(ZONE)).isoformat(timespec="minutes")


def _print_csv(rows: list[dict[str, Any]]) -> None:
    from api.readings_document import COLUMNS

    sheet = csv.DictWriter(sys.stdout, COLUMNS, extrasaction="ignore", lineterminator="\n")
    sheet.writeheader()
    sheet.writerows(rows)
