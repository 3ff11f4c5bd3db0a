"""The desk: one line for a call, the whole form for the rest, money, standing orders."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House
from api.ordering.amend import cancel
from api.ordering.desk import callers, channels_of, desk_view, kitchen_of, next_to_order, services_ahead
from api.ordering.facts import find_diner, find_order, kitchen_for
from api.ordering.payments import take
from api.ordering.place import Wanted, place
from api.ordering.record import Acting
from api.ordering.standing import place_standing
from api.oversight.blacklist import person_shut
from api.pages.meal_form import (
    Chosen,
    amend_chosen,
    asked_for,
    cancel_chosen,
    place_chosen,
    posted,
    service_named,
    view_of,
    written_at,
)
from api.pages.shell import answer
from api.permissions import Actor, ensure
from api.register.finding import find_people
from api.web.access import HouseHere, may
from api.web.pinyin import initials
from api.web.render import render
from orders.errors import Conflict, NotFound
from orders.prepayments import Method, Payment
from orders.service import Service

router = APIRouter(prefix="/desk", include_in_schema=False)
Clerk = Annotated[Actor, may("orders.desk")]
Asked = Annotated[Chosen, Depends(asked_for)]
Posted = Annotated[Chosen, Depends(posted)]
Act = Callable[[Session, Service, Chosen, Acting], object]
Text = Annotated[str, Form(max_length=300)]
MOST_FOUND = 9


@router.get("")
def page(request: Request, house: HouseHere, actor: Clerk, service: str = "", q: str = "") -> Response:
    """The line, with whom a search finds."""
    with house.database.read() as session:
        facts = _facts(session, house, actor, service, q)
    return render(request, "desk.html", **facts)


@router.get("/found")
def found(request: Request, house: HouseHere, actor: Clerk, service: str = "", q: str = "") -> Response:
    """Whom a search finds, while it is typed."""
    with house.database.read() as session:
        facts = _facts(session, house, actor, service, q)
    return render(request, "desk_found.html", **facts)


@router.post("/usual")
def usual(
    request: Request,
    house: HouseHere,
    actor: Clerk,
    service: Text,
    q: Text = "",
    diner: Text = "",
    channel: Text = "",
) -> Response:
    """The usual for the one person who is meant; of several the list, to choose from."""
    acting = Acting(actor, house.clock.now(), house.ids)
    with house.database.read() as session:
        wanted = service_named(session, service)
        meant = [diner] if diner else _meant(session, actor, q)
    if len(meant) != 1:
        done = "Nobody has this name or number." if not meant else "Several are meant: choose one."
        return _live(request, house, actor, service, done, q=q)
    with house.database.begin(lock=wanted.key) as session:
        placed = place(session, wanted, Wanted(meant[0], channel=channel), acting)
    done = "The usual is ordered." if placed.is_new else "This meal was ordered before."
    return _live(request, house, actor, service, done, last=placed.order.order_id, channel=channel)


@router.post("/undo")
def undone(request: Request, house: HouseHere, actor: Clerk, service: Text, order_id: Text) -> Response:
    """The order just placed is taken back, as long as that costs nothing."""
    acting = Acting(actor, house.clock.now(), house.ids)
    with house.database.read() as session:
        wanted = service_named(session, service)
    with house.database.begin(lock=wanted.key) as session:
        cancel(session, wanted, order_id, acting)
    return _live(request, house, actor, service, "The order is taken back.")


@router.post("/standing")
def standing(request: Request, house: HouseHere, actor: Clerk, service: Text) -> Response:
    """Standing orders become orders now, not only at the close."""
    acting = Acting(actor, house.clock.now(), house.ids)
    with house.database.read() as session:
        wanted = service_named(session, service)
    ensure(actor, "orders.desk", kitchen_id=wanted.kitchen_id)
    with house.database.begin(lock=wanted.key) as session:
        place_standing(session, wanted, acting)
    return _live(request, house, actor, service, "Standing orders are placed.")


@router.get("/meal")
def meal(request: Request, house: HouseHere, actor: Clerk, chosen: Asked) -> Response:
    """One diner's meal with every choice; while nobody is chosen the line, to find the person first."""
    with house.database.read() as session:
        if not chosen.diner_id:
            facts = _facts(session, house, actor, chosen.service_key, "")
            hint = "Find the person first; the name opens the whole form."
            return render(request, "desk.html", hint=hint, **facts)
        if not chosen.service_key:
            service = _facts(session, house, actor, "", "")["service"]
            chosen = replace(chosen, service_key=service.key)
        facts = _meal_facts(session, house, actor, chosen)
    return render(request, "desk_meal.html", **facts)


@router.get("/meal/live")
def meal_live(request: Request, house: HouseHere, actor: Clerk, chosen: Asked) -> Response:
    """The same with what is chosen at present, priced."""
    with house.database.read() as session:
        facts = _meal_facts(session, house, actor, chosen)
    return render(request, "desk_meal_live.html", done="", **facts)


@router.post("/meal/place")
def placed(request: Request, house: HouseHere, actor: Clerk, chosen: Posted) -> Response:
    """A meal is ordered, perhaps from paper or late."""
    return _act(request, house, actor, chosen, place_chosen, "The meal is ordered.")


@router.post("/meal/amend")
def amended(request: Request, house: HouseHere, actor: Clerk, chosen: Posted) -> Response:
    """An order is changed."""
    return _act(request, house, actor, chosen, amend_chosen, "The order is changed.")


@router.post("/meal/cancel")
def cancelled(request: Request, house: HouseHere, actor: Clerk, chosen: Posted) -> Response:
    """An order is cancelled."""
    return _act(request, house, actor, chosen, cancel_chosen, "The meal is cancelled.")


@router.post("/meal/pay")
def paid(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("payments.take")],
    order_id: Text,
    method: Annotated[Method, Form()],
    amount_fen: Annotated[int, Form(gt=0)],
    kind: Annotated[str, Form()] = "payment",
    reference: Text = "",
) -> Response:
    """Money is taken, or given back."""
    now_at = house.clock.now()
    with house.database.read() as session:
        service, order = find_order(session, order_id)
    payment = Payment(
        "",
        order_id,
        "refund" if kind == "refund" else "payment",
        method,
        amount_fen,
        reference.strip(),
        method != "cash",
        now_at,
        "",
    )
    with house.database.begin(lock=service.key) as session:
        take(session, payment, Acting(actor, now_at, house.ids))
    done = "The refund is noted." if kind == "refund" else "The payment is noted."
    if order.state == "cancelled":
        return _live(request, house, actor, service.key, done)
    return _meal_answer(request, house, actor, Chosen(order.diner_id, service.key), done)


def _act(request: Request, house: House, actor: Actor, chosen: Chosen, act: Act, done: str) -> Response:
    with house.database.read() as session:
        service = service_named(session, chosen.service_key)
    written = written_at(service, chosen.written)
    acting = Acting(actor, house.clock.now(), house.ids, written, chosen.reason)
    with house.database.begin(lock=service.key) as session:
        act(session, service, chosen, acting)
    return _meal_answer(request, house, actor, Chosen(chosen.diner_id, chosen.service_key), done)


def _meal_answer(request: Request, house: House, actor: Actor, shown: Chosen, done: str) -> Response:
    with house.database.read() as session:
        facts = _meal_facts(session, house, actor, shown)
    address = f"/desk/meal?for={shown.diner_id}&service={shown.service_key}"
    return answer(request, address, "desk_meal_live.html", done, **facts)


def _meal_facts(session: Session, house: House, actor: Actor, chosen: Chosen) -> dict[str, Any]:
    service = service_named(session, chosen.service_key)
    diner = find_diner(session, chosen.diner_id)
    ensure(actor, "orders.desk", kitchen_id=service.kitchen_id)
    ensure(actor, "orders.desk", kitchen_id=kitchen_for(session, diner), site_id=diner.site_id)
    own = replace(chosen, site_id=chosen.site_id or (actor.site_id or ""))
    view = view_of(session, service, own, Acting(actor, house.clock.now(), house.ids))
    channels = channels_of(view.facts.programme.ordering.channels)
    shut = person_shut(session, diner, service.local(house.clock.now()).date())
    return {"view": view, "diner": diner, "service": service, "channels": channels, "shut": shut}


def _meant(session: Session, actor: Actor, text: str) -> list[str]:
    """
    Row ids of the diners that a text means.

    Raises
    ------
    Conflict
        When a card was shown that is no longer good.
    """
    hits = find_people(session, actor, text, initials, MOST_FOUND)
    if len(hits) == 1 and hits[0].revoked is not None:
        raise Conflict("card_not_good", diner=hits[0].entry.name)
    return [hit.entry.diner_id for hit in hits]


def _live(
    request: Request,
    house: House,
    actor: Actor,
    service: str,
    done: str,
    *,
    q: str = "",
    last: str = "",
    channel: str = "",
) -> Response:
    with house.database.read() as session:
        facts = _facts(session, house, actor, service, q, last, channel)
    return answer(request, f"/desk?service={service}&q={q}", "desk_live.html", done, **facts)


def _facts(
    session: Session, house: House, actor: Actor, key: str, q: str, last: str = "", channel: str = ""
) -> dict[str, Any]:
    acting = Acting(actor, house.clock.now(), house.ids)
    kitchen = kitchen_of(session, actor)
    services = services_ahead(session, kitchen, acting) if kitchen else []
    service = service_named(session, key) if key else next_to_order(session, services, acting)
    if kitchen is None or service is None:
        raise NotFound("menu", key or "-")
    ensure(actor, "orders.desk", kitchen_id=service.kitchen_id)
    meant = _meant(session, actor, q) if q.strip() else []
    just = find_order(session, last)[1] if last else None
    return {
        "kitchen": kitchen,
        "services": services,
        "service": service,
        "view": desk_view(session, service, acting),
        "found": callers(session, service, meant, acting),
        "q": q,
        "channel": channel,
        "last": callers(session, service, [just.diner_id], acting)[0] if just else None,
    }
