"""Pages of surveys: results, papers, keying in, and the page that a paper's QR code opens on a phone."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.oversight.rules import local_day
from api.oversight.survey_papers import survey_papers
from api.oversight.surveys import (
    MOST_COPIES,
    answer_on_phone,
    begin_survey,
    find_survey,
    key_in,
    paper_of,
    print_copies,
    survey_result,
    survey_results,
)
from api.permissions import Actor
from api.reports.facts import Named
from api.web.access import HouseHere, LanguageHere, may
from api.web.forms import FieldsHere
from api.web.render import render
from orders.errors import BadInput
from orders.store.programmes import load_programmes

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, may("oversight.read")]
Runner = Annotated[Actor, may("survey.run")]
Keyer = Annotated[Actor, may("survey.answer")]
QUESTION = "q."
SURVEY_DAYS = 30


@router.get("/oversight/surveys")
def surveys(request: Request, house: HouseHere, actor: Reader) -> Response:
    """Every survey with its metrics beside the targets."""
    with house.database.read() as session:
        results = survey_results(session, actor=actor)
        today_on = local_day(session, house.clock.now())
        in_force = load_programmes(session, today_on)
    programmes = [
        (programme_id, Named(body["programme"]["name"]["zh"], body["programme"]["name"]["en"]))
        for programme_id, (_, body) in in_force.items()
    ]
    return render(
        request,
        "oversight_surveys.html",
        results=results,
        programmes=programmes,
        today_on=today_on.isoformat(),
        month_on=(today_on + timedelta(days=SURVEY_DAYS)).isoformat(),
        most_copies=MOST_COPIES,
        may_run=actor.may("survey.run"),
        may_answer=actor.may("survey.answer"),
        may_edit_rules=actor.may("config.edit"),
    )


@router.post("/oversight/surveys")
def begin(
    house: HouseHere,
    actor: Runner,
    programme_id: Annotated[str, Form()],
    from_on: Annotated[date, Form()],
    to_on: Annotated[date, Form()],
) -> Response:
    """Begins a survey."""
    with house.database.begin() as session:
        begin_survey(
            session, programme_id, from_on, to_on, actor=actor, now_at=house.clock.now(), ids=house.ids
        )
    return RedirectResponse("/oversight/surveys", status_code=303)


@router.post("/oversight/surveys/{code}/papers")
def papers(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Runner,
    code: str,
    copies: Annotated[int, Form()],
) -> Response:
    """New papers to print, each with its own number and QR code."""
    with house.database.begin() as session:
        survey, numbers = print_copies(session, code, copies, actor=actor, now_at=house.clock.now())
    pdf = survey_papers(survey, numbers, str(request.base_url), language).pdf
    name = f"{code}-{numbers.start}-{numbers.stop - 1}.pdf"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/oversight/surveys/{code}/key")
def keying(request: Request, house: HouseHere, actor: Keyer, code: str, kept: int = 0) -> Response:
    """The questionnaire, to key in what came back on paper or was asked for."""
    with house.database.read() as session:
        result = survey_result(session, find_survey(session, code))
    return render(
        request,
        "oversight_key.html",
        survey=result.survey,
        answered=result.answered,
        kept=kept,
        may_read=actor.may("oversight.read"),
    )


@router.post("/oversight/surveys/{code}/key")
def keyed(house: HouseHere, actor: Keyer, code: str, fields: FieldsHere) -> Response:
    """Keeps one paper's answers and offers the next."""
    with house.database.begin() as session:
        answered = key_in(
            session,
            code,
            _number(fields.get("number", "")),
            answers_of(fields),
            fields.get("comment", ""),
            correct="correct" in fields,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
        )
    return RedirectResponse(f"/oversight/surveys/{code}/key?kept={answered.number}", status_code=303)


@router.get("/survey")
def paper(request: Request, house: HouseHere, paper: str = "") -> Response:
    """The questionnaire on a phone, for who holds a paper; nobody signs in."""
    with house.database.read() as session:
        survey, _ = paper_of(session, paper, house.clock.now())
    return render(request, "survey.html", survey=survey, paper=paper, thanks=False)


@router.post("/survey")
def answered(request: Request, house: HouseHere, fields: FieldsHere) -> Response:
    """Keeps the answers of a paper and says thank you."""
    token, now_at = fields.get("paper", ""), house.clock.now()
    with house.database.begin() as session:
        survey, _ = paper_of(session, token, now_at)
        answer_on_phone(
            session, token, answers_of(fields), fields.get("comment", ""), now_at=now_at, ids=house.ids
        )
    return render(request, "survey.html", survey=survey, paper=token, thanks=True)


def answers_of(fields: Mapping[str, str]) -> dict[str, int]:
    """Question's id to choice, of the fields that are questions."""
    return {
        name.removeprefix(QUESTION): _number(text) or 0
        for name, text in fields.items()
        if name.startswith(QUESTION) and text
    }


def _number(text: str) -> int | None:
    if not text.strip():
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadInput("survey_number_unreadable", number=text[:20])
    return int(text)
