"""What one key or one switch of a programme means: clause, values, and what each makes of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from api.programmes.key_words import meaning
from api.programmes.speech import marked, spoken
from orders.errors import BadInput
from orders.programmes.differences import held, shown
from orders.programmes.keys import Key, keys_of
from orders.programmes.schema import Programme, read_programme
from orders.programmes.sections import Ambiguity
from orders.programmes.sentences import about, all_sentences, plain_sentences
from orders.programmes.switches import in_force, option_text, sets_of, with_settings
from orders.programmes.tables import full_steps, value_at


@dataclass(frozen=True, slots=True)
class OptionView:
    """
    One way to take an unclear clause.

    Parameters
    ----------
    option
        As ``--set`` takes it.
    is_chosen
        Whether it is assumed now.
    sets
        Key to value, as text.
    says
        The rules that it makes different from those in force; of the chosen one the rules as they are.
    """

    option: str
    is_chosen: bool
    sets: dict[str, str]
    says: tuple[str, ...]

    @property
    def shortest(self) -> str:
        """The shortest rule it makes, for a list to choose from; empty when it makes none."""
        return min(self.says, key=len, default="")


@dataclass(frozen=True, slots=True)
class SwitchView:
    """An unclear clause: its question, the keys it stands on, and each way to take it."""

    switch: str
    clause: str
    cite: str
    question: str
    key: str
    options: tuple[OptionView, ...]


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key: what it means and holds, what may stand there, its rules and its switches."""

    key: str
    meaning: str
    holds: str
    options: tuple[str, ...]
    is_required: bool
    rules: tuple[tuple[str, str], ...]
    switches: tuple[str, ...]


def switch_views(table: Mapping[str, Any], programme: Programme, language: str) -> tuple[SwitchView, ...]:
    """Every unclear clause of a programme, in the file's order."""
    return tuple(_switch(table, programme, one, language) for one in programme.ambiguities)


def explain(table: Mapping[str, Any], programme: Programme, name: str, language: str) -> SwitchView | KeyView:
    """
    What a switch or a key means.

    Parameters
    ----------
    table, programme
        The same plan, as a table and as checked.
    name
        Id of an ambiguity, or a dotted key, which may leave out what an id says: ``meal-5.amount``.
    language
        ``zh_CN`` or ``en``.

    Raises
    ------
    BadInput
        ``programme_no_key`` with the nearest that there is.
    """
    found = next((one for one in programme.ambiguities if one.id == name), None)
    if found is not None:
        return _switch(table, programme, found, language)
    return _key(table, programme, name, language)


def schema_key(table: Mapping[str, Any], name: str) -> Key | None:
    """The schema's key behind a key of a file: without ids and numbers; None where there is none."""
    keys = {key.path: key for key in keys_of(Programme)}
    path = ""
    for step in full_steps(table, name):
        longer = f"{path}.{step}" if path else step
        if longer in keys and not (step in ("all", "any") and path.endswith((".all", ".any"))):
            path = longer
    unnested = path.replace(".all", "").replace(".any", "")
    last = full_steps(table, name)[-1]
    return keys.get(f"{unnested}.{last}") or keys.get(path)


def _switch(table: Mapping[str, Any], programme: Programme, one: Ambiguity, language: str) -> SwitchView:
    entry = next(entry for entry in table["ambiguity"] if entry["id"] == one.id)
    ruling = in_force(table, entry)
    now = {spoken(rule, language, programme.words) for rule in plain_sentences(programme)}
    options = []
    for option in one.options:
        sets = {key: shown(value) for key, value in sets_of(entry, option).items()}
        if option == ruling:
            own = [rule for rule in all_sentences(programme) if one.id in rule.switches]
            says = tuple(spoken(rule, language, programme.words) for rule in own)
        else:
            says = _other_rules(table, f"{one.id}={option_text(option)}", now, language)
        options.append(OptionView(option_text(option), option == ruling, sets, says))
    question = one.question.zh if language == "zh_CN" else one.question.en
    return SwitchView(one.id, one.clause, one.cite, question, one.key, tuple(options))


def _other_rules(table: Mapping[str, Any], setting: str, now: set[str], language: str) -> tuple[str, ...]:
    """The rules that a setting makes different; none where it cannot be taken, which a finding tells."""
    try:
        other = read_programme(with_settings(table, [setting]))
    except ValueError:
        return ()
    said = [spoken(rule, language, other.words) for rule in plain_sentences(other)]
    return tuple(text for text in said if text not in now)


def _leads_somewhere(table: Mapping[str, Any], name: str, found: Key) -> bool:
    """Whether the file holds a key, or could: a known key of an entry that is there."""
    if value_at(table, name) is not None:
        return True
    if full_steps(table, name)[-1] != found.path.split(".")[-1]:
        return False
    try:
        with_settings(table, [f"{'.'.join(full_steps(table, name))}=1"])
    except ValueError:
        return False
    return True


def _key(table: Mapping[str, Any], programme: Programme, name: str, language: str) -> KeyView:
    found = schema_key(table, name)
    if found is None or not _leads_somewhere(table, name, found):
        switches = [one.id for one in programme.ambiguities]
        known = [*held(table), *(key.path for key in keys_of(Programme)), *switches]
        tried = ".".join(full_steps(table, name))
        near = get_close_matches(tried, known, n=1, cutoff=0.4) or ["ordering.cutoff_time"]
        raise BadInput("programme_no_key", key=name, near=near[0])
    full = ".".join(full_steps(table, name))
    rules = about(programme, full)
    value = value_at(table, name)
    return KeyView(
        key=full,
        meaning=meaning(found.path, language),
        holds="" if value is None else shown(value),
        options=found.options,
        is_required=found.required,
        rules=tuple((spoken(rule, language, programme.words), marked(rule, language)) for rule in rules),
        switches=tuple(dict.fromkeys(switch for rule in rules for switch in rule.switches)),
    )
