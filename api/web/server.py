"""Runs the web application with what belongs beside it."""

import uvicorn

from api.app import create_app
from api.house import House
from api.serving import ServeParams, running_beside

STREAMS_MAY_TAKE_S = 2


def run(house: House, params: ServeParams) -> None:
    """Serves until a signal asks to stop; the broker and the worker end with it."""
    settings = house.settings
    with running_beside(house, params, {}) as beside:
        app = create_app(house, beside.lacking)
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=STREAMS_MAY_TAKE_S,
        )
        uvicorn.Server(config).run()
