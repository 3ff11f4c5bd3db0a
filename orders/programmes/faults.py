"""What is wrong with a programme's file: every fault at once, each a code with its dotted key."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from orders.codes import Coded, Param
from orders.programmes.keys import keys_of, known_keys

NEAR_ENOUGH = 0.6
_ANOTHER_TYPE = re.compile(r"\w*(-\w+)?[\[(].*|str|int|bool|float")
_PLAIN = {
    "missing": "fault_missing",
    "string_type": "fault_text",
    "int_type": "fault_whole_number",
    "int_parsing": "fault_whole_number",
    "int_from_float": "fault_whole_number",
    "float_type": "fault_number",
    "float_parsing": "fault_number",
    "decimal_type": "fault_number",
    "decimal_parsing": "fault_number",
    "bool_type": "fault_truth",
    "bool_parsing": "fault_truth",
    "tuple_type": "fault_list",
    "list_type": "fault_list",
    "dict_type": "fault_table",
    "model_type": "fault_table",
    "model_attributes_type": "fault_table",
    "too_short": "fault_empty",
    "string_pattern_mismatch": "fault_time",
    "greater_than_equal": "fault_at_least",
    "less_than_equal": "fault_at_most",
    "less_than": "fault_below",
    "finite_number": "fault_finite",
    "string_too_short": "fault_blank",
}


class ProgrammeFaults(ValueError):
    """
    A programme's file, or a setting of one, that cannot be used.

    Parameters
    ----------
    faults
        Each with what its sentence names; ``key`` is where it lies.
    """

    def __init__(self, *faults: Coded) -> None:
        super().__init__("\n".join(_told(one) for one in faults))
        self.faults = faults


def fault(code: str, **params: Param) -> ProgrammeFaults:
    """One fault, ready to raise."""
    return ProgrammeFaults(Coded(code, params))


def faults_of(error: ValueError) -> tuple[Coded, ...]:
    """The faults that an error carries; one of somebody else's as it says itself."""
    return error.faults if isinstance(error, ProgrammeFaults) else (Coded("fault", {"why": str(error)}),)


def near(code: str, name: str, known: Collection[str], **params: Param) -> Coded:
    """
    A fault of a name that is not known.

    Parameters
    ----------
    code
        ``<code>_near`` names the nearest right one, ``<code>`` all of them.
    name, known
        What was written, and what could stand there.
    params
        What else the sentence names.
    """
    found = get_close_matches(name, sorted(known), n=1, cutoff=NEAR_ENOUGH)
    if found:
        return Coded(f"{code}_near", {**params, "name": name, "near": found[0]})
    return Coded(code, {**params, "name": name, "known": ", ".join(sorted(known)) or "-"})


def faults_in(error: ValidationError, table: Mapping[str, Any], model: type[BaseModel]) -> tuple[Coded, ...]:
    """Everything that a validation found, once for each key and fault, in the order of the file."""
    found: dict[tuple[str, str], Coded] = {}
    for one in error.errors():
        if one["type"] == "too_short" and one["input"]:
            continue  # its entries are there, and each one's fault is told
        loc = tuple(step for step in one["loc"] if isinstance(step, int) or not _ANOTHER_TYPE.fullmatch(step))
        several = "" if len(loc) < len(one["loc"]) else str(len(found))
        for coded in _coded({**one, "loc": loc}, table, model):
            found[str(coded.params.get("key", "")), several or "either"] = coded
    return tuple({_told(one): one for one in found.values()}.values())


def _coded(one: ErrorDetails, table: Mapping[str, Any], model: type[BaseModel]) -> Iterator[Coded]:
    loc, kind, context = one["loc"], one["type"], one.get("ctx", {})
    key = dotted(loc, table, model)
    if kind == "extra_forbidden":
        yield _unknown_key(loc, table, model)
    elif kind == "literal_error":
        options = str(context["expected"]).replace(" or ", ", ").replace("'", "")
        yield Coded("fault_option", {"key": key, "name": str(one["input"]), "options": options})
    elif kind in ("union_tag_not_found", "union_tag_invalid"):
        kinds = _kinds(model)
        tag = context.get("tag")
        listed = {"key": f"{key}.kind", "known": ", ".join(kinds)}
        yield near("fault_kind", str(tag), kinds, key=key) if tag else Coded("fault_no_kind", listed)
    elif kind == "value_error" and isinstance(own := context.get("error"), ProgrammeFaults):
        for inner in own.faults:
            place = ".".join(part for part in (key, str(inner.params.get("key", ""))) if part)
            yield Coded(inner.code, {**inner.params, "key": place})
    elif kind.startswith("date"):
        yield Coded("fault_date", {"key": key, "name": str(one["input"])})
    else:
        limit: dict[str, Param] = {
            str(name): str(context[name]) for name in ("ge", "le", "lt") if name in context
        }
        code = _PLAIN.get(kind, "fault_value")
        if code == "fault_table" and key.rpartition(".")[2] in ("name", "question"):
            code = "fault_name"
        shown = "" if code == "fault_missing" else str(one["input"])[:60]
        yield Coded(code, {"key": key, "name": shown, "why": one["msg"], **limit})


def _unknown_key(loc: tuple[int | str, ...], table: Mapping[str, Any], model: type[BaseModel]) -> Coded:
    place, name = dotted(loc[:-1], table, model), str(loc[-1])
    known = known_keys(model, loc[:-1])
    kinds = [key.kinds for key in keys_of(model) if key.path == f"benefit.{name}"]
    if loc[0] == "benefit" and len(loc) == 4 and kinds:
        return Coded("fault_other_kind", {"key": place, "name": name, "kinds": ", ".join(kinds[0])})
    return near("fault_no_key" if place else "fault_no_section", name, known, key=place)


def _kinds(model: type[BaseModel]) -> tuple[str, ...]:
    return next((key.options for key in keys_of(model) if key.path == "benefit.kind"), ())


def dotted(loc: Iterable[int | str], table: Mapping[str, Any], model: type[BaseModel]) -> str:
    """The place as a person writes it: an entry of a list by its id or code, no kinds."""
    kinds, parts = _kinds(model), list[str]()
    here: Any = table
    for step in loc:
        if isinstance(step, int):
            here = here[step] if isinstance(here, list | tuple) and step < len(here) else None
            name = here.get("id", here.get("code")) if isinstance(here, dict) else None
            if not name and parts:
                parts[-1] += f"[{step}]"
            else:
                parts.append(str(name))
        elif step not in kinds:
            here = here.get(step) if isinstance(here, dict) else None
            parts.append(step)
    return ".".join(parts)


def _told(one: Coded) -> str:
    return f"{one.code} ({', '.join(f'{name}={value}' for name, value in one.params.items())})"
