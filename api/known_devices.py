"""Keeps a worker's reader told of the sensors that are let in, also of those let in while it runs."""

import threading

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.db import Database
from telemetry.sensors import Reader
from telemetry.store.devices import count_registered, registered_families

EVERY_S = 1.0
log = structlog.get_logger(__name__)


class KnownDevices:
    """
    The registered sensors, looked up again when there are more.

    Parameters
    ----------
    database
        Where they are registered.
    reader
        Who is told.
    """

    def __init__(self, database: Database, reader: Reader) -> None:
        self._database, self._reader, self._count = database, reader, -1

    def look(self) -> None:
        """Tells the reader when there are others than before."""
        with self._database.read() as session:
            count = count_registered(session)
            if count != self._count:
                self._reader.know(registered_families(session))
                self._count = count

    def watch(self, stop: threading.Event) -> None:
        """Looks every second; while the database fails, what was known goes on."""
        while not stop.wait(EVERY_S):
            try:
                self.look()
            except SQLAlchemyError as error:
                log.warning("registered sensors not read", error=str(error)[:300])
