"""Registers as data: what is asked, which answers are wrong, and what is still to be written."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Literal, cast, get_args

from kitchen.tables import Table, codes, number, part, rows, text, whole
from orders.codes import Coded
from orders.errors import BadInput
from orders.typed import typed_number

Rhythm = Literal["day", "week", "month", "when"]
About = Literal["", "worker", "probe", "fridge", "asset"]
Lists = Literal["", "carriers"]
Asks = Literal["", "probe", "limits"]
FieldKind = Literal["yes", "number", "text", "date", "choice"]
Value = bool | float | str
YES, NO = frozenset({"yes", "true", "1", "是", "y"}), frozenset({"no", "false", "0", "否", "n"})
LONGEST = 1000
MOST = 1e9


@dataclass(frozen=True, slots=True)
class RegisterField:
    """
    One thing that a register asks.

    Parameters
    ----------
    key, name_zh, name_en
        What it is called.
    kind, unit
        How it is answered.
    required
        Whether an answer is needed.
    good
        The right answer of a yes; None for one that cannot be wrong.
    least, most
        A number outside is wrong.
    choices
        Code, Chinese and English name of each.
    asks
        ``"probe"``, one of the hand probes that are listed; ``"limits"``, a number between the limits of
        what the entry is about; else empty.
    """

    key: str
    name_zh: str
    name_en: str
    kind: FieldKind
    unit: str = ""
    required: bool = True
    good: bool | None = None
    least: float | None = None
    most: float | None = None
    choices: tuple[tuple[str, str, str], ...] = ()
    asks: Asks = ""

    @property
    def limits(self) -> str:
        """The right numbers as figures: ``0–8°C``; empty for any number."""
        if self.least is None and self.most is None:
            return ""
        if self.least is None or self.most is None:
            return (
                f"≥ {self.least:g}{self.unit}"
                if self.least is not None
                else f"≤ {self.most or 0:g}{self.unit}"
            )
        return f"{self.least:g}–{self.most:g}{self.unit}"

    def told(self, code: str, **params: str) -> Coded:
        """Something to say about an answer; its sentence names the field in its language."""
        return Coded(code, {"field": self.key, "field_zh": self.name_zh, "field_en": self.name_en, **params})


@dataclass(frozen=True, slots=True)
class Register:
    """
    One register.

    Parameters
    ----------
    code, name_zh, name_en
        What it is called.
    rhythm, about, due_by
        How often, on what, and until which local time.
    holds
        Whether who failed is out until a later check is passed.
    ends
        The date field that becomes the last day of a certificate or a calibration; empty for none.
    who_zh, who_en, signer_zh, signer_en
        Whose work it is, and who signs it off; the latter empty when nobody has to.
    actions
        What may be done when it fails.
    fields
        What it asks.
    clause, source, evidence
        Where it comes from.
    lists
        What its form on paper names beside its rows; empty for nothing.
    """

    code: str
    name_zh: str
    name_en: str
    rhythm: Rhythm
    about: About
    due_by: time | None
    holds: bool
    ends: str
    who_zh: str
    who_en: str
    signer_zh: str
    signer_en: str
    actions: tuple[str, ...]
    fields: tuple[RegisterField, ...]
    clause: str
    source: str
    evidence: str
    lists: Lists = ""

    @property
    def signed(self) -> bool:
        """Whether somebody must sign it off."""
        return bool(self.signer_zh)

    def between(self, least: float | None, most: float | None) -> "Register":
        """The same register about something with limits of its own."""
        fields = (
            replace(one, least=least, most=most) if one.asks == "limits" else one for one in self.fields
        )
        return replace(self, fields=tuple(fields))


@dataclass(frozen=True, slots=True)
class Registers:
    """
    A kitchen's registers.

    Parameters
    ----------
    revision
        Of this list.
    by_code
        In the order of the file.
    actions
        Chinese and English name of what may be done when a check fails.
    """

    revision: int
    by_code: Mapping[str, Register]
    actions: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Due:
    """
    A check that a period asks for.

    Parameters
    ----------
    register, subject
        Which register, on whom or what; empty where it is about none.
    from_on, to_on
        The period: one date, a week, a month.
    """

    register: str
    subject: str
    from_on: date
    to_on: date


def read_values(register: Register, typed: Mapping[str, str]) -> dict[str, Value]:
    """
    Answers as typed, by kind.

    Raises
    ------
    BadInput
        ``check_unreadable`` with each answer that is missing or cannot be read as a reason.
    """
    values: dict[str, Value] = {}
    wrong: list[Coded] = []
    for field in register.fields:
        answer = typed.get(field.key, "").strip()
        if not answer:
            wrong += [field.told("check_answer_missing")] if field.required else []
            continue
        try:
            value = _value(field, answer)
        except BadInput as either:
            wrong.append(Coded(either.code, either.params))
            continue
        if value is None:
            wrong.append(field.told("check_answer_unreadable", answer=answer[:40]))
        else:
            values[field.key] = value
    unknown = sorted(typed.keys() - {field.key for field in register.fields})
    wrong += [Coded("check_field_unknown", {"field": key[:40]}) for key in unknown]
    if wrong:
        refusal = BadInput("check_unreadable", register=register.code)
        refusal.reasons = tuple(wrong)
        raise refusal
    return values


def wrong_answers(register: Register, values: Mapping[str, Value]) -> tuple[Coded, ...]:
    """What is wrong with a check; empty when it is passed."""
    found = []
    for field in register.fields:
        value = values.get(field.key)
        if value is None:
            continue
        if field.kind == "yes" and field.good is not None and value is not field.good:
            found.append(field.told("check_answer_wrong", wanted="yes" if field.good else "no"))
        if field.kind == "number" and not _within(field, float(value)):
            found.append(
                field.told("check_number_wrong", value=f"{value:g}{field.unit}", limits=field.limits)
            )
    return tuple(found)


def due_checks(
    registers: Registers,
    subjects: Mapping[str, Collection[str]],
    days: Collection[date],
    to_on: date,
) -> list[Due]:
    """
    What the registers ask for, by date.

    Parameters
    ----------
    registers
        The kitchen's.
    subjects
        What a register may be about, by kind: ids of workers, codes of probes and fridges.
    days
        Dates on which the kitchen works; a week or month asks when one of its dates is among them.
    to_on
        The last date looked at; a period that it cuts is asked for as a whole.
    """
    found = {
        due
        for register in registers.by_code.values()
        for on in days
        if on <= to_on
        for due in asked_on(register, subjects, on)
    }
    order = {code: place for place, code in enumerate(registers.by_code)}
    return sorted(found, key=lambda one: (one.to_on, one.from_on, order[one.register], one.subject))


def asked_on(register: Register, subjects: Mapping[str, Collection[str]], on: date) -> list[Due]:
    """What a register asks for in the period of a date; nothing of one that is written when it happens."""
    if register.rhythm == "when":
        return []
    about = sorted(subjects.get(register.about, ())) if register.about else [""]
    return [Due(register.code, subject, *_period(register.rhythm, on)) for subject in about]


def is_done(due: Due, written: Iterable[tuple[str, str, date]]) -> bool:
    """Whether a period has its check; each written one is register, subject and date."""
    return any(
        register == due.register and subject == due.subject and due.from_on <= on <= due.to_on
        for register, subject, on in written
    )


def _period(rhythm: Rhythm, on: date) -> tuple[date, date]:
    if rhythm == "week":
        monday_on = on - timedelta(days=on.weekday())
        return monday_on, monday_on + timedelta(days=6)
    if rhythm == "month":
        first_on = on.replace(day=1)
        next_on = (first_on + timedelta(days=32)).replace(day=1)
        return first_on, next_on - timedelta(days=1)
    return on, on


def _within(field: RegisterField, value: float) -> bool:
    low = field.least is None or value >= field.least
    return low and (field.most is None or value <= field.most)


def _value(field: RegisterField, answer: str) -> Value | None:
    """The answer by its kind; None when it cannot be read."""
    lowered = answer.lower()
    if field.kind == "yes":
        return True if lowered in YES else False if lowered in NO else None
    if field.kind == "number":
        value = typed_number(answer)
        return float(value) if value is not None and abs(value) < MOST else None
    if field.kind == "date":
        try:
            return date.fromisoformat(answer).isoformat()
        except ValueError:
            return None
    if field.kind == "choice":
        return next((code for code, zh, en in field.choices if lowered in (code, zh, en.lower())), None)
    return answer[:LONGEST]


def registers_from_table(table: Table) -> Registers:
    """
    The content of ``registers.toml``.

    Raises
    ------
    ValueError
        Naming the register and the field that cannot be used.
    """
    actions = {code: _named(part(part(table, "action"), code)) for code in part(table, "action")}
    found = {}
    for code in part(table, "register"):
        try:
            found[code] = _register(code, part(part(table, "register"), code), actions)
        except ValueError as error:
            raise ValueError(f"register {code}: {error}") from error
    return Registers(whole(table, "revision"), found, actions)


def _register(code: str, table: Table, actions: Collection[str]) -> Register:
    rhythm, about = text(table, "rhythm"), text(table, "about", "")
    if rhythm not in get_args(Rhythm) or about not in get_args(About):
        raise ValueError(f"rhythm {rhythm!r} or about {about!r} is not known.")
    lists = text(table, "lists", "")
    if lists not in get_args(Lists):
        raise ValueError(f"lists must be one of {get_args(Lists)}, got {lists!r}.")
    if unknown := sorted(codes(table, "actions") - set(actions)):
        raise ValueError(f"actions {unknown} are not there.")
    fields = tuple(_field(row) for row in rows(table, "fields"))
    ends, due_by = text(table, "ends", ""), text(table, "due_by", "")
    if ends and ends not in {one.key for one in fields if one.kind == "date"}:
        raise ValueError(f"ends must name a date field, got {ends!r}.")
    name, who, signer = part(table, "name"), part(table, "who"), table.get("signer")
    return Register(
        code=code,
        name_zh=text(name, "zh"),
        name_en=text(name, "en"),
        rhythm=cast(Rhythm, rhythm),
        about=cast(About, about),
        due_by=time.fromisoformat(due_by) if due_by else None,
        holds=table.get("holds") is True,
        ends=ends,
        who_zh=text(who, "zh"),
        who_en=text(who, "en"),
        signer_zh=text(part(table, "signer"), "zh") if signer else "",
        signer_en=text(part(table, "signer"), "en") if signer else "",
        actions=tuple(str(one) for one in cast("list[object]", table.get("actions", []))),
        fields=fields,
        clause=text(table, "clause", ""),
        source=text(table, "source", ""),
        evidence=text(table, "evidence", ""),
        lists=cast(Lists, lists),
    )


def _field(row: Table) -> RegisterField:
    key, kind = text(row, "key"), text(row, "kind")
    if kind not in get_args(FieldKind):
        raise ValueError(f"{key}: kind must be one of {get_args(FieldKind)}, got {kind!r}.")
    good, choices = row.get("good"), cast("list[list[str]]", row.get("choices", []))
    if kind == "choice" and not choices:
        raise ValueError(f"{key}: choices are missing.")
    asks = text(row, "asks", "")
    if asks not in get_args(Asks) or (asks and kind != {"probe": "text", "limits": "number"}[asks]):
        raise ValueError(f"{key}: asks must be one of {get_args(Asks)} of its kind, got {asks!r}.")
    return RegisterField(
        key,
        *_named(row),
        cast(FieldKind, kind),
        text(row, "unit", ""),
        row.get("required") is not False,
        good if isinstance(good, bool) else None,
        number(row, "least") if "least" in row else None,
        number(row, "most") if "most" in row else None,
        tuple((code, zh, en) for code, zh, en in choices),
        cast(Asks, asks),
    )


def _named(table: Table) -> tuple[str, str]:
    name = part(table, "name")
    return text(name, "zh"), text(name, "en")
