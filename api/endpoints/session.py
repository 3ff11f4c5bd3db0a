"""Signing in and out, for programs; people use the page ``/sign-in``."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.house import House
from api.permissions import Role
from api.security import digest, open_session, sign_in_by_link, user_by_password
from api.store.users import User, end_session
from api.web.access import COOKIE, HouseHere, UserHere
from api.web.throttle import SignInThrottle
from orders.errors import BadInput

router = APIRouter(prefix="/api/v1/session", tags=["session"])
LONGEST_PASSWORD = 1000


class SignIn(BaseModel):
    """A one-time link's token, or a login and its password."""

    link: str | None = None
    login: str | None = None
    password: str | None = Field(default=None, max_length=LONGEST_PASSWORD)


class Me(BaseModel):
    """Who is signed in."""

    user_id: str
    login: str
    name: str
    role: Role
    kitchen_id: str | None
    site_id: str | None
    vehicle_id: str | None
    language: str | None


class Opened(BaseModel):
    """A new session; the token goes into ``Authorization: Bearer``."""

    token: str
    user: Me


@router.post("/open")
def open_session_here(request: Request, asked: SignIn, house: HouseHere, response: Response) -> Opened:
    """Opens a session and sets its cookie."""
    token, user = sign_in(request, house, asked)
    set_session_cookie(house, response, token)
    return Opened(token=token, user=shown(user))


@router.get("")
def read_session(user: UserHere) -> Me:
    """Who is signed in."""
    return shown(user)


@router.delete("", status_code=204)
def close_session(request: Request, house: HouseHere, response: Response, _: UserHere) -> None:
    """Ends the session."""
    with house.database.begin() as session:
        end_session(session, digest(request.state.token), house.clock.now())
    response.delete_cookie(COOKIE)


def sign_in(request: Request, house: House, asked: SignIn) -> tuple[str, User]:
    """
    Opens a session by whichever of the two ways was given.

    Raises
    ------
    BadInput
        When neither a link nor a login with its password is given.
    Forbidden
        When it is not valid.
    TooManyTries
        When too many passwords were wrong of late; a link still opens the door.
    """
    now_at, hours = house.clock.now(), house.settings.session_hours
    if asked.link:
        with house.database.begin() as session:
            return sign_in_by_link(session, asked.link, now_at, hours)
    if not asked.login or not asked.password:
        raise BadInput("sign_in_incomplete")
    throttle: SignInThrottle = request.app.state.throttle
    address = request.client.host if request.client else "-"
    throttle.attempt(asked.login, address)
    with house.database.read() as session:
        user = user_by_password(session, asked.login, asked.password)
    throttle.passed(asked.login, address)
    with house.database.begin() as session:
        return open_session(session, user, now_at, hours), user


def set_session_cookie(house: House, response: Response, token: str) -> None:
    """Gives the browser its session: out of scripts' reach, never sent from another site."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(timedelta(hours=house.settings.session_hours).total_seconds()),
        httponly=True,
        samesite="strict",
        secure=house.settings.secure_cookies,
    )


def shown(user: User) -> Me:
    """A user as the API shows it."""
    actor = user.actor
    return Me(
        user_id=actor.user_id,
        login=user.login,
        name=actor.name,
        role=actor.role,
        kitchen_id=actor.kitchen_id,
        site_id=actor.site_id,
        vehicle_id=actor.vehicle_id,
        language=user.language,
    )
