"""Rows of surveys and of the answers given, one a numbered paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, cast

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, text, update
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, select

from orders.ids import short_code
from orders.oversight.surveys import Metric, Question, Questionnaire
from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY

FIRST = text("replaces IS NULL")
AnswerChannel = Literal["phone", "paper", "interview"]


class SurveyRow(Row, table=True):
    """One survey with the questionnaire as it was when the survey began."""

    __tablename__ = "surveys"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("to_on >= from_on", name="days"),
        CheckConstraint("copies >= 0", name="copies"),
    )

    survey_id: str = Field(primary_key=True)
    code: str
    programme_id: str
    questionnaire: dict[str, Any] = Field(sa_type=JsonColumn)
    from_on: date
    to_on: date
    secret: str
    copies: int
    made_by: str
    made_at: datetime = Field(sa_type=UtcDateTime)


class SurveyAnswerRow(Row, table=True):
    """One person's answers; one a paper, a correction names the row it replaces."""

    __tablename__ = "survey_answers"
    __table_args__ = (
        Index(
            "uq_survey_answers_paper",
            "survey_id",
            "number",
            unique=True,
            sqlite_where=FIRST,
            postgresql_where=FIRST,
        ),
        Index("uq_survey_answers_replaces", "replaces", unique=True),
        CheckConstraint("channel IN ('phone', 'paper', 'interview')", name="channel"),
        {"info": APPEND_ONLY},
    )

    answer_id: str = Field(primary_key=True)
    survey_id: str = Field(foreign_key="surveys.survey_id", index=True)
    number: int
    answers: dict[str, int] = Field(sa_type=JsonColumn)
    comment: str
    channel: str
    recorded_by: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    replaces: str | None = Field(default=None, foreign_key="survey_answers.answer_id")


@dataclass(frozen=True, slots=True)
class Survey:
    """
    A survey.

    Parameters
    ----------
    survey_id, code
        Row id; the number on its papers.
    programme_id
        The programme whose targets it has, empty for none.
    questionnaire
        What is asked.
    from_on, to_on
        First and last day on which answers are taken.
    secret
        Signs the papers' codes, so that nobody answers for a paper they do not hold.
    copies
        Papers printed so far.
    """

    survey_id: str
    code: str
    programme_id: str
    questionnaire: Questionnaire
    from_on: date
    to_on: date
    secret: str
    copies: int


@dataclass(frozen=True, slots=True)
class Answered:
    """
    One paper's answers.

    Parameters
    ----------
    answer_id, number
        Row id; the paper's number.
    answers
        Question's id to choice, from 1.
    comment
        What was written beside.
    channel
        Tapped on a phone, keyed in from paper, or asked for in an interview.
    recorded_by, recorded_at
        Who recorded it (empty: the person), when.
    replaces
        The row that this one corrects, None for none.
    """

    answer_id: str
    number: int
    answers: Mapping[str, int]
    comment: str
    channel: AnswerChannel
    recorded_by: str
    recorded_at: datetime
    replaces: str | None = None


def save_survey(session: Session, survey: Survey, made_by: str, made_at: datetime) -> None:
    """Keeps a new survey."""
    values = {
        "survey_id": survey.survey_id,
        "code": survey.code,
        "programme_id": survey.programme_id,
        "questionnaire": questionnaire_document(survey.questionnaire),
        "from_on": survey.from_on,
        "to_on": survey.to_on,
        "secret": survey.secret,
        "copies": survey.copies,
        "made_by": made_by,
        "made_at": made_at,
    }
    insert_rows(session, SurveyRow, [values])


def load_surveys(session: Session) -> list[Survey]:
    """Every survey, the latest first."""
    query = select(SurveyRow).order_by(col(SurveyRow.from_on).desc(), col(SurveyRow.survey_id).desc())
    return [_survey(row) for row in session.exec(query)]


def load_survey(session: Session, code: str) -> Survey | None:
    """The survey with this code, or None."""
    row = session.exec(select(SurveyRow).where(SurveyRow.code == code)).first()
    return None if row is None else _survey(row)


def next_survey_code(session: Session) -> str:
    """The code of the next survey, ``S07``."""
    return short_code("S", session.exec(select(func.count()).select_from(SurveyRow)).one() + 1)


def add_copies(session: Session, survey_id: str, copies: int) -> None:
    """Counts papers that are printed now."""
    counted = update(SurveyRow).where(col(SurveyRow.survey_id) == survey_id)
    session.execute(counted.values(copies=SurveyRow.copies + copies))


def save_answer(session: Session, survey_id: str, answered: Answered) -> None:
    """
    Keeps one paper's answers.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the paper was answered before and no row is named to be replaced.
    """
    values = {
        "answer_id": answered.answer_id,
        "survey_id": survey_id,
        "number": answered.number,
        "answers": dict(answered.answers),
        "comment": answered.comment,
        "channel": answered.channel,
        "recorded_by": answered.recorded_by,
        "recorded_at": answered.recorded_at,
        "replaces": answered.replaces,
    }
    insert_rows(session, SurveyAnswerRow, [values])


def load_answers(session: Session, survey_id: str, number: int | None = None) -> list[Answered]:
    """The answers that stand, of one paper or of all, by the papers' numbers."""
    later = aliased(SurveyAnswerRow)
    query = (
        select(SurveyAnswerRow)
        .outerjoin(later, col(later.replaces) == col(SurveyAnswerRow.answer_id))
        .where(SurveyAnswerRow.survey_id == survey_id, col(later.answer_id).is_(None))
        .order_by(col(SurveyAnswerRow.number))
    )
    if number is not None:
        query = query.where(SurveyAnswerRow.number == number)
    return [
        Answered(
            row.answer_id,
            row.number,
            row.answers,
            row.comment,
            cast(AnswerChannel, row.channel),
            row.recorded_by,
            row.recorded_at,
            row.replaces,
        )
        for row in session.exec(query)
    ]


def questionnaire_document(questionnaire: Questionnaire) -> dict[str, Any]:
    """A questionnaire as JSON keeps it."""
    return {
        "zh": questionnaire.zh,
        "en": questionnaire.en,
        "targets": {metric: str(target) for metric, target in questionnaire.targets.items()},
        "question": [
            {
                "id": one.question_id,
                "metric": one.metric,
                "zh": one.zh,
                "en": one.en,
                "choices": [list(choice) for choice in one.choices],
                "favourable_from": one.favourable_from,
            }
            for one in questionnaire.questions
        ],
    }


def questionnaire_from_document(document: Mapping[str, Any]) -> Questionnaire:
    """A questionnaire from its document; `ValueError` when it cannot be one."""
    questions = tuple(
        Question(
            one["id"],
            one["metric"],
            one["zh"],
            one["en"],
            tuple((zh, en) for zh, en in one["choices"]),
            one["favourable_from"],
        )
        for one in document["question"]
    )
    targets = {
        cast(Metric, metric): Decimal(target) for metric, target in document.get("targets", {}).items()
    }
    return Questionnaire(document["zh"], document["en"], questions, targets)


def _survey(row: SurveyRow) -> Survey:
    return Survey(
        row.survey_id,
        row.code,
        row.programme_id,
        questionnaire_from_document(row.questionnaire),
        row.from_on,
        row.to_on,
        row.secret,
        row.copies,
    )
