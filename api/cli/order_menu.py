"""``holdchain order menu``: what may be ordered for a service, with the codes that other commands take."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, diner_here, service_opened
from api.cli.common import DataOption, JsonOption, Out, cli_language

if TYPE_CHECKING:
    from api.ordering.offer import Offer, OfferedDish


def order_menu(
    site: Annotated[str, typer.Option(help="Whether this site takes orders, and its places.")] = "",
    diner: Annotated[str, typer.Option(metavar="CODE", help="What suits this diner.")] = "",
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Lists a day's dishes, sets and cut-off. Example: holdchain order menu --date 2026-11-23 --site C01"""
    from api.ordering.offer import offer_of

    with service_opened(data, kitchen, date, meal) as (house, service):
        diner_id = diner_here(house, diner) if diner else ""
        with house.database.read() as session:
            offer = offer_of(session, service, site, diner_id)
    out = Out(json)
    _print(out, offer)
    out.result(_document(offer))


def _print(out: Out, offer: "Offer") -> None:
    from api.words import gettext, say
    from orders.money import yuan

    language = cli_language()
    in_chinese = language == "zh_CN"
    limit = offer.service.local(offer.limit_at).strftime("%Y-%m-%d %H:%M")
    words = gettext("{service}, orders until {limit}", language)
    out.line(words.format(service=offer.service.key, limit=limit))
    for one in offer.dishes:
        course = gettext(f"course.{one.item.category}", language)
        name = one.item.name_zh if in_chinese else one.item.name_en
        why = "  ".join(say(reason, language) for reason in one.reasons)
        out.line(f"{one.item.dish_id}  {course}  {name}{'  ' if why else ''}{why}")
    for offered in offer.sets:
        parts = " + ".join(
            f"{count} {gettext(f'course.{part}', language)}" for part, count in offered.parts.items() if count
        )
        name = (offered.name_zh if in_chinese else offered.name_en) or offered.code
        out.line(f"{name}: {parts}, {yuan(offered.price_fen)}")
    if offer.room is not None:
        words = gettext("{site}: {free} of {capacity} places free, {waiting} wait", language)
        room = offer.room
        facts = {"free": room.free, "capacity": room.capacity, "waiting": room.waiting}
        out.line(words.format(site=room.site_id, **facts))
    if offer.refusal is not None:
        out.line(say(offer.refusal, language))


def _document(offer: "Offer") -> dict[str, Any]:
    from api.words import say

    room, refusal = offer.room, offer.refusal
    return {
        "service": offer.service.key,
        "order_until": offer.limit_at.isoformat(),
        "price_fen": offer.price_fen,
        "dishes": [_dish(one) for one in offer.dishes],
        "sets": [
            {"code": one.code, "price_fen": one.price_fen, "parts": dict(one.parts)} for one in offer.sets
        ],
        "site": None
        if room is None
        else {
            "site_id": room.site_id,
            "capacity": room.capacity,
            "free": room.free,
            "waiting": room.waiting,
            "refused": "" if refusal is None else say(refusal, cli_language()),
        },
    }


def _dish(one: "OfferedDish") -> dict[str, Any]:
    from api.words import say

    return {
        "dish_id": one.item.dish_id,
        "name_zh": one.item.name_zh,
        "name_en": one.item.name_en,
        "category": one.item.category,
        "allergens": sorted(one.item.counts_as_containing),
        "suits": not one.reasons,
        "why_not": [say(reason, cli_language()) for reason in one.reasons],
    }
