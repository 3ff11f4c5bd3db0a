"""Registration online: a small page for anybody; staff decide."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.pages.register import Text, onward
from api.register.applying import Application, apply_online
from api.register.secret import people_keys
from api.web.access import HouseHere
from api.web.render import render
from orders.bindings import RELATIONS, Relation
from orders.store.sites import canteen_names

router = APIRouter(prefix="/apply", include_in_schema=False)


@router.get("")
def page(request: Request, house: HouseHere, sent: str = "") -> Response:
    """The form, or, once it is sent, what happens next."""
    with house.database.read() as session:
        sites = canteen_names(session)
    return render(request, "apply.html", sites=sites, relations=RELATIONS, sent=bool(sent))


@router.post("")
def send(
    request: Request,
    house: HouseHere,
    name: Text,
    site_id: Text,
    id_number: Text,
    phone: Text,
    delivery: Annotated[Literal["dine_in", "volunteer"], Form()] = "dine_in",
    hukou: Text = "",
    residence: Text = "",
    address: Text = "",
    applicant: Text = "",
    relation: Annotated[Relation, Form()] = "self",
    note: Annotated[str, Form(max_length=500)] = "",
    consent: Text = "",
) -> Response:
    """Keeps the application until staff decide."""
    said = Application(
        name=name,
        site_id=site_id,
        id_number=id_number,
        phone=phone,
        delivery=delivery,
        hukou=hukou,
        residence=residence,
        address=address,
        applicant=applicant,
        relation=relation,
        note=note,
        consent=consent == "yes",
    )
    with house.database.begin(lock="apply") as session:
        apply_online(session, house.clock.now(), house.ids, people_keys(house.settings.data), said)
    return onward(request, "/apply?sent=1")
