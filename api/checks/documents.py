"""Checks as JSON documents, alike for the API and the command line."""

from typing import Any

from api.checks.floor import limits_words
from api.checks.gaps import Gap
from api.checks.points import Measured
from api.checks.views import ChecksView, DueView, EntryView, FloorView
from api.reports.facts import Named
from api.words import said_document, say
from kitchen.registers import Register
from kitchen.samples import Sample
from kitchen.store.checks import Check
from kitchen.store.steps import Step
from kitchen.withheld import Withheld


def view_document(view: ChecksView, language: str) -> dict[str, Any]:
    """What is due, missing and written, as of now."""
    return {
        "today_on": view.today_on.isoformat(),
        "unwatched": [said_document(one, language) for one in view.registry.watch.findings()],
        "due": [due_document(one, language) for one in view.due],
        "gaps": [gap_document(one, language) for one in view.gaps],
        "entries": [entry_document(one, language) for one in view.entries],
        "services": [floor_document(one, language) for one in view.floors],
        "samples": [
            sample_document(one.sample)
            | {
                "dish": one.dish.called(language),
                "state": one.state,
                "why": [said_document(said, language) for _, said in one.why],
            }
            for one in view.samples
        ],
        "withheld": [withheld_document(one.withheld, language) for one in view.withheld],
        "off_duty": [
            {
                "worker": one.worker.name,
                "reasons": [said_document(reason, language) for reason in one.reasons],
                "batches": list(one.batches),
                "stands": {stand.service_key: list(stand.batches) for stand in one.stands},
            }
            for one in view.off_duty
        ],
    }


def register_document(register: Register, language: str) -> dict[str, Any]:
    """What one register asks, how often and of whom."""
    name = Named(register.name_zh, register.name_en)
    return {
        "code": register.code,
        "name": name.called(language),
        "rhythm": register.rhythm,
        "about": register.about,
        "due_by": f"{register.due_by:%H:%M}" if register.due_by else None,
        "who": Named(register.who_zh, register.who_en).called(language),
        "signer": Named(register.signer_zh, register.signer_en).called(language),
        "actions": list(register.actions),
        "fields": [
            {
                "key": one.key,
                "name": Named(one.name_zh, one.name_en).called(language),
                "kind": one.kind,
                "unit": one.unit,
                "required": one.required,
                "choices": [code for code, _, _ in one.choices],
            }
            for one in register.fields
        ],
        "clause": register.clause,
        "source": register.source,
        "evidence": register.evidence,
    }


def due_document(one: DueView, language: str) -> dict[str, Any]:
    """A check that is to be written."""
    return {
        "register": one.register.code,
        "name": Named(one.register.name_zh, one.register.name_en).called(language),
        "subject": one.subject,
        "about": one.name,
        "to_on": one.to_on.isoformat(),
        "late": one.late,
    }


def gap_document(one: Gap, language: str) -> dict[str, Any]:
    """Something that is missing."""
    return {
        "kind": one.kind,
        "on": one.on.isoformat(),
        "ref": one.ref,
        "about": one.about.called(language) if one.about else "",
        "words": say(one.said, language).strip(),
        "code": one.said.code,
        "params": dict(one.said.params),
    }


def check_document(one: Check, language: str) -> dict[str, Any]:
    """An entry of a register."""
    return {
        "check_id": one.check_id,
        "register": one.register,
        "subject": one.subject,
        "on": one.on.isoformat(),
        "answers": dict(one.answers),
        "passed": one.passed,
        "wrong": [said_document(wrong, language) for wrong in one.wrong],
        "person": one.person,
        "happened_at": one.happened_at.isoformat(),
        "recorded_at": one.recorded_at.isoformat(),
        "revision": one.revision,
        "replaces": one.replaces,
        "reason": one.reason,
    }


def entry_document(one: EntryView, language: str) -> dict[str, Any]:
    """An entry with whatever followed."""
    return check_document(one.check, language) | {
        "about": one.name,
        "signed_by": one.sign.person if one.sign else None,
        "actions": [{"action": done.action, "note": done.note} for done in one.remedies],
    }


def floor_document(view: FloorView, language: str) -> dict[str, Any]:
    """The batches of a service with their control points."""
    return {
        "service": view.service.key,
        "batches": [
            {
                "batch_id": one.batch.batch_id,
                "code": one.batch.code,
                "dish": one.dish.called(language),
                "points": [measured_document(point, language) for point in one.points],
                "wants_sample": one.wants_sample,
                "sample": one.sample.code if one.sample else None,
                "held_back": [said_document(reason, language) for reason in one.reasons],
            }
            for one in view.batches
        ],
        "boxes": [{"code": code, **measured_document(one, language)} for code, one in view.boxes],
    }


def measured_document(one: Measured, language: str) -> dict[str, Any]:
    """How a control point stands."""
    return {
        "point": one.point.code,
        "name": Named(one.point.name_zh, one.point.name_en).called(language),
        "limit": limits_words(one.point),
        "state": one.standing,
        "ref": one.ref,
        "value_c": one.value_c,
        "at": one.at.isoformat() if one.at else None,
        "probe": one.probe,
        "person": one.person,
        "warnings": [said_document(warning, language) for warning in one.warnings],
        "wrong": [said_document(wrong, language) for wrong in one.wrong],
        "actions": list(one.actions or one.point.actions),
    }


def step_document(one: Step, language: str) -> dict[str, Any]:
    """One measurement."""
    return {
        "step_id": one.step_id,
        "service": one.service_key,
        "point": one.point,
        "batch_id": one.batch_id,
        "box_id": one.box_id,
        "value_c": one.value_c,
        "passed": one.passed,
        "wrong": [said_document(wrong, language) for wrong in one.wrong],
        "probe": one.probe,
        "warnings": [said_document(warning, language) for warning in one.warnings],
        "person": one.person,
        "happened_at": one.happened_at.isoformat(),
    }


def withheld_document(one: Withheld, language: str) -> dict[str, Any]:
    """Food that was put on hold, and how that ended."""
    end = one.end
    return {
        "withheld_id": one.withheld_id,
        "service": one.service_key,
        "of": "batch" if one.batch_id else "box",
        "code": one.code,
        "state": end.kind if end else "held",
        "reason": one.reason,
        "person": one.person,
        "by_inspector": one.by_inspector,
        "at": one.at.isoformat(),
        "ended_at": end.at.isoformat() if end else None,
        "words": say(one.words, language).strip(),
    }


def sample_document(one: Sample) -> dict[str, Any]:
    """One sample."""
    return {
        "sample_id": one.sample_id,
        "code": one.code,
        "service": one.service_key,
        "dish_id": one.dish_id,
        "variant": one.variant,
        "g": one.g,
        "fridge": one.fridge,
        "place": one.place,
        "person": one.person,
        "taken_at": one.taken_at.isoformat(),
        "keep_until_at": one.keep_until_at.isoformat(),
    }
