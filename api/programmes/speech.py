"""Says a programme's sentences in a language, in the words of the plan's own file first."""

from collections.abc import Iterable, Mapping
from datetime import date

from api.web.formats import pick
from api.words import catalog, say
from orders.codes import Coded
from orders.money import yuan
from orders.programmes.parts import Name
from orders.programmes.saying import Said, Sentence, Term, Word
from orders.programmes.schema import Programme

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
ABOUT_THE_FILE = frozenset({"revision", "revision_note", "status", "base", "moved", "invented"})
# Parameters of reasons and findings that are ids of a plan, each with its kind in the vocabulary.
NAMED = {
    "class_id": "class",
    "benefit": "benefit",
    "payer": "party",
    "fund": "party",
    "decided_by": "party",
    "carrier": "carrier",
    "metric": "metric",
    "programme": "programme",
}
Words = Mapping[str, Name]


def spoken(sentence: Sentence, language: str, words: Words) -> str:
    """
    A sentence in a language.

    Parameters
    ----------
    sentence
        One rule of a programme.
    language
        ``zh_CN`` or ``en``.
    words
        The programme's own words for values of its vocabulary.
    """
    text = _said(sentence.said, language, words)
    return text if language == "zh_CN" else text[:1].upper() + text[1:]


def marked(sentence: Sentence, language: str) -> str:
    """Where a sentence comes from: its clause, or the mark of a system default; then its switches."""
    if sentence.section in ABOUT_THE_FILE:
        return ""
    source = sentence.cite or catalog(language)["code:plan.system_default"]
    return "; ".join((source, *sentence.switches))


def missing_words(sentence: Sentence, language: str, words: Words) -> set[str]:
    """Codes of the vocabulary for which neither the file nor the house has a word."""
    return {
        f"{term.kind}.{term.value}"
        for term in _terms(sentence.said)
        if term.value.isascii()
        and term.value not in words
        and f"code:plan.{term.kind}.{term.value}" not in catalog(language)
    }


def names_in(programmes: Iterable[Programme], language: str) -> dict[str, str]:
    """What programmes call their classes, benefits, parties and themselves, by ``class.<id>`` and so on."""
    found: dict[str, Name] = {}
    for one in programmes:
        found |= {f"{kind}.{name}": said for name, said in one.words.items() for kind in NAMED.values()}
        found |= {f"party.{name}": party.name for name, party in one.party.items()}
        found |= {f"class.{kind.id}": kind.name for kind in one.classes}
        found |= {f"benefit.{benefit.id}": benefit.name for benefit in one.benefits if benefit.name}
        found[f"programme.{one.id}"] = one.programme.name
    return {name: str(pick(language, said.zh, said.en)) for name, said in found.items()}


def say_named(coded: Coded, names: Mapping[str, str], language: str) -> str:
    """
    A code's sentence with the plan's own names where it holds the plan's ids.

    Parameters
    ----------
    coded
        What to say; `NAMED` tells which of its parameters are ids.
    names
        As `names_in` gives them; else the house's own word for the value.
    language
        ``zh_CN`` or ``en``.
    """
    words = catalog(language)
    called = {
        name: names.get(f"{NAMED[name]}.{value}") or words.get(f"code:plan.{NAMED[name]}.{value}", value)
        for name, value in coded.params.items()
        if name in NAMED and isinstance(value, str)
    }
    return say(Coded(coded.code, {**coded.params, **called}), language)


def _said(said: Said, language: str, words: Words) -> str:
    found = catalog(language)
    sentence = found.get(f"code:rule.{said.code}", said.code)
    joint = found.get(f"code:rule.{said.code}.join")
    shown = {name: _word(name, part, language, words, joint) for name, part in said.parts.items()}
    return sentence.format_map(shown)


def _word(name: str, part: Word, language: str, words: Words, joint: str | None = None) -> str:
    if isinstance(part, tuple):
        plain = "、" if language == "zh_CN" else ", "
        return (joint or plain).join(_word(name, one, language, words) for one in part)
    if part is None:
        return catalog(language)["code:rule.unset" if name.endswith("_fen") else "code:rule.unset_word"]
    if isinstance(part, Said):
        return _said(part, language, words)
    if isinstance(part, Term):
        own = words.get(part.value)
        if own is not None:
            return str(pick(language, own.zh, own.en))
        return catalog(language).get(f"code:plan.{part.kind}.{part.value}", part.value)
    if isinstance(part, Name):
        return str(pick(language, part.zh, part.en))
    if isinstance(part, date):
        return _day(part, language)
    return yuan(part) if name.endswith("_fen") and isinstance(part, int) else str(part)


def _day(day_on: date, language: str) -> str:
    if language == "zh_CN":
        return f"{day_on.year}年{day_on.month}月{day_on.day}日"
    return f"{day_on.day} {MONTHS[day_on.month - 1]} {day_on.year}"


def _terms(part: Word) -> list[Term]:
    if isinstance(part, Term):
        return [part]
    inner = part.parts.values() if isinstance(part, Said) else part if isinstance(part, tuple) else ()
    return [term for one in inner for term in _terms(one)]
