"""Surveys from the programme's metrics to the target, by phone and on paper."""

from datetime import date, timedelta
from typing import Any

import pytest

from api.db import Database
from api.oversight.survey_papers import survey_papers
from api.oversight.surveys import (
    answer_on_phone,
    begin_survey,
    find_survey,
    key_in,
    paper_of,
    paper_token,
    print_copies,
    survey_results,
)
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from tests.api.oversight.town import NOW_AT, build, ids, who

BUREAU = who("bureau")
FIRST, LAST = date(2026, 11, 20), date(2026, 12, 20)


def test_a_survey_is_answered_once_a_paper(database: Database) -> None:
    """Tests the programme's questions and target, a phone, a paper, an interview and a correction."""
    given: dict[str, Any] = {"actor": BUREAU, "now_at": NOW_AT}
    source = ids()
    with database.begin() as session:
        build(session)
        survey = begin_survey(session, "p", FIRST, LAST, ids=source, **given)
        assert {one.metric for one in survey.questionnaire.questions} == {"satisfaction", "awareness"}
        _, numbers = print_copies(session, survey.code, 3, **given)
        assert list(numbers) == [1, 2, 3]
        survey = find_survey(session, survey.code)
        token = paper_token(survey, 1)
        assert paper_of(session, token, NOW_AT)[1] == 1
        answer_on_phone(session, token, {"known": 2, "taste": 5}, " 好 ", now_at=NOW_AT, ids=source)
        key_in(session, survey.code, 2, {"known": 1}, ids=source, **given)
        key_in(session, survey.code, 2, {"known": 2}, correct=True, ids=source, **given)
        interview = key_in(session, survey.code, None, {"known": 2}, ids=source, **given)
        assert (interview.number, interview.channel) == (4, "interview")
        with pytest.raises(Conflict, match="survey_answered"):
            paper_of(session, token, NOW_AT)
        with pytest.raises(Conflict, match="survey_answered"):
            key_in(session, survey.code, 1, {"known": 1}, ids=source, **given)
    with database.read() as session:
        (result,) = survey_results(session, actor=who("monitor"))
    assert (result.answered, result.comments) == (3, ("好",))
    assert [(one.metric, one.favourable, one.answered, one.meets) for one in result.scores] == [
        ("satisfaction", 1, 1, None),
        ("awareness", 3, 3, True),
    ]


def test_what_is_no_paper_is_refused(sqlite: Database) -> None:
    """Tests a forged token, a paper that was not printed, wrong days, answers and roles."""
    given: dict[str, Any] = {"actor": BUREAU, "now_at": NOW_AT}
    source = ids()
    with sqlite.begin() as session:
        build(session)
        survey = begin_survey(session, "", FIRST, LAST, ids=source, **given)
        assert len(survey.questionnaire.questions) >= 5
        print_copies(session, survey.code, 1, **given)
        survey = find_survey(session, survey.code)
        good = paper_token(survey, 1)
        for token in ("", "S01-1-0", good[:-1] + "x", paper_token(survey, 2), "S01-é-x"):
            with pytest.raises(Forbidden):
                paper_of(session, token, NOW_AT)
        with pytest.raises(Conflict, match="survey_not_now"):
            paper_of(session, good, NOW_AT + timedelta(days=60))
        for answers in ({}, {"known": 9}, {"no_such": 1}):
            with pytest.raises(BadInput, match="survey_"):
                key_in(session, survey.code, 1, answers, ids=source, **given)
        with pytest.raises(BadInput, match="survey_number"):
            key_in(session, survey.code, 2, {"known": 1}, ids=source, **given)
        with pytest.raises(BadInput, match="survey_copies"):
            print_copies(session, survey.code, 0, **given)
        with pytest.raises(BadInput, match="survey_days"):
            begin_survey(session, "p", LAST, FIRST, ids=source, **given)
        with pytest.raises(NotFound):
            begin_survey(session, "q", FIRST, LAST, ids=source, **given)
        with pytest.raises(Forbidden):
            key_in(session, survey.code, 1, {"known": 1}, ids=source, actor=who("monitor"), now_at=NOW_AT)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_papers_are_printed_one_sheet_each(sqlite: Database, language: str) -> None:
    """Tests that every paper of the packaged questionnaire is one page and every character is drawn."""
    with sqlite.begin() as session:
        build(session)
        survey = begin_survey(session, "", FIRST, LAST, actor=BUREAU, now_at=NOW_AT, ids=ids())
    printed = survey_papers(survey, range(1, 4), "http://127.0.0.1:8000/", language)
    assert (printed.pages, printed.findings) == (3, ())
    assert printed.pdf.startswith(b"%PDF")
