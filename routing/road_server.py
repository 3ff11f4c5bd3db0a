"""The road engine served to this machine alone: started on the current roads, kept alive, stopped."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from routing.road_programs import Programs
from routing.road_tiles import RoadsFailed, Tiles, current_tiles, engine_config, last_words
from routing.roads import RoadEngine, RoadParams, RoadsDown

LOOPBACK = "127.0.0.1"
LOG = "serve.log"
_START_S, _STOP_S, _POLL_S = 30.0, 10.0, 0.05


class RoadServer:
    """
    An engine on the loopback: start, tend, stop.

    Parameters
    ----------
    programs
        The engine's.
    folder
        The house's roads.
    port
        Where it listens; 0 for any free one.
    threads
        How many answer at once.
    """

    def __init__(self, programs: Programs, folder: Path, port: int, threads: int) -> None:
        self._programs, self._folder, self._threads = programs, folder.resolve(), threads
        self._port = port or _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._tiles: Tiles | None = None

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://{LOOPBACK}:{self._port}"

    def start(self) -> Tiles:
        """
        Runs the engine until it answers.

        Raises
        ------
        RoadsFailed
            ``roads_not_there`` before anything was built, ``roads_port_taken``, or ``roads_not_served`` with
            the engine's last words.
        """
        tiles = current_tiles(self._folder)
        if tiles is None:
            raise RoadsFailed("roads_not_there", folder=str(self._folder))
        _end_orphan(self._pid_file, self._settings)
        if _is_taken(self._port):
            raise RoadsFailed("roads_port_taken", port=self._port)
        listen = f"tcp://{LOOPBACK}:{self._port}"
        config = engine_config(self._programs, self._folder / tiles.folder_name, tiles.dataset, listen)
        self._settings.write_text(json.dumps(config), encoding="utf-8")
        with (self._folder / LOG).open("wb") as output:
            self._process = subprocess.Popen(
                [*self._programs.service, str(self._settings), str(self._threads)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._pid_file.write_text(f"{self._process.pid} {os.getpid()}", encoding="ascii")
        self._tiles = tiles
        self._await_answer()
        return tiles

    def tend(self) -> bool:
        """Starts it again when it died or other roads were built; call it every second. Whether it did."""
        if self._process is None:
            return False
        if self._process.poll() is None and current_tiles(self._folder) == self._tiles:
            return False
        self.stop()
        self.start()
        return True

    def stop(self) -> None:
        """Ends the engine; one that does not listen is killed."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._pid_file.unlink(missing_ok=True)

    @property
    def _settings(self) -> Path:
        return self._folder / f"serve-{self._port}.json"

    @property
    def _pid_file(self) -> Path:
        return self._folder / f"serve-{self._port}.pid"

    def _await_answer(self) -> None:
        give_up_s = time.monotonic() + _START_S
        while time.monotonic() < give_up_s and self._process and self._process.poll() is None:
            with contextlib.suppress(RoadsDown), RoadEngine(RoadParams(self.url)) as engine:
                engine.tiles()
                return
            time.sleep(_POLL_S)
        self.stop()
        raise RoadsFailed("roads_not_served", why=last_words(self._folder / LOG))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def _end_orphan(pid_file: Path, settings: Path) -> None:
    """Ends an engine of this port that outlived the command which started it, and no other."""
    with contextlib.suppress(FileNotFoundError, ValueError, ProcessLookupError, PermissionError):
        pid, parent = map(int, pid_file.read_text(encoding="ascii").split())
        is_ours = str(settings).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        if not is_ours or Path(f"/proc/{parent}").exists():
            return
        os.kill(pid, signal.SIGTERM)
        give_up_s = time.monotonic() + _STOP_S
        while Path(f"/proc/{pid}/cmdline").read_bytes() and time.monotonic() < give_up_s:
            time.sleep(_POLL_S)
