"""What a house lists to be watched: its people, probes and fridges."""

from collections.abc import Iterable

from sqlmodel import Session

from api.audit import record
from api.checks.desk import CheckDesk, open_checks
from kitchen.haccp import Fridge, Probe
from kitchen.staff import Worker
from kitchen.store.staff import end_worker, load_workers, save_workers
from kitchen.store.watched import load_fridges, load_probes, save_fridges, save_probes, take_out
from orders.errors import BadInput, NotFound


def watch_first(
    session: Session, desk: CheckDesk, people: list[Worker], probes: list[Probe], fridges: list[Fridge]
) -> tuple[int, int, int]:
    """Lists all of it where a kitchen lists nothing so far; how many people, probes and fridges are new."""
    kitchen_id = desk.kitchen.kitchen_id
    if load_workers(session, kitchen_id, desk.today_on) or load_probes(session, kitchen_id):
        return 0, 0, 0
    list_people(session, desk, people)
    list_probes(session, desk, probes)
    list_fridges(session, desk, fridges)
    return len(people), len(probes), len(fridges)


def list_people(session: Session, desk: CheckDesk, told: Iterable[Worker]) -> None:
    """
    Keeps people by their codes; a code that is there keeps its id.

    Raises
    ------
    BadInput
        When one has no code or no name.
    """
    open_checks(session, desk, "checks.list")
    kitchen_id = desk.kitchen.kitchen_id
    known = {one.code: one.worker_id for one in load_workers(session, kitchen_id, desk.today_on).values()}
    kept = []
    for one in told:
        _require_code(one.code and one.name)
        worker_id = known.get(one.code) or desk.ids.new()
        kept.append(
            Worker(
                worker_id,
                one.code,
                one.name,
                one.skills,
                one.works_from,
                one.works_to,
                one.certificate_to_on,
            )
        )
    save_workers(session, kitchen_id, kept, author=desk.actor.user_id, changed_at=desk.now_at)
    _note(session, desk, "people", [one.code for one in kept])


def list_probes(session: Session, desk: CheckDesk, told: Iterable[Probe]) -> None:
    """Keeps hand probes by their codes; `BadInput` when one has none."""
    open_checks(session, desk, "checks.list")
    kept = list(told)
    for one in kept:
        _require_code(one.code)
    save_probes(session, desk.kitchen.kitchen_id, kept, author=desk.actor.user_id, changed_at=desk.now_at)
    _note(session, desk, "probes", [one.code for one in kept])


def list_fridges(session: Session, desk: CheckDesk, told: Iterable[Fridge]) -> None:
    """Keeps fridges by their codes; `BadInput` when one has none."""
    open_checks(session, desk, "checks.list")
    kept = list(told)
    for one in kept:
        _require_code(one.code)
    save_fridges(session, desk.kitchen.kitchen_id, kept, author=desk.actor.user_id, changed_at=desk.now_at)
    _note(session, desk, "fridges", [one.code for one in kept])


def take_off(session: Session, desk: CheckDesk, kind: str, code: str) -> None:
    """
    Takes a probe or a fridge out of use, or notes somebody's last day, today.

    Raises
    ------
    NotFound
        When it is not listed.
    """
    open_checks(session, desk, "checks.list")
    kitchen_id = desk.kitchen.kitchen_id
    if kind == "worker":
        workers = load_workers(session, kitchen_id, desk.today_on).values()
        found = next((one for one in workers if one.code == code), None)
        if found is None:
            raise NotFound(kind, code)
        end_worker(session, found.worker_id, desk.today_on)
    else:
        if code not in (load_probes if kind == "probe" else load_fridges)(session, kitchen_id):
            raise NotFound(kind, code)
        take_out(session, kitchen_id, kind, code)
    _note(session, desk, f"off/{kind}", [code])


def _require_code(code: str) -> None:
    if not code.strip():
        raise BadInput("watch_code_missing")


def _note(session: Session, desk: CheckDesk, what: str, codes: list[str]) -> None:
    subject = desk.kitchen.kitchen_id
    record(session, desk.actor, f"checks.list/{what}", subject, desk.now_at, {"codes": codes})
