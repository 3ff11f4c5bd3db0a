"""The papers of a survey, ready to print."""

from collections.abc import Iterable
from datetime import datetime, time
from urllib.parse import urlencode

from api.oversight.surveys import paper_token
from api.reports.facts import Rendered
from api.reports.survey_sheet import SurveyPaper, SurveySheets, render
from api.reports.wording import Words, day_text
from orders.store.surveys import Survey


def survey_papers(survey: Survey, numbers: Iterable[int], base: str, language: str) -> Rendered:
    """
    Prints numbered papers of a survey.

    Parameters
    ----------
    survey
        Which.
    numbers
        Of the papers.
    base
        Address of the pages, that the QR codes lead to.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    papers = tuple(
        SurveyPaper(f"{survey.code}-{number:04d}", _address(base, paper_token(survey, number)))
        for number in numbers
    )
    until = day_text(datetime.combine(survey.to_on, time()), Words(language))
    return render(SurveySheets(survey.questionnaire, until, papers), language)


def _address(base: str, token: str) -> str:
    return f"{base.rstrip('/')}/survey?{urlencode({'paper': token})}"
