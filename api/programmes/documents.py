"""The JSON documents of the programme commands."""

from collections.abc import Iterable, Mapping
from typing import Any

from api.programmes.explain import KeyView, SwitchView, switch_views
from api.programmes.files import check_table, packaged_programmes, read_programme_table
from api.programmes.speech import marked, spoken
from api.words import catalog, say
from orders.codes import Coded
from orders.programmes.differences import Difference
from orders.programmes.parts import Name
from orders.programmes.schema import Programme, unset_amounts
from orders.programmes.sentences import sentences
from orders.store.programmes import ProgrammeRevision

LANGUAGE_OF = {"zh": "zh_CN", "en": "en"}


def checked_document(
    table: Mapping[str, Any], programme: Programme, found: Iterable[Coded]
) -> dict[str, Any]:
    """What `programme check` found: every rule in both languages, every switch, every finding."""
    return {
        "programme": programme.id,
        "revision": programme.revision,
        "status": programme.status,
        "name": _name(programme.programme.name),
        "valid_from": programme.programme.valid_from.isoformat(),
        "valid_to": programme.programme.valid_to.isoformat(),
        "unset": unset_amounts(programme),
        "findings": [{"code": one.code, **_both(one)} for one in found],
        "chapters": _chapters(programme),
        "switches": _switches(table, programme),
    }


def explained_document(programme: Programme, views: Mapping[str, SwitchView | KeyView]) -> dict[str, Any]:
    """What `programme explain` says: a switch with its options, or a key with its rules."""
    chinese, english = views["zh_CN"], views["en"]
    head = {"programme": programme.id, "revision": programme.revision}
    if isinstance(chinese, SwitchView) and isinstance(english, SwitchView):
        return {**head, "switch": _switch_document(chinese, english), "key": None}
    assert isinstance(chinese, KeyView) and isinstance(english, KeyView)
    rules = [
        {"zh": zh[0], "en": en[0], "mark": en[1]} for zh, en in zip(chinese.rules, english.rules, strict=True)
    ]
    key = {
        "key": english.key,
        "meaning": {"zh": chinese.meaning, "en": english.meaning},
        "holds": english.holds,
        "options": list(english.options),
        "required": english.is_required,
        "rules": rules,
        "switches": list(english.switches),
    }
    return {**head, "switch": None, "key": key}


def difference_document(one: Difference) -> dict[str, str]:
    """One key that differs."""
    return {"key": one.key, "kind": one.kind, "before": one.before, "after": one.after}


def listed_documents(kept: Iterable[ProgrammeRevision]) -> list[dict[str, Any]]:
    """The packaged programmes, then those that only the database has; kept ones with their revision."""
    newest = {one.programme_id: one for one in kept}
    tables = {name: read_programme_table(path) for name, path in packaged_programmes().items()}
    tables |= {name: dict(one.body) for name, one in newest.items()}
    return [
        {
            "programme": name,
            "name": _name(check_table(table)[1].programme.name),
            "status": table.get("status", "active"),
            "kept": name in newest,
            "revision": newest[name].revision if name in newest else int(table.get("revision", 1)),
            "valid_from": newest[name].valid_from_on.isoformat() if name in newest else None,
        }
        for name, table in sorted(tables.items())
    ]


def _chapters(programme: Programme) -> list[dict[str, Any]]:
    return [
        {
            "chapter": chapter,
            "title": {short: catalog(code)[f"code:chapter.{chapter}"] for short, code in LANGUAGE_OF.items()},
            "rules": [
                {
                    **{short: spoken(one, code, programme.words) for short, code in LANGUAGE_OF.items()},
                    "cite": one.cite,
                    "system_default": not one.cite and bool(marked(one, "en")),
                    "switches": list(one.switches),
                    "keys": list(one.keys),
                }
                for one in rules
            ],
        }
        for chapter, rules in sentences(programme).items()
        if rules
    ]


def _switches(table: Mapping[str, Any], programme: Programme) -> list[dict[str, Any]]:
    chinese, english = (switch_views(table, programme, code) for code in ("zh_CN", "en"))
    return [_switch_document(zh, en) for zh, en in zip(chinese, english, strict=True)]


def _switch_document(chinese: SwitchView, english: SwitchView) -> dict[str, Any]:
    options = [
        {
            "option": zh.option,
            "chosen": zh.is_chosen,
            "sets": zh.sets,
            "zh": list(zh.says),
            "en": list(en.says),
        }
        for zh, en in zip(chinese.options, english.options, strict=True)
    ]
    return {
        "id": english.switch,
        "clause": english.clause,
        "cite": english.cite,
        "question": {"zh": chinese.question, "en": english.question},
        "key": english.key,
        "options": options,
    }


def _both(one: Coded) -> dict[str, str]:
    return {short: say(one, code) for short, code in LANGUAGE_OF.items()}


def _name(name: Name) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}
