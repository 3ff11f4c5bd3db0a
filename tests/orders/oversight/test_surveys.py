"""Surveys: what answers say of each metric, and whether a target is met."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from orders.errors import BadInput
from orders.oversight.surveys import Metric, Question, Questionnaire, check_answers, score

FIVE = tuple((word, word) for word in ("很差", "差", "一般", "好", "很好"))
YES_NO = (("不知道", "no"), ("知道", "yes"))


def asked(targets: Mapping[Metric, Decimal]) -> Questionnaire:
    """Two questions on satisfaction, one on awareness."""
    questions = (
        Question("taste", "satisfaction", "饭菜", "Food", FIVE, 4),
        Question("staff", "satisfaction", "服务", "Service", FIVE, 4),
        Question("known", "awareness", "知道吗", "Known", YES_NO, 2),
    )
    return Questionnaire("问卷", "Survey", questions, targets)


@pytest.mark.parametrize(("favourable", "meets"), [(949, False), (950, True), (951, True)])
def test_950_of_1000_meet_95_percent(favourable: int, meets: bool) -> None:
    """Tests that the target itself is enough and one answer less is not."""
    answers = [{"known": 2}] * favourable + [{"known": 1}] * (1000 - favourable)
    (_, awareness) = score(asked({"awareness": Decimal("0.95")}), answers)
    assert (awareness.metric, awareness.answered, awareness.favourable) == ("awareness", 1000, favourable)
    assert awareness.meets is meets


def test_a_metric_counts_every_answer_to_its_questions() -> None:
    """Tests that good and very good count, and that a question left out is not a bad answer."""
    found = score(asked({}), [{"taste": 5, "staff": 3}, {"taste": 4}, {"known": 1}])
    assert [(one.metric, one.answered, one.favourable, one.meets) for one in found] == [
        ("satisfaction", 3, 2, None),
        ("awareness", 1, 0, None),
    ]


def test_no_answer_meets_no_target() -> None:
    """Tests that an unanswered metric is neither met nor missed."""
    (_, awareness) = score(asked({"awareness": Decimal("0.95")}), [])
    assert (awareness.ratio, awareness.meets) == (None, None)


@pytest.mark.parametrize("answers", [{}, {"taste": 6}, {"taste": 0}, {"price": 1}])
def test_answers_that_are_not_on_the_paper_are_refused(answers: dict[str, int]) -> None:
    """Tests that nothing, an unknown question and an unknown choice are refused."""
    with pytest.raises(BadInput, match="survey_"):
        check_answers(asked({}), answers)


def test_a_questionnaire_has_questions_of_its_own_names() -> None:
    """Tests the slips."""
    question = Question("a", "variety", "问", "ask", YES_NO, 2)
    with pytest.raises(ValueError, match="id of its own"):
        Questionnaire("问卷", "Survey", (question, question), {})
    with pytest.raises(ValueError, match="no choice"):
        Question("a", "variety", "问", "ask", YES_NO, 3)
    with pytest.raises(ValueError, match="metric"):
        Question("a", "taste", "问", "ask", YES_NO, 2)  # type: ignore[arg-type]
