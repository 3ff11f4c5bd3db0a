"""Throw-away servers for the benchmark: PostgreSQL and Mosquitto where they are installed, else none."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START_S = 60.0
STOP_S = 20.0
POSTGRES_FOLDERS = "/usr/lib/postgresql"
MOST_PENDING = 2_000


def find_server(name: str) -> str | None:
    """Path of an installed server, None where there is none."""
    folders = [os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"]
    folders += sorted(map(str, Path(POSTGRES_FOLDERS).glob("*/bin")), reverse=True)
    return shutil.which(name, path=os.pathsep.join(folders))


@contextmanager
def postgres() -> Iterator[str | None]:
    """Address of an empty PostgreSQL that forces each commit to disk; None where it is not installed."""
    initdb, server = find_server("initdb"), find_server("postgres")
    if initdb is None or server is None:
        yield None
        return
    with _folder("postgres") as (folder, user):
        data, port = folder / "data", _free_port()
        make = [initdb, "-D", str(data), "-U", "holdchain", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        subprocess.run(make, cwd=folder, **_identity(user), check=True, capture_output=True)
        serve = [server, "-D", str(data), "-p", str(port)]
        for option in ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_wal_size=4GB"):
            serve += ["-c", option]
        with _running(serve, folder, user, lambda: _accepts(port)):
            yield f"postgresql+psycopg://holdchain@127.0.0.1:{port}/postgres"


@contextmanager
def mosquitto() -> Iterator[int]:
    """Port of a Mosquitto that lets anyone in and queues without bound; it must be installed."""
    program = find_server("mosquitto") or "mosquitto"
    with _folder("mosquitto") as (folder, user):
        port, config = _free_port(), folder / "mosquitto.conf"
        lines = [f"listener {port} 127.0.0.1", "allow_anonymous true", "persistence false"]
        lines += ("max_queued_messages 0", f"max_inflight_messages {MOST_PENDING}", "log_dest none")
        config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with _running([program, "-c", str(config)], folder, user, lambda: _accepts(port)):
            yield port


@contextmanager
def _folder(service: str) -> Iterator[tuple[Path, str | None]]:
    """A folder of the server's user; servers that refuse to be root run as their own user or nobody."""
    known = {user.pw_name for user in pwd.getpwall()}
    names = (service, "nobody") if os.geteuid() == 0 else ()
    user = next((name for name in names if name in known), None)
    folder = Path(tempfile.mkdtemp(prefix=f"holdchain-bench-{service}-"))
    if user is not None:
        shutil.chown(folder, user)
    try:
        yield folder, user
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(
    command: Sequence[str], folder: Path, user: str | None, ready: Callable[[], bool]
) -> Iterator[None]:
    server = subprocess.Popen(
        command,
        cwd=folder,
        **_identity(user),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        give_up_s = time.monotonic() + START_S
        while not ready():
            if server.poll() is not None or time.monotonic() > give_up_s:
                raise RuntimeError(f"{command[0]} did not start.")
            time.sleep(0.05)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(STOP_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _identity(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
