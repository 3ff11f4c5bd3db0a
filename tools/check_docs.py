"""
Checks that every relative link and picture in the project's Markdown files leads somewhere.

Run by ``make check``. Anchors are checked too, by the way GitHub makes them from headings.
"""

import os
import re
import sys
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent

FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s+(\S+)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
OTHERS = {"node_modules", "var", "build", "dist"}
ELSEWHERE = re.compile(r"^(https?:|mailto:|//)")


def markdown_files() -> list[Path]:
    """Markdown files of the project itself, not of what it fetched or made."""
    pages = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in OTHERS and not name.startswith(".")]
        pages += [Path(folder, name) for name in names if name.endswith(".md")]
    return sorted(pages)


def anchors(text: str) -> set[str]:
    """Anchors of a page's headings."""
    plain = (re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading) for heading in HEADING.findall(FENCE.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def broken_links(page: Path) -> list[str]:
    """Links of a page that lead nowhere, as they are written there."""
    prose = CODE.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))
    broken = []
    for groups in LINK.findall(prose):
        link = "".join(groups)
        if ELSEWHERE.match(link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (
            anchor and target.suffix == ".md" and anchor not in anchors(target.read_text(encoding="utf-8"))
        ):
            broken.append(link)
    return broken


def main() -> int:
    """Prints each broken link; exit code 1 when there is one."""
    found = [f"{page.relative_to(ROOT)}: {link}" for page in markdown_files() for link in broken_links(page)]
    for line in found:
        print(f"broken link in {line}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
