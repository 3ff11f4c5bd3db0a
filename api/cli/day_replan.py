"""``holdchain day replan``: the rest of a published day, after something went wrong."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, service_here, solving
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened
from api.cli.day_road import hand_edited, road_replan

if TYPE_CHECKING:
    from api.day.replan import Replanned
    from api.house import House
    from kitchen.replan import Event
    from orders.service import Service

REPLANNED_LINE = "{service}: version {version} is published"
WOULD_LINE = "{service}: version {version} would change like this:"
NOTHING_LINE = "Nothing else changes."
PUBLISH_LINE = "Publish this as the next version?"
LEFT_LINE = "The day stays as it is."
UNDONE_LINE = "{service}: version {version} is published; it repeats version {repeats}"


def replan(
    event: Annotated[
        list[str] | None,
        typer.Option(
            help="slip, burnt, ill, back, broken, repaired, undo; or KIND:WHAT@HH:MM of the road: "
            "vehicle-down, vehicle-back, driver-ill, stop-added, stop-cancelled, stop-moved, road-closed, "
            "road-open, locked, unlocked, as often as needed; by hand move:C05,T2,1, move:C05,new,V1, "
            "swap:V1,V2; batch-late:B03,20 and batch-burnt:B03 too."
        ),
    ] = None,
    of: Annotated[
        str, typer.Option(help="Code of the batch that slips or burnt, of the cook, or of the equipment.")
    ] = "",
    minutes: Annotated[int, typer.Option(min=0, help="By how much a batch slips.")] = 0,
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Publish without asking.")] = False,
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    seed: Annotated[int, typer.Option(help="Same day, event and seed, same answer.")] = 1,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Plans the rest of a day again: says what would change, asks, and publishes it. With --json nothing is
    asked: it is a preview unless --yes is given. The last re-plan is taken back by --event undo.
    Example: holdchain day replan --event vehicle-down:van-2@10:20
    """
    if event == ["undo"]:
        _undo(kitchen, date, meal, data, json)
        return
    texts = event or []
    if texts and all(text.partition(":")[0] in ("move", "swap") for text in texts):
        where = (kitchen, date, meal)
        hand_edited(texts, where=where, data=data, preview=preview, yes=yes, json=json)
        return
    if any(_of_road(text) for text in texts):
        _road(texts, (kitchen, date, meal), data, preview, yes, seed, json)
        return
    named, of, minutes = _batch(texts, of, minutes)
    kind = _kind(named, minutes)
    with opened(data) as house, solving():
        from api.day.replan_documents import ref_of
        from kitchen.replan import Event

        service, out = service_here(house, kitchen, date, meal), Out(json)
        with house.database.read() as session:
            told = Event(kind, ref_of(session, service, kind, of), minutes)
        if yes and not preview:
            facts = _published(house, service, told, seed, None, out)
        else:
            facts = _previewed(house, service, told, seed, out)
            if not preview and not json and _agreed(out):
                facts = _published(house, service, told, seed, facts["digest"], out)
    out.result({"service": service.key, **facts})


def _of_road(text: str) -> bool:
    from api.day.road_told import is_of_road

    return is_of_road(text)


def _road(
    texts: list[str],
    where: tuple[str | None, Any, str],
    data: Any,
    preview: bool,
    yes: bool,
    seed: int,
    json: bool,
) -> None:
    if not all(_of_road(text) for text in texts):
        raise typer.BadParameter("events of the road, or one of the kitchen", param_hint="--event")
    road_replan(texts, where=where, data=data, preview=preview, yes=yes, seed=seed, json=json)


def _batch(texts: list[str], of: str, minutes: int) -> tuple[str | None, str, int]:
    """One event of the kitchen: its kind, code and minutes, also as ``batch-late:B03,20@10:20``."""
    if len(texts) > 1:
        raise typer.BadParameter("one event of the kitchen at a time", param_hint="--event")
    name, _, rest = (texts[0] if texts else "").partition(":")
    kind = {"batch-late": "slip", "batch-burnt": "burnt"}.get(name)
    if kind is None:
        return (texts[0] if texts else None), of, minutes
    code, _, later = rest.partition("@")[0].partition(",")
    if kind == "slip" and not later.isdecimal():
        raise typer.BadParameter("batch-late:B03,20 for 20 minutes", param_hint="--event")
    return kind, code, int(later) if later else 0


def _kind(event: str | None, minutes: int) -> Any:
    """The kind of event that was named; anything else is wrong usage."""
    from kitchen.replan import EVENT_KINDS

    kind = next((known for known in EVENT_KINDS if known == event), None)
    if kind is None:
        raise typer.BadParameter(f"one of {', '.join((*EVENT_KINDS, 'undo'))}", param_hint="--event")
    if (kind == "slip") != (minutes > 0):
        raise typer.BadParameter("minutes of a slip, and of nothing else", param_hint="--minutes")
    return kind


def _previewed(house: "House", service: "Service", event: "Event", seed: int, out: Out) -> dict[str, Any]:
    from api.day.replan import previewed

    now_at = house.clock.now()
    would = previewed(house.database, service, event, now_at=now_at, ids=house.ids, seed=seed)
    _say(out, WOULD_LINE, service=service.key, version=would.version)
    return _told(house, service, would, out, published=False)


def _agreed(out: Out) -> bool:
    from api.words import gettext

    if typer.confirm(gettext(PUBLISH_LINE, cli_language()), err=True):
        return True
    _say(out, LEFT_LINE)
    raise typer.Exit(1)


def _published(
    house: "House", service: "Service", event: "Event", seed: int, digest: str | None, out: Out
) -> dict[str, Any]:
    from api.day.replan import replan as replan_day
    from api.people import OPERATOR

    done = replan_day(
        house.database,
        service,
        event,
        actor=OPERATOR,
        now_at=house.clock.now(),
        ids=house.ids,
        seed=seed,
        expected=digest,
    )
    _say(out, REPLANNED_LINE, service=service.key, version=done.version)
    return _told(house, service, done, out, published=True)


def _told(
    house: "House", service: "Service", done: "Replanned", out: Out, *, published: bool
) -> dict[str, Any]:
    """The document of an answer, written out line by line too."""
    from api.day.replan_documents import names_of, replan_document

    language = cli_language()
    with house.database.read() as session:
        names = names_of(session, service)
    facts = replan_document(done, language, names, published=published)
    for said in (*facts["changes"], *facts["findings"]):
        out.line(f"  {said['words']}")
    if not facts["changes"]:
        _say(out, NOTHING_LINE)
    for one in done.answer.instead:
        old, new = (
            names[key].called(language) if key in names else key for key in (one.from_dish, one.to_dish)
        )
        site = names[one.site_id].called(language) if one.site_id in names else one.site_id
        out.line(f"  {site}  {one.order_code}  {old} -> {new or '-'}")
    return facts


def _undo(kitchen: str | None, date: Any, meal: str, data: Any, json: bool) -> None:
    from api.people import OPERATOR

    with opened(data) as house, solving():
        from api.day.replan_undo import undo_replan

        service, out = service_here(house, kitchen, date, meal), Out(json)
        version, repeats = undo_replan(
            house.database, service, actor=OPERATOR, now_at=house.clock.now(), ids=house.ids
        )
    _say(out, UNDONE_LINE, service=service.key, version=version, repeats=repeats)
    out.result({"service": service.key, "version": version, "published": True, "repeats": repeats})


def _say(out: Out, template: str, **facts: object) -> None:
    from api.words import gettext

    out.line(gettext(template, cli_language()).format(**facts))
