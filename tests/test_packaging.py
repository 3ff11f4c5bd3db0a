"""What a stranger gets: a wheel that is whole, and a set-up that says what is missing."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def setup_with(folder: Path, fake_python: str) -> subprocess.CompletedProcess[str]:
    """Runs a copy of the set-up where this script is the only Python."""
    tools, programs = folder / "tools", folder / "bin"
    tools.mkdir()
    programs.mkdir()
    (tools / "setup.sh").write_text((ROOT / "tools" / "setup.sh").read_text())
    python = programs / "python3"
    python.write_text(f"#!/bin/sh\n{fake_python}\n")
    python.chmod(0o755)
    (programs / "dirname").symlink_to("/usr/bin/dirname")
    return subprocess.run(
        ["/bin/sh", str(tools / "setup.sh")],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_setup_names_a_python_that_does_not_fit(tmp_path):
    """
    Tests that a too new Python is refused in one line that says which is needed.
    """
    done = setup_with(tmp_path, 'case "$1" in -V) echo Python 3.15.0;; *) exit 1;; esac')
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "holdchain: Python 3.11 to 3.14 is needed (found: Python 3.15.0); install one, or name it: "
        "make setup PYTHON=/path/to/python3."
    ]


def test_setup_names_a_missing_venv_module(tmp_path):
    """
    Tests that a Python without venv is refused in one line that names Debian's package.
    """
    done = setup_with(tmp_path, 'case "$2" in *ensurepip*) exit 1;; *) echo Python 3.11.2;; esac')
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "python3-venv" in done.stderr


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory) -> set[str]:
    """Names of the files in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_carries_the_config(wheel_names):
    """
    Tests that each file of config/ is in the wheel, where config_dir() finds it.
    """
    wanted = {
        f"api/_config/{path.relative_to(ROOT / 'config')}"
        for path in (ROOT / "config").rglob("*")
        if path.is_file()
    }
    assert wanted
    assert wanted <= wheel_names


def test_wheel_carries_scripts_and_fonts(wheel_names):
    """
    Tests that what ``make assets`` fetched is in the wheel, though git does not keep it.
    """
    assert "api/pages/static/vendor/htmx.org/htmx.min.js" in wheel_names
    assert "api/reports/fonts/NotoSansSC_400Regular.ttf" in wheel_names


def test_wheel_carries_only_our_packages(wheel_names):
    """
    Tests that a wheel adds nothing else to a stranger's site-packages.
    """
    tops = {name.split("/")[0] for name in wheel_names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "orders",
        "kitchen",
        "routing",
        "telemetry",
        "api",
    }
