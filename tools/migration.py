"""Writes a migration from the difference between the newest one and the rows: ``make migration M="..."``."""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from api.db import MIGRATIONS, Database, alembic_config

VERSIONS = MIGRATIONS / "versions"


def main(message: str) -> None:
    """
    Writes and formats ``api/migrations/versions/NNNN_<message>.py``.

    Parameters
    ----------
    message
        What changes, a few words; ``baseline`` begins anew and is for the time before the first release.
    """
    if message == "baseline":
        for old in VERSIONS.glob("*.py"):
            old.unlink()
    number = f"{len(list(VERSIONS.glob('*.py'))) + 1:04d}"
    slug = "_".join(message.lower().split())
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.sqlite3")
        if number != "0001":
            database.upgrade()
        with database.engine.begin() as connection:
            config = alembic_config(connection)
            config.set_main_option("file_template", f"{number}_{slug}")
            config.attributes["autogenerate"] = True
            command.revision(config, message, autogenerate=True, rev_id=number)
        database.close()
    written = VERSIONS / f"{number}_{slug}.py"
    _tidy(written)
    print(written)


def _tidy(written: Path) -> None:
    lines = written.read_text(encoding="utf-8").splitlines(keepends=True)
    written.write_text(
        "".join(line for line in lines if not line.lstrip().startswith("# ###")), encoding="utf-8"
    )
    ruff = str(Path(sys.executable).with_name("ruff"))
    for how in (["check", "--fix"], ["format"]):
        subprocess.run([ruff, *how, "--quiet", str(written)], check=True)


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
