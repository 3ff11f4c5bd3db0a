"""``holdchain day replan --event vehicle-down:van-2@10:20``: what happens on the road."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from api.cli.choosing import service_here, solving
from api.cli.common import Out, cli_language, opened

if TYPE_CHECKING:
    from api.day.road_events import RoadReplanned
    from api.house import House
    from orders.service import Service
    from routing.day_events import RoadEvent

WOULD_LINE = "{service}: version {version} would change like this:"
REPLANNED_LINE = "{service}: version {version} is published"
NOTHING_LINE = "Nothing else changes."
PUBLISH_LINE = "Publish this as the next version?"
LEFT_LINE = "The day stays as it is."
AHEAD_LINE = "It has not happened yet: this is what it would mean by the plan, and nothing is published."
MOVED_LINE = "  {order}  {diner}  {site}  {boxes}: {was} -> {now}"
LOST_LINES = {
    "spare": "  {order}  {diner}  {site}  {boxes}: {was} -> spare portions at the site",
    "next_wave": "  {order}  {diner}  {site}  {boxes}: {was} -> cooked again, there from {wave} on",
    "refund": "  {order}  {diner}  {site}  {boxes}: {was} -> call, and money back",
}
BREAKS_LINE = "  Not possible: {words}"
DECIDE_LINE = "To decide with each site: what takes the place of the lost boxes (Kitchen, Not delivered)."


def road_replan(
    texts: Sequence[str],
    *,
    where: tuple[str | None, Any, str],
    data: Any,
    preview: bool,
    yes: bool,
    seed: int,
    json: bool,
) -> None:
    """Says what events on the road make of the day, asks, and publishes it."""
    with opened(data) as house, solving():
        from api.day.road_told import road_told

        service, out = service_here(house, *where), Out(json)
        with house.database.read() as session:
            events = [road_told(session, service, text, house.clock.now()) for text in texts]
        facts = _previewed(house, service, events, seed, out)
        if facts["ahead"]:
            _say(out, AHEAD_LINE)
        elif not preview and (yes or (not json and _agreed(out))):
            facts = _published(house, service, events, seed, None if yes else facts["digest"], out)
    out.result({"service": service.key, **facts})


def hand_edited(
    texts: Sequence[str],
    *,
    where: tuple[str | None, Any, str],
    data: Any,
    preview: bool,
    yes: bool,
    json: bool,
) -> None:
    """Says what edits by hand make of the plan and what it would break; publishes what breaks nothing."""
    with opened(data) as house, solving():
        from api.day.by_hand import edit_told, hand_previewed, hand_published
        from api.day.road_documents import hand_document, road_names
        from api.people import OPERATOR
        from orders.errors import Conflict

        service, out, now_at = service_here(house, *where), Out(json), house.clock.now()
        with house.database.read() as session:
            edits = [edit_told(session, service, text) for text in texts]
            names = road_names(session, service)
        seen = hand_previewed(house.database, service, edits, now_at=now_at)
        _say(out, WOULD_LINE, service=service.key, version=seen.replanned.version)
        _told(house, service, seen.replanned, out, published=False)
        facts = hand_document(seen, service, cli_language(), names)
        for one in facts["violations"]:
            _say(out, BREAKS_LINE, words=one["words"])
        wanted = not preview and (yes or not json)
        if seen.violations and wanted:
            raise Conflict("plan_by_hand_breaks", service=service.key, count=len(seen.violations))
        if wanted and (yes or _agreed(out)):
            digest = seen.replanned.digest
            done = hand_published(
                house.database,
                service,
                edits,
                actor=OPERATOR,
                now_at=now_at,
                ids=house.ids,
                expected=digest,
            )
            _say(out, REPLANNED_LINE, service=service.key, version=done.version)
            facts |= {"version": done.version, "published": True}
    out.result({"service": service.key, **facts})


def _previewed(
    house: "House", service: "Service", events: "Sequence[RoadEvent]", seed: int, out: Out
) -> dict[str, Any]:
    from api.day.road_events import road_previewed

    would = road_previewed(house.database, service, events, now_at=house.clock.now(), seed=seed)
    _say(out, WOULD_LINE, service=service.key, version=would.version)
    return _told(house, service, would, out, published=False)


def _published(
    house: "House",
    service: "Service",
    events: "Sequence[RoadEvent]",
    seed: int,
    digest: str | None,
    out: Out,
) -> dict[str, Any]:
    from api.day.road_events import road_replan as publish
    from api.people import OPERATOR

    done = publish(
        house.database,
        service,
        events,
        actor=OPERATOR,
        now_at=house.clock.now(),
        ids=house.ids,
        seed=seed,
        expected=digest,
    )
    _say(out, REPLANNED_LINE, service=service.key, version=done.version)
    return _told(house, service, done, Out(True), published=True)


def _told(
    house: "House", service: "Service", done: "RoadReplanned", out: Out, *, published: bool
) -> dict[str, Any]:
    """The document of an answer, written out line by line too."""
    from api.day.road_documents import road_document, road_names

    language = cli_language()
    with house.database.read() as session:
        names = road_names(session, service)
    facts = road_document(done, service, language, names, published=published)
    for said in facts["changes"]:
        out.line(f"  {said['words']}")
    if not facts["changes"]:
        _say(out, NOTHING_LINE)
    for one in done.diners:
        site = names[one.site_id].called(language) if one.site_id in names else one.site_id
        _say(
            out,
            LOST_LINES.get(one.outcome, MOVED_LINE),
            order=one.order_code,
            diner=one.diner,
            site=site,
            boxes=", ".join(one.boxes),
            was=_hm(service, one.was_s),
            now=_hm(service, one.now_s),
            wave=_hm(service, one.wave_s),
        )
    if done.answer.lost:
        _say(out, DECIDE_LINE)
    return facts


def _hm(service: "Service", second: int | None) -> str:
    return "-" if second is None else f"{service.local(service.instant(second)):%H:%M}"


def _agreed(out: Out) -> bool:
    from api.words import gettext

    if typer.confirm(gettext(PUBLISH_LINE, cli_language()), err=True):
        return True
    _say(out, LEFT_LINE)
    raise typer.Exit(1)


def _say(out: Out, template: str, **facts: object) -> None:
    from api.words import gettext

    out.line(gettext(template, cli_language()).format(**facts))
