"""Reheating at the site."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from api.day.reheat_box import Reheating, box_reheated, require_hot
from api.permissions import Actor
from api.web.access import HouseHere, may

router = APIRouter(prefix="/api/v1", tags=["acts"])


class ReheatedIn(BaseModel):
    """The core of the coldest pack after reheating, with the phone's own time when it had no network."""

    core_c: float = Field(ge=-40, le=200)
    happened_at: AwareDatetime | None = None


@router.post("/boxes/{box_id}/reheated", status_code=204)
def reheated(
    box_id: str, act: ReheatedIn, house: HouseHere, actor: Annotated[Actor, may("box.reheat")]
) -> None:
    """A site has reheated a box: its clock starts again. A core too cold is refused, and kept as failed."""
    told, now_at = Reheating(act.core_c, act.happened_at), house.clock.now()
    with house.database.begin() as session:
        step = box_reheated(session, box_id, told, actor=actor, now_at=now_at, ids=house.ids)
    require_hot(step)
