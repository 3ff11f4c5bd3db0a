"""Satisfaction surveys: a questionnaire as data, answers, and what they say of each metric."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from orders.errors import BadInput

Metric = Literal["satisfaction", "convenience", "variety", "coverage", "awareness"]
METRICS: tuple[Metric, ...] = get_args(Metric)


@dataclass(frozen=True, slots=True)
class Question:
    """
    One question with a row of answers to tick, the first the least favourable.

    Parameters
    ----------
    question_id
        Short name, unique in its questionnaire.
    metric
        What it measures.
    zh, en
        The question.
    choices
        The answers' words, each Chinese and English.
    favourable_from
        The first choice that counts as favourable, from 1.
    """

    question_id: str
    metric: Metric
    zh: str
    en: str
    choices: tuple[tuple[str, str], ...]
    favourable_from: int

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise ValueError(f"metric must be one of {METRICS}, got {self.metric!r}.")
        if not 1 <= self.favourable_from <= len(self.choices):
            raise ValueError(f"{self.question_id}: no choice {self.favourable_from} of {len(self.choices)}.")


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """
    The questions of a survey, and which share of favourable answers each metric is to reach.

    Parameters
    ----------
    zh, en
        Its title.
    questions
        In the order asked, ids unique.
    targets
        Metric to the share wanted, a part of 1; a metric without one is only measured.
    """

    zh: str
    en: str
    questions: tuple[Question, ...]
    targets: Mapping[Metric, Decimal]

    def __post_init__(self) -> None:
        ids = [question.question_id for question in self.questions]
        if not ids or len(set(ids)) < len(ids):
            raise ValueError(f"A questionnaire has questions, each with an id of its own, got {ids}.")


@dataclass(frozen=True, slots=True)
class MetricScore:
    """
    What a survey says of one metric.

    Parameters
    ----------
    metric
        Which.
    answered, favourable
        Answers to its questions; of these favourable.
    target
        The share wanted, None when no plan names one.
    """

    metric: Metric
    answered: int
    favourable: int
    target: Decimal | None

    @property
    def ratio(self) -> Fraction | None:
        """Share of favourable answers, exact; None without an answer."""
        return Fraction(self.favourable, self.answered) if self.answered else None

    @property
    def meets(self) -> bool | None:
        """Whether the target is reached, itself included; None without a target or an answer."""
        if self.target is None or self.ratio is None:
            return None
        return self.ratio >= Fraction(self.target)


def check_answers(questionnaire: Questionnaire, answers: Mapping[str, int]) -> dict[str, int]:
    """
    The answers as they are kept: at least one, each a choice of its question.

    Raises
    ------
    BadInput
        When a question or a choice is not in the questionnaire, or nothing is answered.
    """
    known = {question.question_id: len(question.choices) for question in questionnaire.questions}
    for question_id, choice in answers.items():
        if not 1 <= choice <= known.get(question_id, 0):
            raise BadInput("survey_answer_unknown", question=question_id, choice=choice)
    if not answers:
        raise BadInput("survey_empty")
    return dict(answers)


def score(questionnaire: Questionnaire, answered: Iterable[Mapping[str, int]]) -> tuple[MetricScore, ...]:
    """
    What the answers say of each metric that the questionnaire asks for.

    Parameters
    ----------
    questionnaire
        The questions.
    answered
        One mapping a person: question's id to choice, from 1; a question left out is not counted.

    Returns
    -------
    tuple[MetricScore, ...]
        In the order of `METRICS`.
    """
    of_metric = {question.question_id: question for question in questionnaire.questions}
    said: dict[Metric, list[bool]] = {question.metric: [] for question in questionnaire.questions}
    for answers in answered:
        for question_id, choice in answers.items():
            question = of_metric[question_id]
            said[question.metric].append(choice >= question.favourable_from)
    return tuple(
        MetricScore(metric, len(said[metric]), sum(said[metric]), questionnaire.targets.get(metric))
        for metric in METRICS
        if metric in said
    )
