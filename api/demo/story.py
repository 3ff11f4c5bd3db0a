"""The rehearsal's beats: a line each, with the link that shows it."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from api.words import gettext

Say = Callable[[str], None]


class Story:
    """
    Tells the day.

    Parameters
    ----------
    say
        Takes one line.
    language
        ``zh_CN`` or ``en``.
    base_url
        Address of the house, for links; empty where it will be gone.
    zone
        Whose wall clock is told.
    """

    def __init__(self, say: Say, language: str, base_url: str, zone: str) -> None:
        self._say, self._language, self._base_url = say, language, base_url
        self._zone = ZoneInfo(zone)

    def beat(self, at: datetime, text: str, link: str = "", **params: str | int | float) -> None:
        """One line: the wall time, what happens, where to look."""
        words = gettext(text, self._language).format(**params)
        place = f"  {self._base_url}{link}" if link and self._base_url else ""
        self._say(f"{at.astimezone(self._zone):%m-%d %H:%M}  {words}{place}")

    def note(self, text: str, **params: str | int | float) -> None:
        """A line outside the day's clock."""
        self._say(gettext(text, self._language).format(**params))
