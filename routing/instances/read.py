"""Reading an instance file of any kind, recognised by what is in it."""

from collections.abc import Iterator

import numpy as np

from orders.errors import BadInput
from routing.instances.convention import BY_TYPE, CONVENTIONS, Convention, Numbers
from routing.instances.instance import Instance, Sheet, instance_of
from routing.instances.plane import plane_travel, same
from routing.instances.solomon import is_solomon, read_solomon
from routing.instances.source import MOST, Source, source_of
from routing.instances.vrplib import is_vrplib, read_vrplib
from routing.travel import Travel


def is_json(text: str) -> bool:
    """Whether a text is rather a problem of our own than an instance."""
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def read_instance(text: str, file: str, rounding: str | None = None) -> Instance:
    """
    Reads a Solomon or VRPLIB instance.

    Parameters
    ----------
    text
        All of the file.
    file
        Its name in refusals.
    rounding
        Name of a convention of `CONVENTIONS`; None for the one that answers to such a file are compared by.

    Raises
    ------
    BadInput
        With the line where there is one, and what would be right.
    """
    source, stated = source_of(text, file), None
    if is_vrplib(source):
        sheet, convention, stated = read_vrplib(source, rounding)
    elif is_solomon(source):
        sheet = read_solomon(source)
        convention = CONVENTIONS[rounding or BY_TYPE[sheet.kind]]
    else:
        raise BadInput("instance_unknown", file=file)
    _require_within(source, sheet, convention, stated)
    return instance_of(sheet, convention, _travel(sheet, convention, stated))


def _travel(sheet: Sheet, convention: Convention, stated: Numbers | None) -> Travel:
    if stated is not None:
        return same(convention.distances(stated[np.ix_(sheet.order, sheet.order)]))
    assert sheet.points is not None
    return plane_travel(sheet.points[sheet.order], convention)


def _require_within(source: Source, sheet: Sheet, convention: Convention, stated: Numbers | None) -> None:
    """Refuses figures that 32 bits do not hold once they are scaled."""
    most = MOST // convention.scale
    longest = 0.0 if stated is None else float(stated.max())
    for figure in (longest, *_largest(sheet)):
        if figure > most:
            raise BadInput("instance_too_large", file=source.file, figure=f"{figure:g}", most=most)
    if (demand := sum(sheet.demand)) > MOST:
        raise BadInput("instance_too_large", file=source.file, figure=str(demand), most=MOST)


def _largest(sheet: Sheet) -> Iterator[float]:
    if sheet.points is not None:
        yield float(np.linalg.norm(sheet.points.max(axis=0) - sheet.points.min(axis=0)))
    yield sum(sheet.service)
    yield max(sheet.release)
    for window in sheet.windows or ():
        yield max(abs(figure) for figure in window)
    for van in set(sheet.vans):
        yield max(van.fixed, van.a_unit_of_way, van.a_unit_of_time, van.most_out or 0.0)
