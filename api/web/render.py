"""Fills the pages' templates in the asking person's language."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.register.secret import people_keys
from api.reports.facts import Named
from api.web.formats import filters, pick
from api.web.tabs import tabs_of
from api.words import LANGUAGES, counted, gettext, say
from orders.codes import Coded, Param
from orders.drops import code_word

TEMPLATES = Path(__file__).resolve().parent.parent / "pages" / "templates"
DOT = Markup('<span class="dot" aria-hidden="true"></span>')
HTML_LANG = {"zh_CN": "zh-CN", "en": "en"}


def render(request: Request, template: str, status: int = 200, **facts: Any) -> HTMLResponse:
    """
    A page or a fragment.

    Parameters
    ----------
    request
        What is answered; the template sees it, the user (None before the sign-in), the language.
    template
        File name under ``api/pages/templates``.
    status
        HTTP status.
    **facts
        What the template shows.
    """
    language = getattr(request.state, "language", None) or request.app.state.house.settings.language
    known = {
        "request": request,
        "user": getattr(request.state, "user", None),
        "language": language,
        "html_lang": HTML_LANG[language],
        "languages": LANGUAGES,
        "now_at": request.app.state.house.clock.now(),
        "code_word": partial(_word_at_door, request.app.state.house.settings.data),
    }
    return HTMLResponse(environment(language).get_template(template).render(known | facts), status)


@cache
def environment(language: str) -> Environment:
    """The templates' environment of a language: ``_("text")`` and ``say(coded)`` speak it."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update({**_speech(language), "tabs_of": tabs_of, "dot": DOT})
    made.filters.update(filters(language))
    return made


def _word_at_door(data: Path, order_id: str) -> str:
    return code_word(order_id, people_keys(data).word)


def _speech(language: str) -> dict[str, Callable[..., str]]:
    """What templates call to speak a language: texts, terms of a list, codes, names."""

    def translated(text: str, **params: Any) -> str:
        words = gettext(text, language)
        return counted(words.format(**params), language) if params else words

    def term(kind: str, value: str, /, **params: Any) -> str:
        return translated(f"{kind}.{value}", **params)

    def said(coded: Coded) -> str:
        return say(coded, language)

    def said_named(coded: Coded, names: Mapping[str, Named]) -> str:
        params = {key: _called(names, value, language) for key, value in coded.params.items()}
        return say(Coded(coded.code, params), language)

    def named(zh: str, en: str) -> str:
        return str(pick(language, zh, en))

    return {"_": translated, "term": term, "say": said, "say_named": said_named, "named": named}


def _called(names: Mapping[str, Named], value: Param, language: str) -> Param:
    name = names.get(value) if isinstance(value, str) else None
    return name.called(language) if name else value
