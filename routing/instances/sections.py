"""Sections: the keywords of a VRPLIB file and the rows under them, each with its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from orders.errors import BadInput
from routing.instances.source import Source

KEYWORD = re.compile(r"^\s*([A-Z][A-Z0-9_]*)\s*:\s*(.*?)\s*$")
SECTION = re.compile(r"^\s*([A-Z][A-Z0-9_]*_SECTION)\s*:?\s*$")


class Row(NamedTuple):
    """A numbered row: where it stands, and what follows its number."""

    line: int
    values: list[float]


@dataclass(frozen=True, slots=True)
class Sections:
    """
    A file taken apart.

    Parameters
    ----------
    source
        Its lines.
    keywords
        ``DIMENSION`` and the like to their line and text.
    rows
        ``DEMAND_SECTION`` and the like to the lines of their rows.
    """

    source: Source
    keywords: Mapping[str, tuple[int, str]]
    rows: Mapping[str, list[int]]

    def text(self, keyword: str, default: str = "") -> str:
        """A keyword's text."""
        return self.keywords[keyword][1] if keyword in self.keywords else default

    def number(self, keyword: str) -> float | None:
        """A keyword's number, None where the file does not have it."""
        if keyword not in self.keywords:
            return None
        line, text = self.keywords[keyword]
        return self.source.number(text, line)

    def whole(self, keyword: str, least: int = 0) -> int | None:
        """A keyword's whole number, not below the least; None where the file does not have it."""
        value = self.number(keyword)
        if value is None:
            return None
        return self.source.whole(value, self.keywords[keyword][0], least)

    def by_number(self, section: str, count: int, columns: int) -> list[Row] | None:
        """
        Rows of a section by the number each begins with, which must be 1 to the count.

        Parameters
        ----------
        section
            Its name.
        count
            How many there must be.
        columns
            Numbers in a row, its own number among them.

        Returns
        -------
        list[Row] | None
            In the order of the numbers; None where the file does not have the section.

        Raises
        ------
        BadInput
            When a row is missing, doubled or unreadable, with its line.
        """
        if section not in self.rows:
            return None
        source, found = self.source, dict[int, Row]()
        for line in self.rows[section]:
            first, *rest = source.row(line, columns)
            number = source.whole(first, line, 1)
            if number > count or number in found:
                raise BadInput(
                    "instance_node", file=source.file, line=line, node=str(number), expected=len(found) + 1
                )
            found[number] = Row(line, rest)
        if len(found) < count:
            raise BadInput(
                "instance_cut_off", file=source.file, section=section, expected=count, found=len(found)
            )
        return [found[number] for number in range(1, count + 1)]

    def numbers(self, section: str) -> list[tuple[int, float]]:
        """All numbers of a section up to -1, each with its line."""
        found = list[tuple[int, float]]()
        for line in self.rows.get(section, ()):
            for value in self.source.numbers(line):
                if value == -1:
                    return found
                found.append((line, value))
        return found


def sections_of(source: Source) -> Sections:
    """
    Takes a VRPLIB file apart.

    Raises
    ------
    BadInput
        When a keyword or section stands twice, or a line belongs to none.
    """
    keywords, rows, section = dict[str, tuple[int, str]](), dict[str, list[int]](), ""
    for line, text in enumerate(source.lines, start=1):
        if text.strip() == "EOF":
            break
        named, headed = SECTION.match(text), KEYWORD.match(text)
        if named or headed:
            section = named[1] if named else ""
            word = section or (headed[1] if headed else "")
            if word in keywords or word in rows:
                raise BadInput("instance_twice", file=source.file, line=line, keyword=word)
            if headed and not named:
                keywords[word] = (line, headed[2])
            else:
                rows[word] = []
        elif text.strip():
            if not section:
                raise BadInput("instance_stray", file=source.file, line=line)
            rows[section].append(line)
    return Sections(source, keywords, rows)
