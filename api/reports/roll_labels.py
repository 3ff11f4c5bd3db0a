"""Boxes, sealed meals and samples as labels of a roll: each field that a rule asks for, in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.reports.facts import PaperHead
from api.reports.label_body import EATING, by_dish
from api.reports.label_facts import BoxLabel, BoxLabels, HoldLimits
from api.reports.roll_facts import RollLabel, RollLine
from api.reports.sample_facts import SampleLabel, SampleLabels
from api.reports.wording import (
    Words,
    dish_text,
    list_text,
    names_text,
    service_text,
    spare_text,
    time_text,
)

NAME_LEAST_PT = 14.0
WRITTEN_LEAST_PT = 7.0
REST = "The rest: scan the code"
BLANK = "________"
MARKS = {"hot": "▲", "cold": "◇"}


@dataclass(frozen=True, slots=True)
class _Told:
    """A label with what its words need."""

    label: BoxLabel
    head: PaperHead
    limits: HoldLimits
    words: Words


def box_rolls(paper: BoxLabels, fields: Sequence[str], language: str) -> tuple[RollLabel, ...]:
    """
    Labels of boxes or sealed meals.

    Parameters
    ----------
    paper
        The boxes, as their A4 labels have them.
    fields
        What the rules and the printer ask for, in order.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    return tuple(
        _box_roll(_Told(label, paper.head, paper.limits, words), dict.fromkeys(fields))
        for label in paper.labels
    )


def sample_rolls(paper: SampleLabels, fields: Sequence[str], language: str) -> tuple[RollLabel, ...]:
    """Labels of samples; what is known only when one is taken or destroyed is left to be written in."""
    words = Words(language)
    return tuple(_sample_roll(label, paper.head, dict.fromkeys(fields), words) for label in paper.labels)


def _box_roll(told: _Told, fields: Iterable[str]) -> RollLabel:
    label, words = told.label, told.words
    hold = words(f"hold:{label.hold_class}")
    colour = label.colour.called(words.language) if label.colour else ""
    who = f"{MARKS[label.hold_class]}{hold} {label.code}  {label.diner_code}  {colour}".strip()
    lines = [RollLine(who, 13, bold=True)]
    if label.avoid:
        avoid = words("Must not get: {allergens}", allergens=names_text(label.avoid, words))
        lines.append(RollLine(avoid, 11, bold=True, inverse=True))
    eat_by = time_text(label.eat_by_at, told.head.service, words)
    lines.append(RollLine(f"{words('Eat by')} {eat_by}", 12, bold=True))
    told_fields = [(field, _FIELDS[field](told)) for field in fields if field != "eat_by"]
    lines += [RollLine(text, field=field) for field, text in told_fields if text]
    name = label.diner_name or label.stop
    if label.second_leg and not label.for_diner:
        lines.insert(1, RollLine(words("By volunteer from there"), 9, bold=True))
    return RollLabel(label.code, name, tuple(lines), label.qr_text, NAME_LEAST_PT, words(REST))


def _stop(told: _Told) -> str:
    stop = told.label.stop
    return told.words("{stop}, then by volunteer", stop=stop) if told.label.second_leg else stop


def _food(told: _Told) -> str:
    entries = by_dish(told.label.dishes, told.words)
    names = [text if portions == 1 else f"{text}\u00a0×{portions}" for text, portions in entries]
    spare = [(one.dish, one.portions) for one in told.label.spare]
    food = list_text(names, told.words)
    return "  ".join(part for part in (food, spare_text(spare, told.words) if spare else "") if part)


def _cooked(told: _Told) -> str:
    made_at = told.head.service.local(told.label.cooked_at)
    return told.words("Made {time}", time=f"{made_at:%m-%d %H:%M}")


def _eating(told: _Told) -> str:
    return told.words(EATING[told.label.hold_class])


def _allergens(told: _Told) -> str:
    groups = (
        ("Contains: {allergens}", told.label.contains),
        ("May contain: {allergens}", told.label.may_contain),
    )
    said = [told.words(msgid, allergens=names_text(names, told.words)) for msgid, names in groups if names]
    return "  ".join(said)


def _place(told: _Told) -> str:
    label = told.label
    carrier = told.words("Carrier {code}", code=label.carrier_code)
    parts = (_stop(told) if label.for_diner else "", label.trip, carrier)
    return "  ".join(part for part in parts if part)


def _storage(told: _Told) -> str:
    limits, words = told.limits, told.words
    if told.label.hold_class == "hot":
        kept = words("at or above {limit} ℃", limit=f"{limits.hot_min_c:g}")
    else:
        kept = words("at {low} to {high} ℃", low=f"{limits.cold_min_c:g}", high=f"{limits.cold_max_c:g}")
    return words("Keep {storage}", storage=kept)


_FIELDS: Mapping[str, Callable[[_Told], str]] = {
    "food": _food,
    "cooked": _cooked,
    "eating": _eating,
    "allergens": _allergens,
    "place": _place,
    "storage": _storage,
    "kitchen": lambda told: told.words("Made by {kitchen}", kitchen=told.head.kitchen.name),
    "licence": lambda told: told.words("Licence {licence}", licence=told.head.kitchen.licence_no),
    "address": lambda told: told.words("Address {address}", address=told.head.kitchen.address),
    "phone": lambda told: told.words("Phone {phone}", phone=told.head.kitchen.phone),
    "seal": lambda told: told.words("Sealed; do not take it when the seal is broken."),
}


BOX_FIELDS: tuple[str, ...] = tuple(field for field in _FIELDS if field != "seal")


def _sample_roll(label: SampleLabel, head: PaperHead, fields: Iterable[str], words: Words) -> RollLabel:
    ready = time_text(label.ready_at, head.service, words)
    blanks = {
        "amount": words("Amount {blank} g (at least {least})", blank=BLANK[:5], least=label.least_g),
        "taken": words("Taken at {blank}", blank=BLANK),
        "taken_by": words("Taken by {blank}", blank=BLANK),
        "destroyed": words("Destroyed at {blank} (≥ {hours} h)", blank=BLANK[:5], hours=label.keep_h),
        "destroyed_by": words("Destroyed by {blank}", blank=BLANK),
    }
    lines = (
        RollLine(f"{words('Kept sample')}  {label.code}  {ready}", 11, bold=True),
        RollLine(service_text(head.service, words)),
        *(
            RollLine(blanks[field], field=field, least_pt=WRITTEN_LEAST_PT)
            for field in fields
            if field in blanks
        ),
    )
    name = dish_text(label.dish, label.variant, words)
    return RollLabel(label.code, name, lines, label.qr_text, rest=words(REST))
