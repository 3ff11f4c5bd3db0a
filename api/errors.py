"""Refusals in words: problem documents, fragments for pages, lines for the command line."""

from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError

from api.words import gettext, say
from orders.errors import BadInput, Conflict, Forbidden, MealError, NotFound, ServiceClosed

STATUSES: tuple[tuple[type[MealError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (ServiceClosed, 409),
    (Forbidden, 403),
    (BadInput, 422),
)
TITLES = {
    400: "Not understood",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    409: "Not possible now",
    413: "Too large",
    422: "Not usable as it is",
    429: "Too many tries",
    500: "Something went wrong",
    503: "Try again in a moment",
}


LACKING = ("no such table", "no such column", "has no column named")  # in SQLite's words
UNDEFINED = ("42P01", "42703")  # a table or a column, by PostgreSQL's SQLSTATE


class NotSignedIn(MealError):
    """The page or endpoint needs a session."""

    def __init__(self) -> None:
        super().__init__("not_signed_in")


class NotUnderstood(MealError):
    """The request itself has a wrong shape."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__("not_understood", where=where, what=what)


class WebRefusal(MealError):
    """What the web server itself refuses: an unknown address, a wrong method, a mishap of ours."""

    def __init__(self, status: int) -> None:
        super().__init__("web_refusal", reason=str(status))
        self.status = status


class TooManyTries(MealError):
    """Too many sign-ins failed of late."""

    def __init__(self, wait_s: int) -> None:
        super().__init__("too_many_tries", minutes=-(-wait_s // 60))
        self.wait_s = wait_s


class DatabaseBusy(MealError):
    """The database did not answer in time; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("database_busy")


class TablesOther(MealError):
    """The tables in the data folder are not those of this version."""

    def __init__(self) -> None:
        super().__init__("tables_other")


def status_of(error: MealError) -> int:
    """The HTTP status of a refusal."""
    if isinstance(error, WebRefusal):
        return error.status
    own: dict[type[MealError], int] = {
        NotSignedIn: 401,
        NotUnderstood: 422,
        DatabaseBusy: 503,
        TablesOther: 500,
        TooManyTries: 429,
    }
    if type(error) in own:
        return own[type(error)]
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 409)


def problem(error: MealError, language: str) -> dict[str, Any]:
    """A refusal as an RFC 9457 problem document; ``code`` is stable, ``detail`` is for people."""
    status = status_of(error)
    return {
        "type": "about:blank",
        "title": gettext(TITLES.get(status, TITLES[409]), language),
        "status": status,
        "code": error.code,
        "detail": in_words(error, language),
        "params": dict(error.params),
    }


def in_words(error: MealError, language: str) -> str:
    """A refusal's sentence, followed by those of its reasons, a line each."""
    return "\n".join(say(one, language) for one in (error.coded, *error.reasons))


def database_refusal(error: DBAPIError) -> MealError:
    """What a constraint, other tables or a busy database mean to the user; details stay in the log."""
    if has_other_tables(error):
        return TablesOther()
    if isinstance(error, OperationalError):
        return DatabaseBusy()
    return Conflict("already_done")


def has_other_tables(error: DBAPIError) -> bool:
    """Whether a statement asked for a table or column that the database does not have."""
    if isinstance(error, OperationalError):
        return any(words in str(error.orig) for words in LACKING)
    return getattr(error.orig, "sqlstate", None) in UNDEFINED
