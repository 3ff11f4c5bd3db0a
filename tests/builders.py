"""Facts that many tests start from."""

import tomllib
from typing import Any

from api.paths import config_dir


def liuzhou_2020() -> dict[str, Any]:
    """The packaged Liuzhou programme's table."""
    return tomllib.loads((config_dir() / "programmes/liuzhou-2020.toml").read_text("utf-8"))
