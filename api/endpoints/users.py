"""Users: who may sign in, and as what."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.endpoints.session import Me, shown
from api.people import NewUser, add_user, link_for, shut_out
from api.permissions import Actor, Role
from api.store.users import load_users
from api.web.access import HouseHere, may

router = APIRouter(prefix="/api/v1/users", tags=["users"])
Manager = Annotated[Actor, may("users.manage")]


class UserIn(BaseModel):
    """A new user."""

    login: str = Field(min_length=1, max_length=64, pattern=r"^[\w.@-]+$")
    name: str = Field(min_length=1, max_length=100)
    role: Role
    kitchen_id: str | None = None
    site_id: str | None = None
    vehicle_id: str | None = None
    language: str | None = Field(default=None, pattern="^(zh_CN|en)$")


class Link(BaseModel):
    """A sign-in link that works once."""

    path: str


@router.get("")
def list_users(house: HouseHere, _: Manager) -> list[Me]:
    """Every user, by login."""
    with house.database.read() as session:
        return [shown(user) for user in load_users(session)]


@router.post("", status_code=201)
def create_user(new: UserIn, house: HouseHere, actor: Manager) -> Me:
    """Adds a user; it has no password and signs in by links."""
    with house.database.begin() as session:
        user = add_user(session, actor, house.clock.now(), house.ids, NewUser(**new.model_dump()))
    return shown(user)


@router.post("/{login}/link", status_code=201)
def create_link(login: str, house: HouseHere, actor: Manager) -> Link:
    """Makes a one-time sign-in link; it is shown here only."""
    with house.database.begin() as session:
        path = link_for(session, actor, house.clock.now(), login, house.settings.link_hours)
    return Link(path=path)


@router.post("/{login}/disable", status_code=204)
def disable(login: str, house: HouseHere, actor: Manager) -> None:
    """Shuts a user out at once."""
    with house.database.begin() as session:
        shut_out(session, actor, house.clock.now(), login)
