"""``holdchain user``: who may sign in."""

from typing import Annotated

import typer

from api.cli.common import DataOption, JsonOption, Out, opened


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Who may sign in.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_users)
    group.command("link")(link)
    group.command("password")(password)
    group.command("disable")(disable)
    app.add_typer(group, name="user")


def add(
    login: Annotated[str, typer.Argument(help="Name for signing in, unique.")],
    role: Annotated[
        str,
        typer.Option(
            help="kitchen, dispatcher, driver, canteen, inspector, bureau, admin, diner, volunteer, "
            "monitor or device."
        ),
    ],
    name: Annotated[str, typer.Option(help="Name as shown; the login where it is missing.")] = "",
    kitchen: Annotated[str | None, typer.Option(help="Only this kitchen's things.")] = None,
    site: Annotated[str | None, typer.Option(help="Only this site's things.")] = None,
    vehicle: Annotated[str | None, typer.Option(help="Only this vehicle's things.")] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Adds a user, who signs in by one-time links. Example: holdchain user add li --role kitchen"""
    from api.people import OPERATOR, NewUser, add_user
    from api.permissions import ROLES

    if role not in ROLES:
        raise typer.BadParameter(f"one of {', '.join(ROLES)}", param_hint="--role")
    new = NewUser(login, name or login, role, kitchen, site, vehicle)
    with opened(data) as house, house.database.begin() as session:
        user = add_user(session, OPERATOR, house.clock.now(), house.ids, new)
    out = Out(json)
    out.line(f"{login} ({role})")
    out.result({"user_id": user.actor.user_id, "login": login, "role": role})


def list_users(data: DataOption = None, json: JsonOption = False) -> None:
    """Lists every user. Example: holdchain user list"""
    from api.store.users import load_users

    with opened(data) as house, house.database.read() as session:
        users = load_users(session)
    out = Out(json)
    for user in users:
        shut = "" if user.disabled_at is None else "  (disabled)"
        out.line(f"{user.login}  {user.actor.role}  {user.actor.name}{shut}")
    shown = [
        {"login": user.login, "role": user.actor.role, "disabled": user.disabled_at is not None}
        for user in users
    ]
    out.result({"users": shown})


def link(
    login: Annotated[str, typer.Argument(help="Whose link.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Prints a sign-in link that works once. Example: holdchain user link li"""
    from api.people import OPERATOR, link_for
    from api.served import served_address

    with opened(data) as house:
        settings = house.settings
        with house.database.begin() as session:
            path = link_for(session, OPERATOR, house.clock.now(), login, settings.link_hours)
    address = f"{served_address(settings)}{path}"
    out = Out(json)
    out.line(address)
    out.result({"login": login, "address": address, "hours": settings.link_hours})


def password(
    login: Annotated[str, typer.Argument(help="Whose password.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Sets a user's password, asked for or read from stdin. Example: holdchain user password li"""
    from api.people import OPERATOR
    from api.security import set_password
    from api.store.users import user_by_login
    from orders.errors import NotFound

    words = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    with opened(data) as house, house.database.begin() as session:
        user = user_by_login(session, login)
        if user is None:
            raise NotFound("user", login)
        set_password(session, OPERATOR, user.actor.user_id, words, house.clock.now())
    Out(json).result({"login": login})


def disable(
    login: Annotated[str, typer.Argument(help="Whom to shut out.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Shuts a user out and ends every session. Example: holdchain user disable li"""
    from api.people import OPERATOR, shut_out

    with opened(data) as house, house.database.begin() as session:
        shut_out(session, OPERATOR, house.clock.now(), login)
    out = Out(json)
    out.line(f"{login}: disabled")
    out.result({"login": login})
