"""Survey paper: one questionnaire a sheet in large type, its number and QR code at the head."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.reports.facts import Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import check_box
from api.reports.pen import GREY, LIGHT, Pen
from api.reports.wording import Words
from orders.oversight.surveys import Question, Questionnaire

WIDTH_MM, HEIGHT_MM, MARGIN_MM = 210.0, 297.0, 16.0
RIGHT_MM = WIDTH_MM - MARGIN_MM
QR_MM = 30.0
TOP_MM, BOTTOM_MM = 56.0, HEIGHT_MM - 14.0
QUESTION_PT, CHOICE_PT = (16.0, 15.0), (14.0, 13.0, 12.0, 11.0, 10.0)
CHOICE_MM, BOX_MM = 9.0, 6.0
LINES_MM = 11.0


@dataclass(frozen=True, slots=True)
class SurveyPaper:
    """
    One numbered paper.

    Parameters
    ----------
    number
        As people say it: ``S01-0042``.
    address
        What the QR code opens on a phone.
    """

    number: str
    address: str


@dataclass(frozen=True, slots=True)
class SurveySheets:
    """
    The papers of a survey.

    Parameters
    ----------
    questionnaire
        What is asked.
    until
        Last day on which answers are taken, as text.
    papers
        Each with its own number.
    """

    questionnaire: Questionnaire
    until: str
    papers: tuple[SurveyPaper, ...]


def render(sheets: SurveySheets, language: str) -> Rendered:
    """
    Prints the papers, A4, each on pages of its own.

    Parameters
    ----------
    sheets
        The papers.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    asked = sheets.questionnaire
    title = asked.zh if language == "zh_CN" else asked.en
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=title, language=language)
    groups = _groups(pen, asked, words)
    pages = paginate(groups, top_mm=TOP_MM, bottom_mm=BOTTOM_MM, gap_mm=4)
    for paper in sheets.papers:
        for number, page in enumerate(pages, start=1):
            _draw_head(pen, paper, title, sheets.until, words)
            if len(pages) > 1:
                text = words("page {page} / {pages}", page=number, pages=len(pages))
                pen.text(RIGHT_MM, HEIGHT_MM - 7, text, 9.5, align="right", color=GREY)
            for placed in page:
                placed.block.draw(pen, placed.top_mm)
            pen.end_page()
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _draw_head(pen: Pen, paper: SurveyPaper, title: str, until: str, words: Words) -> None:
    width_mm = RIGHT_MM - MARGIN_MM - QR_MM - 8
    top_mm = 14.0
    top_mm += pen.lines(MARGIN_MM, top_mm, pen.fit(title, (22, 20, 18), width_mm, weight="bold", max_lines=2))
    hint = words(
        "Tick one box a question, or scan the code with a phone. No name is asked. Give it back by {day}.",
        day=until,
    )
    pen.lines(MARGIN_MM, top_mm + 3, pen.fit(hint, (12, 11), width_mm, max_lines=3))
    pen.qr(paper.address, RIGHT_MM - QR_MM, 12, QR_MM)
    pen.text(RIGHT_MM - QR_MM / 2, 12 + QR_MM + 5.4, paper.number, 12, weight="bold", align="center")
    pen.rule(MARGIN_MM, TOP_MM - 5, RIGHT_MM, TOP_MM - 5, width_pt=1.2)


def _groups(pen: Pen, asked: Questionnaire, words: Words) -> list[Sequence[Block]]:
    questions = [[_question(pen, i, one, words)] for i, one in enumerate(asked.questions, start=1)]
    return [*questions, [_comment(pen, words)]]


def _question(pen: Pen, number: int, question: Question, words: Words) -> Block:
    chinese = words.language == "zh_CN"
    said = f"{number}. {question.zh if chinese else question.en}"
    asked = pen.fit(said, QUESTION_PT, RIGHT_MM - MARGIN_MM, weight="bold", max_lines=2)
    step_mm = (RIGHT_MM - MARGIN_MM) / len(question.choices)
    choices = [
        pen.fit(zh if chinese else en, CHOICE_PT, step_mm - BOX_MM - 4, max_lines=1)
        for zh, en in question.choices
    ]
    choices_mm = max(CHOICE_MM, max(one.height_mm for one in choices) + 2)

    def draw(pen: Pen, top_mm: float) -> None:
        at_mm = top_mm + pen.lines(MARGIN_MM, top_mm, asked) + 2
        for i, choice in enumerate(choices):
            x_mm = MARGIN_MM + i * step_mm
            check_box(pen, x_mm, at_mm, BOX_MM)
            pen.lines(x_mm + BOX_MM + 2, at_mm + BOX_MM / 2 - choice.height_mm / 2, choice)
        bottom_mm = at_mm + choices_mm + 2
        pen.rule(MARGIN_MM, bottom_mm, RIGHT_MM, bottom_mm, color=LIGHT)

    return Block(asked.height_mm + choices_mm + 5, draw)


def _comment(pen: Pen, words: Words) -> Block:
    said = pen.fit(words("What else do you want to say?"), QUESTION_PT, RIGHT_MM - MARGIN_MM, weight="bold")

    def draw(pen: Pen, top_mm: float) -> None:
        at_mm = top_mm + pen.lines(MARGIN_MM, top_mm, said)
        for line in range(1, 3):
            y_mm = at_mm + line * LINES_MM
            pen.rule(MARGIN_MM, y_mm, RIGHT_MM, y_mm, color=GREY)

    return Block(said.height_mm + 2 * LINES_MM + 2, draw)
