"""Grants given once, and what was bought with them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.permissions import Actor
from api.settlement.grants import Purchase, add_asset, give_grant
from api.web.access import HouseHere, may

router = APIRouter(prefix="/api/v1", tags=["statements"])
Note = Annotated[str, Field(max_length=500)]


class Giving(BaseModel):
    """A grant to give once."""

    programme: str
    benefit: str
    subject: str
    evidence: Note
    amount_fen: int | None = Field(default=None, ge=1)


class Bought(BaseModel):
    """Something that a grant bought."""

    name: str = Field(max_length=200)
    purpose: str = Field(max_length=200)
    cost_fen: int = Field(ge=1)
    bought_on: date
    document: str = Field(max_length=200)


class AssetOut(BaseModel):
    """An asset with its owner."""

    asset_id: str
    owner: str


class GrantOut(BaseModel):
    """A grant."""

    grant_id: str
    amount_fen: int
    granted_on: date


@router.post("/grants")
def grant(house: HouseHere, actor: Annotated[Actor, may("grant.give")], giving: Giving) -> GrantOut:
    """Gives a grant once, on evidence."""
    with house.database.begin() as session:
        given = give_grant(
            session,
            actor,
            house.clock.now(),
            house.ids,
            programme_id=giving.programme,
            benefit_id=giving.benefit,
            subject=giving.subject,
            evidence=giving.evidence,
            amount_fen=giving.amount_fen,
        )
    return GrantOut(grant_id=given.grant_id, amount_fen=given.amount_fen, granted_on=given.granted_on)


@router.post("/grants/{grant_id}/assets")
def asset(
    house: HouseHere, actor: Annotated[Actor, may("grant.give")], grant_id: str, bought: Bought
) -> AssetOut:
    """Records what a grant bought; the owner is whom the programme names."""
    with house.database.begin() as session:
        purchase = Purchase(bought.name, bought.purpose, bought.cost_fen, bought.bought_on, bought.document)
        kept = add_asset(session, actor, house.clock.now(), house.ids, grant_id, purchase)
    return AssetOut(asset_id=kept.asset_id, owner=kept.owner)
