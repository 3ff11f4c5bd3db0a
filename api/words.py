"""Words: the only place where codes become sentences, from gettext files read once."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from babel.messages.pofile import read_po

from orders.codes import Coded, Param
from orders.money import yuan

LANGUAGES = ("zh_CN", "en")
ZONE = "Asia/Shanghai"
LOCALE = Path(__file__).parent / "pages" / "locale"
ODD = {"people": "person", "copies": "copy", "communities": "community"}
VERBS = {
    " are": " is",
    " were": " was",
    " have": " has",
    " stay": " stays",
    " wait": " waits",
    " clash": " clashes",
}
THINGS = (
    "portions minutes meals boxes days times readings orders holds years dishes batches servings pages "
    "trips sensors places menus lines clashes characters workers stops sites rows labels kinds services "
    "seconds rules probes messages loads hours fridges diners dates cooks canteens bytes weeks visits vans "
    "receipts pieces photos papers months households foods exceptions containers connections checks cells "
    "cards alarms samples lots changes tables findings people copies communities"
)
ONE = re.compile(
    rf"(?<![\w.,:\u202f/-])1 (?P<noun>{'|'.join(THINGS.split())})\b(?P<verb>{'|'.join(VERBS)})?\b"
)


def gettext(text: str, language: str) -> str:
    """A text of pages, papers or commands in a language; the English text itself when it has no other."""
    return catalog(language).get(text) or text


def say(coded: Coded, language: str) -> str:
    """
    A code's sentence in a language.

    A parameter that is itself a code (``{"reason": "weekend"}``) is put into words when the file has
    ``code:reason.weekend``; ``..._at`` is shown as local time, ``..._fen`` in yuan; a programme's own name
    comes as ``..._zh`` and ``..._en``.
    """
    words = catalog(language)
    sentence = words.get(f"code:{coded.code}")
    if sentence is None:
        return _unsaid(coded)
    params = {name: _shown(name, value, language) for name, value in coded.params.items()}
    own = f"_{language[:2]}"
    params |= {name.removesuffix(own): value for name, value in params.items() if name.endswith(own)}
    return counted(_Lenient().vformat(sentence, (), params), language)


def counted(text: str, language: str) -> str:
    """A text with its figures filled in: English says one of a thing without its s."""
    return ONE.sub(_one, text) if language == "en" else text


def _one(found: re.Match[str]) -> str:
    noun, verb = found["noun"], found["verb"] or ""
    if noun in ODD:
        one = ODD[noun]
    else:
        one = noun.removesuffix("es") if noun.endswith(("xes", "shes", "ches")) else noun.removesuffix("s")
    return f"1 {one}{VERBS.get(verb, verb)}"


def say_all(codes: Iterable[Coded], language: str) -> list[str]:
    """Each code's sentence."""
    return [say(coded, language) for coded in codes]


def said_document(coded: Coded, language: str) -> dict[str, Any]:
    """A code with its parameters and its sentence, for a JSON document."""
    return {"code": coded.code, "params": dict(coded.params), "words": say(coded, language)}


@cache
def catalog(language: str) -> dict[str, str]:
    """Message id to text, of every file of a language."""
    found: dict[str, str] = {}
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language, abort_invalid=True):
                if message.id and message.string and not message.fuzzy:
                    found[str(message.id)] = str(message.string)
    return found


def best_language(accept: str, default: str) -> str:
    """
    The language of an ``Accept-Language`` header that we have, by its weights.

    Any Chinese is answered in zh_CN, any English in en.
    """
    ranked = []
    for position, part in enumerate(accept.split(",")):
        tag, _, weight = part.strip().partition(";q=")
        main = tag.strip().lower().replace("_", "-").split("-")[0]
        language = {"zh": "zh_CN", "en": "en"}.get(main)
        if language is not None and (quality := _quality(weight)) > 0:
            ranked.append((-quality, position, language))
    return min(ranked)[2] if ranked else default


def _quality(weight: str) -> float:
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0


def _shown(name: str, value: Param, language: str) -> Param:
    if name.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    if isinstance(value, str) and (name == "at" or name.endswith("_at")):
        return _local(value, language)
    return _named(name, value, language)


def _named(name: str, value: Param, language: str) -> Param:
    """A parameter that is a code, or several with spaces between, in words; any other as it is."""
    words = catalog(language)
    if isinstance(value, str) and " " in value and f"code:{name}.{value}" not in words:
        each = [words.get(f"code:{name}.{one}", "") for one in value.split(" ")]
        return gettext(", ", language).join(each) if all(each) else value
    return words.get(f"code:{name}.{value}", value)


def _local(instant: str, language: str) -> str:
    """An instant in ISO form on the wall clock of the default zone; other text as it is."""
    try:
        local = datetime.fromisoformat(instant).astimezone(ZoneInfo(ZONE))
    except (ValueError, OverflowError):
        return instant
    day = f"{local.month}月{local.day}日" if language == "zh_CN" else f"{local.day} {local:%b}"
    return f"{day} {local:%H:%M}"


def _unsaid(coded: Coded) -> str:
    params = ", ".join(f"{name}={value}" for name, value in coded.params.items())
    return f"{coded.code} ({params})" if params else coded.code


class _Lenient(Formatter):
    """Fills a sentence; a name without a value stays in braces instead of failing the page."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        return kwargs.get(key, f"{{{key}}}")
