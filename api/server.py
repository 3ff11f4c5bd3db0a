"""Runs the web application with what belongs beside it."""

import signal
from collections.abc import Callable
from contextlib import nullcontext, suppress

import uvicorn

from api.app import create_app
from api.day.escalate import alarm_timers
from api.house import House
from api.ordering.standing_timer import ask_for_standing, standing_timers
from api.outbox import posting
from api.served import noted_address, only_one, require_free_port
from api.serving import ServeParams, running_beside
from api.upkeep import ask_for_upkeep, upkeep

STREAMS_MAY_TAKE_S = 2
ENDING_S = 2.0  # how long a house that is about to end is waited for
IDLE_CONNECTION_S = 75  # longer than clients and proxies keep one, so that they end it, not we


def run(house: House, params: ServeParams, started: Callable[[int | None], None]) -> None:
    """
    Serves until a signal asks to stop; the broker and the worker end with it.

    Parameters
    ----------
    house
        The house.
    params
        Which parts run beside the pages.
    started
        Told the devices' port, None without a broker, when all but the pages runs.

    Raises
    ------
    MealError
        When this folder is served already, or a port is taken.
    """
    # uvicorn raises a signal again after its own stop; unhandled, it would end us before the broker's stop.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = house.settings
    alone = only_one(settings, "broker", within_s=ENDING_S) if params.with_broker else nullcontext()
    with suppress(KeyboardInterrupt), alone:
        require_free_port(settings.host, settings.port, "--port")
        _serve(house, params, started)


def _serve(house: House, params: ServeParams, started: Callable[[int | None], None]) -> None:
    settings = house.settings
    with house.database.begin() as session:
        ask_for_upkeep(session, house.clock.now(), house.ids)
        ask_for_standing(session, house.clock.now(), house.ids)
    timers = {**upkeep(house.ids), **standing_timers(house.ids), **alarm_timers(house.ids)}
    serving = running_beside(house, params, timers)
    with noted_address(settings), posting(house), serving as beside:
        config = uvicorn.Config(
            create_app(house, beside.lacking, beside.troubles),
            host=settings.host,
            port=settings.port,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=STREAMS_MAY_TAKE_S,
            timeout_keep_alive=IDLE_CONNECTION_S,
        )
        started(beside.broker.port if beside.broker else None)
        uvicorn.Server(config).run()
