"""Charities' funds: what came in, what meals drew, what is left."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from api.permissions import Actor
from api.settlement.funds import NewMovement, add_to_fund, fund_document, list_funds
from api.web.access import HouseHere, may

router = APIRouter(prefix="/api/v1/funds", tags=["statements"])


class MovementIn(BaseModel):
    """Money that came into a fund, or an earlier entry that is taken back."""

    programme: str
    fund: str
    amount_fen: int
    reference: str = Field(max_length=200)
    at: AwareDatetime | None = None


@router.get("")
def funds(
    house: HouseHere, actor: Annotated[Actor, may("fund.read")], programme: str | None = None
) -> list[dict[str, Any]]:
    """Every fund that a programme draws on, with its movements."""
    with house.database.read() as session:
        return [fund_document(one) for one in list_funds(session, actor, programme)]


@router.post("")
def add(house: HouseHere, actor: Annotated[Actor, may("fund.add")], new: MovementIn) -> dict[str, Any]:
    """Writes a movement down; gives the fund as it stands then."""
    with house.database.begin() as session:
        movement = NewMovement(new.programme, new.fund, new.amount_fen, new.reference, new.at)
        return fund_document(add_to_fund(session, actor, house.clock.now(), house.ids, movement))
