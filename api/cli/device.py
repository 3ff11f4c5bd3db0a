"""``holdchain device``: which sensors may publish."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.common import DataOption, JsonOption, Out, opened

if TYPE_CHECKING:
    from telemetry.broker_config import DeviceUser


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Which sensors may publish.", no_args_is_help=True)
    group.command("add")(add)
    group.command("issue")(issue)
    group.command("list")(list_devices)
    group.command("revoke")(revoke)
    app.add_typer(group, name="device")


def add(
    device_id: Annotated[str, typer.Argument(help="Its name, as in its topic.")],
    family: Annotated[str, typer.Option(help="Whose payload it speaks.")] = "holdchain",
    probe: Annotated[
        list[str] | None, typer.Option(help="NAME=SENSES, as often as it has probes (default: air=air).")
    ] = None,
    bridge: Annotated[
        bool,
        typer.Option("--bridge", help="It speaks for many: a Zigbee bridge, a gateway, a network server."),
    ] = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Lets a sensor in; its secret is shown once. Example: holdchain device add BOX-0001 --probe core=core"""
    from api.devices import issue, let_in
    from api.people import OPERATOR
    from api.served import served_devices
    from api.serving import broker_params

    probes = dict(_pair(one) for one in probe or ["air=air"])
    with opened(data) as house, house.database.begin() as session:
        now_at, params = house.clock.now(), broker_params(house)
        let_in(session, OPERATOR, now_at, device_id, family=family, probes=probes)
        (user,) = issue(session, OPERATOR, now_at, params.folder, [device_id], is_bridge=bridge)
        at = served_devices(house.settings)
    shown = _shown(user, *at)
    if not json:
        for name, value in shown.items():
            print(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
    Out(json).result(shown)


def issue(
    device_ids: Annotated[
        list[str] | None, typer.Argument(help="Whose secrets to make anew (default: all without one).")
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Makes secrets, shown once. Example: holdchain device issue BOX-0001 --json"""
    from api.devices import issue as issue_secrets
    from api.people import OPERATOR
    from api.served import served_devices
    from api.serving import broker_params

    with opened(data) as house, house.database.begin() as session:
        folder, at = broker_params(house).folder, served_devices(house.settings)
        users = issue_secrets(session, OPERATOR, house.clock.now(), folder, device_ids or ())
    if not json:
        for user in users:
            print(f"{user.device_id}  {user.secret}")
    Out(json).result({"devices": [_shown(user, *at) for user in users]})


def list_devices(data: DataOption = None, json: JsonOption = False) -> None:
    """Lists the sensors that may publish. Example: holdchain device list"""
    from telemetry.store.devices import devices

    with opened(data) as house, house.database.read() as session:
        rows = devices(session)
    out = Out(json)
    for row in rows:
        probes = ", ".join(f"{name}={senses}" for name, senses in row.probes.items())
        out.line(f"{row.device_id}  {row.family}  {probes}")
    shown = [{"device_id": row.device_id, "family": row.family, "probes": row.probes} for row in rows]
    out.result({"devices": shown})


def revoke(
    device_id: Annotated[str, typer.Argument(help="Whom to shut out.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Shuts a sensor out; what it sent stays. Example: holdchain device revoke BOX-0001"""
    from api.devices import shut_out
    from api.people import OPERATOR
    from api.serving import broker_params

    with opened(data) as house, house.database.begin() as session:
        shut_out(session, OPERATOR, house.clock.now(), broker_params(house).folder, device_id)
    Out(json).result({"device_id": device_id})


def _pair(text: str) -> tuple[str, str]:
    name, found, senses = text.partition("=")
    if not found:
        raise typer.BadParameter("NAME=SENSES, for example core=core", param_hint="--probe")
    return name, senses


def _shown(user: "DeviceUser", host: str, port: int) -> dict[str, Any]:
    return {
        "client_id": user.device_id.replace(".", "-"),
        "username": user.device_id,
        "password": user.secret,
        "topics": list(user.topics),
        "host": host,
        "port": port,
    }
