"""A sign-in link goes to where the house is served."""

import json
from pathlib import Path

from api.served import NOTE, noted_address, served_address
from api.settings import Settings


def test_a_link_goes_to_the_port_that_is_served(tmp_path: Path) -> None:
    """Tests the port of a server that runs, and the settings' own once it is gone or was killed."""
    elsewhere = Settings(data=tmp_path, host="0.0.0.0", port=8123)
    asking = Settings(data=tmp_path, port=8000)
    with noted_address(elsewhere):
        assert served_address(asking) == "http://127.0.0.1:8123"
    assert served_address(asking) == "http://127.0.0.1:8000"
    gone = json.dumps({"host": "127.0.0.1", "port": 8123, "pid": 2**30})
    (tmp_path / NOTE).write_text(gone, "utf-8")
    assert served_address(asking) == "http://127.0.0.1:8000"
