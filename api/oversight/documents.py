"""Flags, complaints and surveys as JSON documents, alike for the API and the command line."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from api.oversight.surveys import SurveyResult
from api.words import say
from orders.oversight.complaints import ComplaintRates, is_late
from orders.store.blacklist import BlacklistEntry
from orders.store.complaints import KeptComplaint
from orders.store.flags import KeptFlag


def flag_document(flag: KeptFlag, language: str) -> dict[str, Any]:
    """One flag with its evidence, its decision and what was carried out."""
    finding, decision = flag.finding, flag.decision
    return {
        "flag_id": flag.flag_id,
        "kind": finding.kind,
        "service_on": flag.service_on.isoformat(),
        "state": flag.state,
        "params": dict(finding.reason.params),
        "words": say(finding.reason, language),
        "order_ids": list(finding.order_ids),
        "evidence": [
            {
                "serving_id": one.serving_id,
                "order_id": one.order_id,
                "diner_id": one.diner_id,
                "site_id": one.site_id,
                "happened_at": one.happened_at.isoformat(),
                "served_by": one.served_by,
                "refused": one.refused,
            }
            for one in finding.servings
        ],
        "programme_id": flag.rules.programme_id,
        "programme_revision": flag.rules.programme_revision,
        "rules_revision": flag.rules.rules_revision,
        "decision": decision
        and {
            "decision": decision.decision,
            "reason": decision.reason,
            "consequences": list(decision.consequences),
            "decided_by": decision.decided_name,
            "decided_at": decision.decided_at.isoformat(),
        },
        "carried_out": [
            {"consequence": one.consequence, "note": one.note, "done_by": one.done_name} for one in flag.done
        ],
    }


def complaint_document(
    kept: KeptComplaint, today_on: date, frozen: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """One complaint with its steps and the samples that it froze; who complained is left out."""
    one, now = kept.complaint, kept.progress
    return {
        "code": kept.code,
        "kind": one.kind,
        "text": one.text,
        "channel": one.channel,
        "external_ref": kept.external_ref,
        "site_id": one.site_id,
        "place": one.place,
        "received_on": one.received_on.isoformat(),
        "due_on": one.due_on.isoformat(),
        "eaten_on": one.eaten_on.isoformat() if one.eaten_on else None,
        "meal": one.meal,
        "samples_frozen": list(frozen.get(kept.code, ())),
        "state": now.state,
        "assigned_to": now.assigned_to,
        "verified": now.verified,
        "solved_on": now.solved_on.isoformat() if now.solved_on else None,
        "satisfied": now.satisfied,
        "late": is_late(one, now, today_on),
        "steps": [
            {
                "kind": step.kind,
                "note": step.note,
                "to": step.to,
                "by": step.by,
                "day_on": step.day_on.isoformat(),
            }
            for step in kept.steps
        ],
    }


def rates_document(rates: ComplaintRates) -> dict[str, Any]:
    """Counts and rates; a rate without a denominator is null."""
    return {
        "received": rates.received,
        "founded": rates.founded,
        "solved": rates.solved,
        "late": rates.late,
        "answered": rates.answered,
        "satisfied": rates.satisfied,
        "solved_ratio": _share(rates.solved_ratio),
        "satisfied_ratio": _share(rates.satisfied_ratio),
    }


def survey_document(result: SurveyResult) -> dict[str, Any]:
    """A survey's questions and what the answers say."""
    survey = result.survey
    return {
        "code": survey.code,
        "programme_id": survey.programme_id,
        "from_on": survey.from_on.isoformat(),
        "to_on": survey.to_on.isoformat(),
        "copies": survey.copies,
        "answered": result.answered,
        "questions": {
            one.question_id: {"metric": one.metric, "zh": one.zh, "en": one.en, "choices": len(one.choices)}
            for one in survey.questionnaire.questions
        },
        "metrics": [
            {
                "metric": one.metric,
                "answered": one.answered,
                "favourable": one.favourable,
                "ratio": _share(one.ratio),
                "target": None if one.target is None else float(one.target),
                "meets": one.meets,
            }
            for one in result.scores
        ],
        "comments": list(result.comments),
    }


def blacklist_documents(entries: Sequence[BlacklistEntry]) -> list[dict[str, Any]]:
    """Entries that stand, ended ones too."""
    return [
        {
            "entry_id": entry.entry_id,
            "subject_kind": entry.shut.subject_kind,
            "subject": entry.shut.subject,
            "from_on": entry.shut.from_on.isoformat(),
            "to_on": entry.shut.to_on.isoformat() if entry.shut.to_on else None,
            "reason": entry.shut.reason,
            "made_by": entry.made_name,
            "flag_id": entry.flag_id,
        }
        for entry in entries
    ]


def _share(ratio: Fraction | None) -> float | None:
    return None if ratio is None else float(ratio)
