"""What waits for staff: applications made online, and programmes that overlap."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.endpoints.people import Document, Reader, ReasonIn, Registrar, Short, whole_of
from api.register.applying import Approval, approve_application, refuse_application, waiting
from api.register.documents import application_document, enrolment_document
from api.register.finding import overlaps_to_settle
from api.register.people import Delivery
from api.web.access import HouseHere
from orders.bindings import Consent

router = APIRouter(prefix="/api/v1", tags=["people"])


class ApprovalIn(BaseModel):
    """What staff add to an application."""

    hukou: Short = ""
    residence: Short = ""
    delivery: Delivery = "dine_in"
    evidence: Short = ""
    approved_by: Short = ""
    programme_id: Short = ""
    diets: frozenset[str] = frozenset()
    allergens: frozenset[str] = frozenset()
    login: Short = ""
    consent_how: Consent = "in_person"


@router.get("/overlaps")
def overlaps(house: HouseHere, actor: Reader) -> list[Document]:
    """Imported enrolments that overlap another one of the same person, with those that hold."""
    with house.database.read() as session:
        found = overlaps_to_settle(session, actor)
    return [
        {
            "diner_id": entry.diner_id,
            "code": entry.code,
            "imported": enrolment_document(new),
            "in_force": [enrolment_document(one) for one in old],
        }
        for entry, new, old in found
    ]


@router.get("/applications")
def applications(house: HouseHere, actor: Registrar) -> list[Document]:
    """Applications made online that wait, the oldest first."""
    with house.database.read() as session:
        return [application_document(row) for row in waiting(session, actor)]


@router.post("/applications/{application_id}/approve", status_code=201)
def approve_online(application_id: str, said: ApprovalIn, house: HouseHere, actor: Registrar) -> Document:
    """Registers the person of an application."""
    approval = Approval(**said.model_dump())
    with house.database.begin() as session:
        diner_id = approve_application(session, actor, house.clock.now(), house.ids, application_id, approval)
    return whole_of(house, actor, diner_id)


@router.post("/applications/{application_id}/refuse", status_code=204)
def refuse_online(application_id: str, said: ReasonIn, house: HouseHere, actor: Registrar) -> None:
    """Refuses an application with a reason."""
    with house.database.begin() as session:
        refuse_application(session, actor, house.clock.now(), application_id, said.reason)
