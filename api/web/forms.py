"""Forms of pages: fields whose names are not known beforehand, and days that may be left empty."""

from datetime import date
from typing import Annotated

from fastapi import Depends
from pydantic import BeforeValidator
from starlette.requests import Request

OpenDay = Annotated[date | None, BeforeValidator(lambda text: text or None)]


async def fields_of(request: Request) -> dict[str, str]:
    """Every text field of a form by its name; the last of a name counts, an uploaded file does not."""
    form = await request.form()
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


FieldsHere = Annotated[dict[str, str], Depends(fields_of)]


async def lists_of(request: Request) -> dict[str, list[str]]:
    """Every text field of a form by its name, with all values that were sent for it, in order."""
    form = await request.form()
    found: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value)
    return found


ListsHere = Annotated[dict[str, list[str]], Depends(lists_of)]
