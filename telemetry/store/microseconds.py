"""Instants of readings as integers: smaller and quicker to compare than text, alike on both databases."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from telemetry.instants import instant, microseconds


class Microseconds(TypeDecorator[datetime]):
    """An instant as whole microseconds since 1970: aware in, aware UTC out, a naive one refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """The instant as the database keeps it."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The kept instant, aware and in UTC."""
        return None if value is None else instant(value)
