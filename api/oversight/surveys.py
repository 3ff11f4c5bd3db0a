"""Surveys: begun with a programme's metrics and targets, printed, answered by phone or on paper, counted."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlmodel import Session

from api.audit import record
from api.in_force import not_in_force
from api.oversight.rules import local_day, oversight_rules
from api.permissions import Actor, ensure
from api.security import new_token
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.ids import IdSource
from orders.oversight.surveys import METRICS, Metric, MetricScore, Questionnaire, check_answers, score
from orders.store.programmes import load_programmes
from orders.store.surveys import (
    AnswerChannel,
    Answered,
    Survey,
    add_copies,
    load_answers,
    load_survey,
    load_surveys,
    next_survey_code,
    save_answer,
    save_survey,
)

MAC_DIGITS = 16
MOST_COPIES = 500
LONGEST_COMMENT = 1000


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """
    What a survey says so far.

    Parameters
    ----------
    survey
        Which.
    answered
        Papers answered.
    scores
        Of each metric.
    comments
        What was written beside the questions, by paper.
    """

    survey: Survey
    answered: int
    scores: tuple[MetricScore, ...]
    comments: tuple[str, ...]


def begin_survey(
    session: Session,
    programme_id: str,
    from_on: date,
    to_on: date,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> Survey:
    """
    Begins a survey with the packaged questions that the programme's metrics ask for, and its targets.

    Parameters
    ----------
    session
        Open transaction.
    programme_id
        A programme in force on the first day; empty asks every question without a target.
    from_on, to_on
        First and last day on which answers are taken.
    actor, now_at, ids
        Who, when, with which row ids.

    Raises
    ------
    NotFound
        When no such programme is in force.
    BadInput
        When it ends before it begins, or the programme names a metric without a question.
    """
    ensure(actor, "survey.run")
    if to_on < from_on:
        raise BadInput("survey_days", from_on=from_on.isoformat(), to_on=to_on.isoformat())
    questionnaire = oversight_rules(session).questionnaire
    if programme_id:
        in_force = load_programmes(session, from_on).get(programme_id)
        if in_force is None:
            raise not_in_force(session, programme_id, from_on)
        questionnaire = _asked_by(questionnaire, in_force[1].get("survey") or {})
    code = next_survey_code(session)
    survey = Survey(ids.new(), code, programme_id, questionnaire, from_on, to_on, new_token(), 0)
    save_survey(session, survey, actor.user_id, now_at)
    record(session, actor, "survey.run/begin", code, now_at, {"programme": programme_id})
    return survey


def print_copies(
    session: Session, code: str, copies: int, *, actor: Actor, now_at: datetime
) -> tuple[Survey, range]:
    """
    Numbers new papers of a survey.

    Returns
    -------
    tuple[Survey, range]
        The survey, and the numbers of the papers to print.

    Raises
    ------
    BadInput
        When it is fewer than one or more than a printer takes.
    """
    ensure(actor, "survey.run")
    if not 1 <= copies <= MOST_COPIES:
        raise BadInput("survey_copies", most=MOST_COPIES)
    survey = find_survey(session, code)
    add_copies(session, survey.survey_id, copies)
    record(session, actor, "survey.run/print", code, now_at, {"copies": copies})
    return survey, range(survey.copies + 1, survey.copies + copies + 1)


def paper_token(survey: Survey, number: int) -> str:
    """What the QR code of a paper carries: survey, number, and a signature that nobody else can make."""
    said = f"{survey.code}-{number}"
    mac = hmac.new(survey.secret.encode(), said.encode(), hashlib.sha256).hexdigest()
    return f"{said}-{mac[:MAC_DIGITS]}"


def paper_of(session: Session, token: str, now_at: datetime) -> tuple[Survey, int]:
    """
    The survey and the number of a paper's token.

    Raises
    ------
    Forbidden
        When the token is not of a paper that was printed.
    Conflict
        When the survey is over or has not begun, or the paper was answered.
    """
    code, _, rest = token.partition("-")
    number = rest.partition("-")[0]
    survey = load_survey(session, code)
    known = survey is not None and number.isascii() and number.isdigit() and int(number) <= survey.copies
    if survey is None or not known or not hmac.compare_digest(paper_token(survey, int(number)), token):
        raise Forbidden("survey_paper_unknown")
    if not survey.from_on <= local_day(session, now_at) <= survey.to_on:
        raise Conflict("survey_not_now", from_on=survey.from_on.isoformat(), to_on=survey.to_on.isoformat())
    if load_answers(session, survey.survey_id, int(number)):
        raise Conflict("survey_answered", number=int(number))
    return survey, int(number)


def answer_on_phone(
    session: Session,
    token: str,
    answers: Mapping[str, int],
    comment: str,
    *,
    now_at: datetime,
    ids: IdSource,
) -> None:
    """
    Keeps what the holder of a paper tapped on a phone.

    Raises
    ------
    Forbidden, Conflict
        As `paper_of`.
    BadInput
        When nothing is answered, or what is not asked.
    """
    survey, number = paper_of(session, token, now_at)
    kept = check_answers(survey.questionnaire, answers)
    answered = Answered(ids.new(), number, kept, comment.strip()[:LONGEST_COMMENT], "phone", "", now_at)
    save_answer(session, survey.survey_id, answered)


def key_in(
    session: Session,
    code: str,
    number: int | None,
    answers: Mapping[str, int],
    comment: str = "",
    *,
    correct: bool = False,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> Answered:
    """
    Keeps the answers of a paper that came back, or of an interview.

    Parameters
    ----------
    session
        Open transaction.
    code
        The survey.
    number
        The paper's number; None is an interview without a paper.
    answers, comment
        What is ticked: question's id to choice, from 1; what is written beside.
    correct
        Whether the paper was keyed in before and this stands in its place.
    actor, now_at, ids
        Who keys in, when, with which row ids.

    Raises
    ------
    BadInput
        When the number was not printed, nothing is answered, or what is not asked.
    Conflict
        When the paper was answered and is not to be corrected.
    """
    ensure(actor, "survey.answer")
    survey = find_survey(session, code)
    kept = check_answers(survey.questionnaire, answers)
    channel: AnswerChannel = "paper"
    if number is None:
        number, channel = survey.copies + 1, "interview"
        add_copies(session, survey.survey_id, 1)
    elif not 1 <= number <= survey.copies:
        raise BadInput("survey_number", number=number, printed=survey.copies)
    earlier = load_answers(session, survey.survey_id, number)
    if earlier and not correct:
        raise Conflict("survey_answered", number=number)
    answered = Answered(
        ids.new(),
        number,
        kept,
        comment.strip()[:LONGEST_COMMENT],
        channel,
        actor.user_id,
        now_at,
        earlier[0].answer_id if earlier else None,
    )
    save_answer(session, survey.survey_id, answered)
    record(session, actor, "survey.answer", f"{code}/{number}", now_at, {"channel": channel})
    return answered


def find_survey(session: Session, code: str) -> Survey:
    """
    The survey of this code.

    Raises
    ------
    NotFound
        When there is none.
    """
    survey = load_survey(session, code)
    if survey is None:
        raise NotFound("survey", code)
    return survey


def survey_result(session: Session, survey: Survey) -> SurveyResult:
    """What a survey says so far."""
    every = load_answers(session, survey.survey_id)
    scores = score(survey.questionnaire, [one.answers for one in every])
    comments = tuple(one.comment for one in every if one.comment)
    return SurveyResult(survey, len(every), scores, comments)


def survey_results(session: Session, *, actor: Actor) -> list[SurveyResult]:
    """Every survey with what it says so far, the latest first."""
    ensure(actor, "oversight.read")
    return [survey_result(session, survey) for survey in load_surveys(session)]


def _asked_by(questionnaire: Questionnaire, section: Mapping[str, Any]) -> Questionnaire:
    """The questions of a programme's metrics, with its targets; every question where it names no metric."""
    metrics = tuple(section.get("metrics", ())) or METRICS
    questions = tuple(one for one in questionnaire.questions if one.metric in metrics)
    without = set(metrics) - {one.metric for one in questions}
    if without:
        raise BadInput("survey_metric_without_question", metric=sorted(without)[0])
    targets = {
        cast(Metric, metric): Decimal(str(share)) for metric, share in section.get("targets", {}).items()
    }
    return replace(questionnaire, questions=questions, targets=targets)
