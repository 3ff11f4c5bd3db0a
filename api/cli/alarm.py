"""``holdchain alarm``: what rings, and where alarms are posted."""

from typing import Annotated

import typer

from api.cli.common import DataOption, JsonOption, Out, cli_language, opened
from api.words import gettext


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Alarms: what rings, and the webhooks they call.", no_args_is_help=True)
    group.command("list")(listed)
    group.command("webhook")(webhook)
    app.add_typer(group, name="alarm")


def listed(data: DataOption = None, json: JsonOption = False) -> None:
    """
    Lists what rings: since when, who has answered, whom it calls next; then what ended within six hours.

    Example: holdchain alarm list
    """
    from api.day.stop_documents import alarm_document
    from api.day.views_alarms import alarm_items
    from api.people import OPERATOR

    out, language = Out(json), cli_language()
    with opened(data) as house:
        now_at = house.clock.now()
        with house.database.read() as session:
            items = alarm_items(session, OPERATOR, now_at)
            documents = [alarm_document(one, language, now_at) for one in items]
    for one in documents:
        unanswered = gettext("nobody" if one["cleared_at"] else "nobody yet", language)
        answered = one["acknowledged_by"] or unanswered
        over = gettext("over", language) if one["cleared_at"] else ""
        told = (f"{one['severity']:8} {one['age_minutes']:4} min", one["words"], answered, over)
        out.line("  ".join(told).rstrip())
    if not documents:
        out.line(gettext("Nothing rings.", language))
    out.result({"alarms": documents})


def webhook(
    name: Annotated[str, typer.Argument(help="As the timetable calls it, for example duty.")],
    url: Annotated[str, typer.Option(help="Where messages are posted.")],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Sets where a webhook is posted, with a new secret that signs its messages; shown once.

    Example: holdchain alarm webhook duty --url https://duty.example/alarms
    """
    import secrets

    from api.outbox import Hook, save_hook

    secret = secrets.token_urlsafe(32)
    with opened(data) as house:
        save_hook(house.settings.data, Hook(name, url, secret))
    out = Out(json)
    out.line(f"{name}  {url}")
    if not json:
        out.line(gettext("Secret, shown once: {secret}", cli_language()).format(secret=secret))
    out.result({"name": name, "url": url, "secret": secret})
