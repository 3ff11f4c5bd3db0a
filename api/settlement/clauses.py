"""Unclear clauses and system defaults of a statement, in the words of the rules that they make."""

import re

from api.programmes.explain import SwitchView, explain, schema_key
from api.programmes.key_words import meaning
from api.reports.facts import Named
from api.settlement.rules import Rules
from api.words import LANGUAGES

STOPS = "。."
NUMBER = re.compile(r"^\d+\. ?")


def options_in_words(rules: Rules, switch: str) -> dict[str, Named]:
    """
    Each way to take an unclear clause, as the rule that it makes.

    Returns
    -------
    dict[str, Named]
        By option as ``--set`` takes it; one that makes no rule of its own is named by that.
    """
    if all(one.id != switch for one in rules.programme.ambiguities):
        return {}
    views = [explain(rules.table, rules.programme, switch, language) for language in LANGUAGES]
    said: dict[str, list[str]] = {}
    for view in views:
        for one in view.options if isinstance(view, SwitchView) else ():
            said.setdefault(one.option, []).append(NUMBER.sub("", one.shortest).rstrip(STOPS) or one.option)
    return {option: Named(zh, en) for option, (zh, en) in said.items()}


def unstated(rules: Rules, settlement_id: str) -> tuple[str, ...]:
    """Keys of a settlement and of its benefits that do not stand in the plan."""
    benefits = rules.settlement(settlement_id).benefits
    owners = (f"settlement.{settlement_id}.", *(f"benefit.{one}." for one in benefits))
    return tuple(key for key in rules.programme.not_in_plan if key.startswith(owners))


def default_words(rules: Rules, settlement_id: str) -> tuple[Named, ...]:
    """What the keys that do not stand in the plan mean, each once."""
    found = []
    for key in unstated(rules, settlement_id):
        known = schema_key(rules.table, key)
        zh, en = (meaning(known.path, language) if known else "" for language in LANGUAGES)
        found.append(Named(zh or key, en or key))
    return tuple(dict.fromkeys(found))
