"""One hold as a document: its legs, its verdict, its numbers and what it rests on."""

from datetime import datetime
from typing import Any

from api.day.views_holds import HoldView
from api.words import said_document, say
from orders.codes import Coded
from telemetry.hold_facts import HoldFacts, HoldVerdict, Leg
from telemetry.store.probe_uses import CorrectedUse


def hold_document(view: HoldView, language: str) -> dict[str, Any]:
    """
    A hold for ``holdchain hold --json``.

    Parameters
    ----------
    view
        The hold.
    language
        Of its words.

    Returns
    -------
    dict[str, Any]
        As docs/schemas/hold.json says; what has no verdict yet, since it is not packed, has nulls.
    """
    row, verdict, facts = view.row, view.verdict, view.facts
    return {
        "box": row.code,
        "box_id": row.box_id,
        "service": view.service.key,
        "site": row.site_name,
        "carrier": view.carrier_code,
        "hold_class": row.hold_class,
        "portions": row.portions,
        "cooked_at": _text(row.cooked_at),
        "packed_at": _text(row.packed_at),
        "handed_over_at": _text(row.handed_over_at),
        "first_served_at": _text(facts.first_served_at if facts else None),
        "last_served_at": _text(facts.last_served_at if facts else None),
        "ended_at": _text(facts.chain_end_at if facts else None),
        "eat_by_at": _text(verdict.eat_by_at if verdict else row.eat_by_at),
        "verdict": verdict.verdict if verdict else None,
        "final": verdict.final if verdict else False,
        "shown": verdict.shown if verdict else "open",
        "words": say(Coded(f"verdict.{verdict.shown if verdict else 'open'}"), language),
        "reasons": [said_document(one, language) for one in verdict.reasons] if verdict else [],
        "numbers": _numbers(verdict) if verdict else None,
        "legs": [_leg(leg, language) for leg in verdict.legs] if verdict else [],
        "rests_on": _rests_on(view, verdict, language) if verdict else None,
        **_told(facts),
        "probes": [
            {"device": one.device_id, "probe": one.probe, "senses": one.senses}
            | {"from_at": _text(one.from_at), "to_at": _text(one.to_at)}
            for one in (facts.uses if facts else ())
        ],
        "corrected": [_corrected(one) for one in view.corrected],
        "finals": [
            {"at": _text(at), "verdict": one.verdict, "readings": one.readings}
            | {"because": [said_document(why, language) for why in one.because]}
            for at, one in view.finals
        ],
        "readings": len(facts.readings) if facts else 0,
        "backfilled": view.backfilled,
    }


def _numbers(verdict: HoldVerdict) -> dict[str, Any]:
    return {
        "check_low_c": verdict.check_low_c,
        "check_high_c": verdict.check_high_c,
        "end_low_c": verdict.end_low_c,
        "end_high_c": verdict.end_high_c,
        "exposed_s": verdict.exposed_s,
        "exposed_at_most_s": verdict.exposed_at_most_s,
        "longest_excursion_s": verdict.longest_excursion_s,
        "below_since_at": _text(verdict.below_since_at),
        "clock_at": _text(verdict.clock_at),
        "judged_to_at": _text(verdict.judged_to_at),
    }


def _told(facts: HoldFacts | None) -> dict[str, Any]:
    """What people told of the hold: cores by hand, the second leg, how chilled food fared."""
    if facts is None:
        return {"cores_by_hand": [], "second_leg": None, "cooling": None, "heated_at": None}
    way, is_cold = facts.second_leg, facts.hold_class == "cold"
    taken = [("packing", facts.packed_at, facts.packed_core_c)]
    if facts.handed_over_at is not None:
        taken.append(("hand_over", facts.handed_over_at, facts.handed_over_core_c))
    taken += [("site", one.at, one.core_c) for one in facts.checks]
    taken += [("reheating", one.at, one.core_c) for one in facts.reheats]
    return {
        "cores_by_hand": [
            {"when": when, "at": at.isoformat(), "core_c": core_c}
            for when, at, core_c in sorted(taken, key=lambda one: one[1])
            if core_c is not None
        ],
        "second_leg": way
        and {"in_box": way.in_box, "left_at": _text(way.left_at), "given_at": _text(way.given_at)},
        "cooling": facts.cooling if is_cold else None,
        "heated_at": facts.heated_at if is_cold else None,
    }


def _rests_on(view: HoldView, verdict: HoldVerdict, language: str) -> dict[str, Any]:
    profile, is_cold = view.profile, view.row.hold_class == "cold"
    return {
        "evidence": verdict.rests_on,
        "words": say(Coded(f"rests_on.{verdict.rests_on}"), language),
        "profile": verdict.profile,
        "revision": verdict.profile_revision,
        "clause": verdict.clause,
        "check_at": _text(view.check_at),
        "limits": {
            "hot_hold_min_c": profile.hot_hold_min_c,
            "cold_hold_max_c": profile.cold_hold_max_c,
            "reheat_core_min_c": profile.reheat_core_min_c,
            "free_s": profile.uncontrolled_window_s,
            "check_s": profile.hot_check_s,
            "window_s": profile.cold_window_s if is_cold else profile.hot_window_s,
        },
    }


def _corrected(one: CorrectedUse) -> dict[str, Any]:
    return {
        "device": one.use.device_id,
        "probe": one.use.probe,
        "from_at": _text(one.use.from_at),
        "to_at": _text(one.use.to_at),
        "stands": one.stands,
        "corrected_at": _text(one.by.at),
        "since_at": _text(one.by.since_at),
        "reason": one.by.reason,
    }


def _leg(leg: Leg, language: str) -> dict[str, Any]:
    return {
        "leg": leg.name,
        "words": say(Coded(f"leg.{leg.name}"), language),
        "from_at": _text(leg.from_at),
        "to_at": _text(leg.to_at),
        "missing": leg.missing,
        "core_low_c": leg.core_low_c,
        "core_high_c": leg.core_high_c,
        "exposed_s": leg.exposed_s,
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
