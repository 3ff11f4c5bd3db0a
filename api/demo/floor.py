"""What the rehearsal writes about hygiene: who and what is watched, the morning, samples, the evening."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from api.checks.watch_file import read_watch
from api.demo.equipment import equipment, hand_checks
from api.demo.people import Person
from api.demo.script import Act, instant

BEFORE_THE_FIRST_PAN = timedelta(minutes=60)
SAMPLED_AFTER = timedelta(minutes=2)
SAMPLE_G = 150
OVER_NIGHT = timedelta(hours=8)
COOLED = (("cool_1", timedelta(minutes=100), 15.0), ("cool_2", timedelta(minutes=200), 5.0))
WELL = {"temperature_c": "36.5", "no_illness": "yes", "no_wound": "yes", "clean_dress": "yes"}
EVENING = {
    "disinfect_utensils": {"method": "steam", "minutes": "20", "clean": "yes"},
    "disinfect_carriers": {"count": "40", "method": "hot_water", "clean": "yes"},
    "safety_day": {"checked": "yes", "risk": "no"},
}


def watched(kitchen_id: str) -> dict[str, Any]:
    """People, probes and fridges of the example, as the house takes them."""
    people, probes, fridges = read_watch(None, kitchen_id)
    return {
        "workers": [
            {
                "code": one.code,
                "name": one.name,
                "skills": sorted(one.skills),
                "works_from": one.works_from and one.works_from.isoformat(),
                "works_to": one.works_to and one.works_to.isoformat(),
                "certificate_to_on": one.certificate_to_on and one.certificate_to_on.isoformat(),
            }
            for one in people
        ],
        "probes": [
            {
                "code": one.code,
                "calibrated_on": one.calibrated_on and one.calibrated_on.isoformat(),
                "due_on": one.due_on and one.due_on.isoformat(),
                "accuracy_c": one.accuracy_c,
            }
            for one in probes
        ],
        "fridges": [{"code": one.code, "name": one.name} for one in fridges],
    }


def by_whom(listed: Mapping[str, Any]) -> dict[str, str]:
    """The probe that the rehearsal measures with, and who holds it."""
    return {"probe": listed["probes"][0]["code"], "person": listed["workers"][0]["code"]}


def floor_acts(
    day: Mapping[str, Any], service_path: str, cooked_at: Mapping[str, datetime], listed: Mapping[str, Any]
) -> list[Act]:
    """
    The morning's checks, a sample of each dish off the heat, and how chilled food cooled the evening before.

    Parameters
    ----------
    day, service_path
        The published plan as the house gives it, and its address.
    cooked_at
        Batch id to another instant than planned.
    listed
        As `watched` gives it.
    """
    kitchen_id = day["service"].split("/")[0]
    people, entries = listed["workers"], f"/api/v1/checks/{kitchen_id}/entries"
    chilled, others = _evening_before(day)
    first_at = min(instant(one["start_at"]) for one in others or chilled) - BEFORE_THE_FIRST_PAN
    asked = [("morning_check", one["code"], WELL) for one in people]
    acts = [
        Act(
            first_at,
            0,
            "kitchen",
            entries,
            {"register_code": register, "subject": subject, "answers": answers, "person": people[0]["code"]},
            "checked",
        )
        for register, subject, answers in asked
    ]
    by = by_whom(listed)
    kept_in = equipment(listed["fridges"])
    acts += [
        Act(first_at, 0, "kitchen", entries, body, "checked")
        for body in hand_checks(kept_in, "asset_morning", by)
    ]
    first: dict[tuple[str, str], tuple[datetime, str]] = {}
    for one in day["batches"]:
        at = cooked_at.get(one["batch_id"], instant(one["ready_at"]))
        key = (one["dish_id"], one["variant"])
        first[key] = min(first.get(key, (at, one["batch_id"])), (at, one["batch_id"]))
    for at, batch_id in sorted(first.values()):
        taken_at = at + SAMPLED_AFTER
        body = {
            "batch": batch_id,
            "g": SAMPLE_G,
            "fridge": listed["fridges"][0]["code"],
            "person": people[0]["code"],
            "taken_at": taken_at.isoformat(),
        }
        acts.append(Act(taken_at, 1, "kitchen", f"{service_path}/samples", body, "sampled"))
    for one in chilled:
        for point, after, value_c in COOLED:
            at = instant(one["ready_at"]) + after
            told = {"point": point, "ref": one["code"], "value_c": value_c, "happened_at": at.isoformat()}
            acts.append(Act(at, 1, "kitchen", f"{service_path}/steps", told | by, "cooled"))
    return acts


def _evening_before(day: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """Batches that are off the heat a night before anything is packed, and the others."""
    packed_at = min((instant(one["packed_at"]) for one in day["boxes"]), default=None)
    chilled = [
        one
        for one in day["batches"]
        if packed_at is not None and instant(one["ready_at"]) < packed_at - OVER_NIGHT
    ]
    return chilled, [one for one in day["batches"] if one not in chilled]


def write_evening(kitchen: Person, kitchen_id: str, listed: Mapping[str, Any]) -> None:
    """The evening's registers, the daily control signed by a second person."""
    writer, signer = (one["code"] for one in (listed["workers"][0], listed["workers"][-1]))
    entries = f"/api/v1/checks/{kitchen_id}/entries"
    for body in hand_checks(equipment(listed["fridges"]), "asset_evening", by_whom(listed)):
        kitchen.post(entries, body)
    for register, answers in EVENING.items():
        kept = kitchen.post(entries, {"register_code": register, "answers": answers, "person": writer})
        if register == "safety_day":
            kitchen.post(f"{entries}/{kept['check_id']}/signature", {"person": signer})
