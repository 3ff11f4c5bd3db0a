"""Oversight: flags and their decisions, the blacklist, complaints, surveys, and the rules of all."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.oversight.blacklist import entry_for, let_in, shut_out
from api.oversight.complaints import (
    NewComplaint,
    complaints_of_days,
    find_complaint,
    samples_frozen,
    take_complaint,
    take_step,
)
from api.oversight.documents import (
    blacklist_documents,
    complaint_document,
    flag_document,
    rates_document,
    survey_document,
)
from api.oversight.flags import carry_out, decide_flag, find_flag, flags_of_days, look_for_flags
from api.oversight.rules import change_rules, local_day, oversight_rules, thresholds
from api.oversight.surveys import begin_survey, find_survey, key_in, survey_result, survey_results
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from orders.oversight.blacklist import Shut, SubjectKind
from orders.oversight.complaints import StepKind
from orders.oversight.flags import FlagState
from orders.store.blacklist import load_blacklist
from orders.store.decisions import Verdict

router = APIRouter(prefix="/api/v1/oversight", tags=["oversight"])
Reader = Annotated[Actor, may("oversight.read")]
Document = dict[str, Any]


class Days(BaseModel):
    """First and last day, both included."""

    from_on: date
    to_on: date


class DecisionIn(BaseModel):
    """A decision with its reason; without consequences a confirmed flag takes those of the programme."""

    decision: Verdict
    reason: str = Field(min_length=1, max_length=1000)
    consequences: list[str] | None = None


class EntryIn(BaseModel):
    """An entry of the blacklist."""

    subject_kind: SubjectKind
    subject: str = Field(min_length=1, max_length=100)
    from_on: date
    to_on: date | None = None
    reason: str = Field(min_length=1, max_length=500)


class CarriedOutIn(BaseModel):
    """A consequence that was carried out; the blacklist takes an entry with it."""

    consequence: str
    note: str = Field(min_length=1, max_length=500)
    entry: EntryIn | None = None


class ReasonIn(BaseModel):
    """Why."""

    reason: str = Field(min_length=1, max_length=500)


class ComplaintIn(BaseModel):
    """A complaint as it comes; the channel's own number makes sending it twice harmless."""

    kind: str
    text: str = Field(min_length=1, max_length=2000)
    channel: str
    external_ref: str = Field(default="", max_length=60)
    site_id: str = ""
    place: str = Field(default="", max_length=100)
    contact: str = Field(default="", max_length=100)
    received_on: date | None = None
    eaten_on: date | None = None
    meal: Literal["", "breakfast", "lunch", "dinner"] = ""


class StepIn(BaseModel):
    """One thing done about a complaint."""

    kind: StepKind
    note: str = Field(default="", max_length=1000)
    to: str = Field(default="", max_length=100)


class SurveyIn(Days):
    """A survey to begin; an empty programme asks every question without a target."""

    programme_id: str = ""


class AnswersIn(BaseModel):
    """One paper's answers, question's id to choice from 1; without a number an interview."""

    number: int | None = Field(default=None, ge=1, le=1_000_000)
    answers: dict[str, int]
    comment: str = Field(default="", max_length=1000)
    correct: bool = False


class RulesIn(BaseModel):
    """Thresholds of flags and days of complaints to change."""

    flags: dict[str, int] = Field(default_factory=dict)
    days: dict[str, int] = Field(default_factory=dict)


@router.get("/flags")
def flags(
    house: HouseHere,
    language: LanguageHere,
    actor: Reader,
    from_on: date | None = None,
    to_on: date | None = None,
    state: FlagState | None = None,
) -> list[Document]:
    """Flags about these days by urgency, of one state if it is named."""
    with house.database.read() as session:
        every = flags_of_days(session, from_on, to_on, actor=actor)
    return [flag_document(flag, language) for flag in every if state is None or flag.state == state]


@router.post("/flags/look")
def look(
    days: Days, house: HouseHere, language: LanguageHere, actor: Annotated[Actor, may("flag.find")]
) -> list[Document]:
    """Looks at the servings of these days; gives the new flags."""
    with house.database.begin() as session:
        found = look_for_flags(
            session, days.from_on, days.to_on, actor=actor, now_at=house.clock.now(), ids=house.ids
        )
    return [flag_document(flag, language) for flag in found]


@router.get("/flags/{flag_id}")
def flag(flag_id: str, house: HouseHere, language: LanguageHere, actor: Reader) -> Document:
    """One flag with its evidence."""
    with house.database.read() as session:
        return flag_document(find_flag(session, flag_id), language)


@router.post("/flags/{flag_id}/decision")
def decide(
    flag_id: str,
    made: DecisionIn,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("flag.decide")],
) -> Document:
    """Clears or confirms a flag: its fees are released or void."""
    with house.database.begin() as session:
        decided = decide_flag(
            session,
            flag_id,
            made.decision,
            made.reason,
            made.consequences,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
        )
    return flag_document(decided, language)


@router.post("/flags/{flag_id}/consequences")
def carried_out(
    flag_id: str,
    done: CarriedOutIn,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("flag.decide")],
) -> Document:
    """Notes that a consequence of a confirmed flag was carried out."""
    shut = None if done.entry is None else _shut(done.entry)
    with house.database.begin() as session:
        flag = carry_out(
            session,
            flag_id,
            done.consequence,
            done.note,
            shut,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
        )
    return flag_document(flag, language)


@router.get("/blacklist")
def blacklist(house: HouseHere, actor: Reader, subject: str | None = None) -> list[Document]:
    """Entries that stand, ended ones too, of one subject if it is named."""
    with house.database.read() as session:
        return blacklist_documents(load_blacklist(session, subject))


@router.post("/blacklist", status_code=201)
def put_on(entry: EntryIn, house: HouseHere, actor: Annotated[Actor, may("blacklist.edit")]) -> Document:
    """Puts a site, an operator or a person on the blacklist."""
    with house.database.begin() as session:
        made = shut_out(session, _shut(entry), actor=actor, now_at=house.clock.now(), ids=house.ids)
    return blacklist_documents([made])[0]


@router.post("/blacklist/{entry_id}/end")
def end(
    entry_id: str, why: ReasonIn, house: HouseHere, actor: Annotated[Actor, may("blacklist.edit")]
) -> Document:
    """Ends an entry; the old one stays on record."""
    with house.database.begin() as session:
        ended = let_in(session, entry_id, why.reason, actor=actor, now_at=house.clock.now(), ids=house.ids)
    return blacklist_documents([ended])[0]


@router.get("/complaints")
def complaints(
    house: HouseHere, actor: Reader, from_on: date | None = None, to_on: date | None = None
) -> Document:
    """Complaints received on these days with their rates, late ones first."""
    now_at = house.clock.now()
    with house.database.read() as session:
        every, rates = complaints_of_days(session, from_on, to_on, actor=actor, now_at=now_at)
        today_on, frozen = local_day(session, now_at), samples_frozen(session, every)
    return {
        "complaints": [complaint_document(one, today_on, frozen) for one in every],
        "rates": rates_document(rates),
    }


@router.post("/complaints", status_code=201)
def take(new: ComplaintIn, house: HouseHere, actor: Annotated[Actor, may("complaint.take")]) -> Document:
    """Takes a complaint; one that the channel sent before is given back as it stands."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        taken = NewComplaint(**new.model_dump())
        kept = take_complaint(session, taken, actor=actor, now_at=now_at, ids=house.ids)
        return complaint_document(kept, local_day(session, now_at), samples_frozen(session, [kept]))


@router.get("/complaints/{code}")
def complaint(code: str, house: HouseHere, actor: Reader) -> Document:
    """One complaint with its steps."""
    with house.database.read() as session:
        kept, today_on = find_complaint(session, code), local_day(session, house.clock.now())
        return complaint_document(kept, today_on, samples_frozen(session, [kept]))


@router.post("/complaints/{code}/steps")
def step(
    code: str, taken: StepIn, house: HouseHere, actor: Annotated[Actor, may("complaint.work")]
) -> Document:
    """Notes what was done about a complaint."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        kept = take_step(session, code, taken.kind, taken.note, taken.to, actor=actor, now_at=now_at)
        return complaint_document(kept, local_day(session, now_at), samples_frozen(session, [kept]))


@router.get("/surveys")
def surveys(house: HouseHere, actor: Reader) -> list[Document]:
    """Every survey with its metrics beside the targets."""
    with house.database.read() as session:
        return [survey_document(one) for one in survey_results(session, actor=actor)]


@router.post("/surveys", status_code=201)
def begin(new: SurveyIn, house: HouseHere, actor: Annotated[Actor, may("survey.run")]) -> Document:
    """Begins a survey with the questions of a programme's metrics."""
    with house.database.begin() as session:
        survey = begin_survey(
            session,
            new.programme_id,
            new.from_on,
            new.to_on,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
        )
        return survey_document(survey_result(session, survey))


@router.post("/surveys/{code}/answers", status_code=201)
def answers(
    code: str, given: AnswersIn, house: HouseHere, actor: Annotated[Actor, may("survey.answer")]
) -> Document:
    """Keeps the answers of a paper or of an interview; gives the paper's number."""
    with house.database.begin() as session:
        kept = key_in(
            session,
            code,
            given.number,
            given.answers,
            given.comment,
            correct=given.correct,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
        )
    return {"number": kept.number, "channel": kept.channel}


@router.get("/surveys/{code}")
def survey(code: str, house: HouseHere, actor: Reader) -> Document:
    """One survey with its metrics beside the targets."""
    with house.database.read() as session:
        return survey_document(survey_result(session, find_survey(session, code)))


@router.get("/rules")
def rules(house: HouseHere, actor: Reader) -> Document:
    """Thresholds of flags and days of complaints in force; revision 0 is the system default."""
    with house.database.read() as session:
        in_force = oversight_rules(session)
    days = {kind.kind: kind.days for kind in in_force.complaints.values()}
    return {"revision": in_force.revision, "flags": thresholds(in_force), "days": days}


@router.put("/rules")
def change(new: RulesIn, house: HouseHere, actor: Annotated[Actor, may("config.edit")]) -> Document:
    """Changes thresholds and days; what is not named stays."""
    with house.database.begin() as session:
        changed = change_rules(session, flags=new.flags, days=new.days, actor=actor, now_at=house.clock.now())
    return {"revision": changed.revision, "flags": thresholds(changed)}


def _shut(entry: EntryIn) -> Shut:
    return entry_for(entry.subject_kind, entry.subject, entry.from_on, entry.to_on, entry.reason)
