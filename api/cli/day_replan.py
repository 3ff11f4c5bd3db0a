"""``holdchain day replan``: the rest of a published day, after something went wrong."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, service_here, solving
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from sqlmodel import Session

    from orders.service import Service

REPLANNED_LINE = "{service}: version {version} is published"


def replan(
    event: Annotated[str, typer.Option(help="slip, burnt, ill, back, broken or repaired.")],
    of: Annotated[
        str, typer.Option(help="Code of the batch that slips or burnt, of the cook, or of the equipment.")
    ],
    minutes: Annotated[int, typer.Option(min=0, help="By how much a batch slips.")] = 0,
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    seed: Annotated[int, typer.Option(help="Same day, event and seed, same answer.")] = 1,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Plans the rest of a day again. Example: holdchain day replan --event slip --of B03 --minutes 20"""
    from api.people import OPERATOR
    from kitchen.replan import EVENT_KINDS, Event

    kind = next((known for known in EVENT_KINDS if known == event), None)
    if kind is None:
        raise typer.BadParameter(f"one of {', '.join(EVENT_KINDS)}", param_hint="--event")
    if (kind == "slip") != (minutes > 0):
        raise typer.BadParameter("minutes of a slip, and of nothing else", param_hint="--minutes")
    with opened(data) as house, solving():
        from api.day.replan import replan as replan_day
        from api.day.replan_documents import replan_document

        service = service_here(house, kitchen, date, meal)
        with house.database.read() as session:
            ref = _ref(session, service, kind, of)
        done = replan_day(
            house.database,
            service,
            Event(kind, ref, minutes),
            actor=OPERATOR,
            now_at=house.clock.now(),
            ids=house.ids,
            seed=seed,
        )
        facts = replan_document(done, cli_language())
    out = Out(json)
    from api.words import gettext

    out.line(gettext(REPLANNED_LINE, cli_language()).format(service=service.key, version=done.version))
    for said in (*facts["changes"], *facts["findings"]):
        out.line(said["words"])
    for one in facts["instead"]:
        out.line(f"{one['site_id']}  {one['order_code']}  {one['from_dish']} -> {one['to_dish'] or '-'}")
    out.result({"service": service.key, **facts})


def _ref(session: "Session", service: "Service", kind: str, code: str) -> str:
    from api.day.replan_documents import ref_of

    return ref_of(session, service, kind, code)
