"""What the kitchen's page shows of acts that may be wrong: the newest, one with its history, spare labels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from api.day.holds import packings
from api.day.pack_boxes import spare_carriers
from api.day.paper_sheets import labels_in, labels_like
from api.day.views import Round
from api.names import variant_names
from api.reports.facts import Named
from api.store.audit import AuditRow
from kitchen.acts import ActKind, ActRecord
from kitchen.corrections import may_undo, meant_c
from kitchen.store.acts import load_history
from kitchen.store.corrections import load_spare_labels
from kitchen.store.equipment import load_carriers
from orders.errors import NotFound
from orders.menus import HoldClass
from orders.service import Service

NEWEST = 5
PRINTS = ("day.print", "day.print_labels")
MINUTES = (-15, -10, -5, -2, -1, 1, 2, 5)


@dataclass(frozen=True, slots=True)
class DoneAct:
    """
    One act that stands, to be undone or corrected.

    Parameters
    ----------
    kind, subject_id, code
        What was reported, of which batch or box.
    name
        The dish, or the site.
    happened_at, recorded_at, core_c
        As reported.
    may_undo
        Whether one tap takes it back.
    """

    kind: ActKind
    subject_id: str
    code: str
    name: Named
    happened_at: datetime
    recorded_at: datetime
    core_c: float | None
    may_undo: bool


@dataclass(frozen=True, slots=True)
class ActFile:
    """
    One act on the page that corrects it.

    Parameters
    ----------
    act
        As it stands.
    history
        Every row about it, the first report first.
    meant_c
        What may have been typed wrong, None when the core is likely.
    hold_class
        Of the food.
    others
        Row id, code and name of the batches or boxes it may have been instead.
    spares
        Codes of the carriers a closed box may lie in instead.
    carrier_code
        Of a closed box.
    start_too
        Whether the batch is off the heat, and when it went on can be corrected too.
    """

    act: DoneAct
    history: tuple[ActRecord, ...]
    meant_c: float | None
    hold_class: HoldClass
    others: tuple[tuple[str, str, Named], ...]
    spares: tuple[str, ...]
    carrier_code: str
    start_too: bool


@dataclass(frozen=True, slots=True)
class LabelPrint:
    """
    A print whose labels are out.

    Parameters
    ----------
    number, at
        Of the print in the audit, and when it was made.
    labels
        What they are of: ``"box"``, ``"meal"`` (a sealed container) or ``"sample"``.
    printer, language
        For which printer's labels, ``"A4"`` for none; in which language.
    """

    number: int
    at: datetime
    labels: str
    printer: str
    language: str

    @property
    def likeness(self) -> tuple[str, str, str]:
        """What two prints have in common of which one is too many."""
        return self.labels, self.printer, self.language


def newest_acts(found: Round, now_at: datetime, most: int = NEWEST) -> tuple[DoneAct, ...]:
    """The acts that were written down last and stand, newest first."""
    later = ("started", "cooked", "packed")
    every = sorted(
        (
            one
            for one in _acts(found, now_at)
            if not (one.kind == "started" and one.subject_id in found.cooked)
        ),
        key=lambda one: (one.recorded_at, later.index(one.kind)),
        reverse=True,
    )
    return tuple(every[:most])


def act_file(session: Session, found: Round, kind: ActKind, subject_id: str, now_at: datetime) -> ActFile:
    """
    One act with what it may have been instead.

    Raises
    ------
    NotFound
        When nothing stands about the batch or box.
    """
    every = list(_acts(found, now_at))
    act = next((one for one in every if (one.kind, one.subject_id) == (kind, subject_id)), None)
    if act is None:
        raise NotFound("act", subject_id)
    box = found.boxes.get(subject_id)
    hold_class: HoldClass = box.hold_class if box else "hot"
    carriers = {one.carrier_id: one.code for one in load_carriers(session, found.service.kitchen_id)}
    spares: tuple[str, ...] = ()
    if box is not None:
        spare = spare_carriers(session, packings(session, [subject_id])[subject_id])
        spares = tuple(one.code for one in spare)
    return ActFile(
        act=act,
        history=tuple(load_history(session, kind, subject_id)),
        meant_c=None if act.core_c is None else meant_c(act.core_c, hold_class),
        hold_class=hold_class,
        others=tuple(_others(found, kind, subject_id)),
        spares=spares,
        carrier_code=carriers.get(box.carrier_id, box.carrier_id) if box else "",
        start_too=kind == "cooked" and subject_id in found.started,
    )


def closed_near(found: Round, box_id: str) -> tuple[tuple[str, str, str], ...]:
    """Row id, code and site of the other closed boxes, those first that were closed about the same minute."""
    own = found.packed.get(box_id)
    if own is None:
        return ()
    others = (key for key in found.packed if key != box_id)
    near = sorted(others, key=lambda key: (abs(found.packed[key].happened_at - own.happened_at), key))
    boxes = [found.boxes[key] for key in near]
    return tuple((box.box_id, box.code, found.site_name(box.site_id)) for box in boxes)


def label_prints(session: Session, service: Service, version: int) -> tuple[LabelPrint, ...]:
    """
    The prints of a production's labels that nobody destroyed, oldest first (see `printed_twice`).

    Whoever only looked at a file, bound the paper day, or had nothing new to print has put no label on the
    table.
    """
    gone = load_spare_labels(session, service.key)
    rows = session.exec(
        select(AuditRow)
        .where(col(AuditRow.act).in_(PRINTS), AuditRow.subject == service.key)
        .order_by(col(AuditRow.number))
    )
    return tuple(
        LabelPrint(row.number, row.at, labels_in(name), *labels_like(name))
        for row in rows
        if row.number is not None
        and row.number not in gone
        and row.detail.get("production") == version
        and row.detail.get("deliberate", True)
        and row.detail.get("labels", 1)
        and (name := next((one for one in row.detail.get("papers", ()) if labels_in(one)), ""))
    )


def printed_twice(prints: Iterable[LabelPrint]) -> tuple[tuple[LabelPrint, ...], ...]:
    """The prints of one kind, for one printer's labels, in one language, where more than one is out."""
    alike: dict[tuple[str, str, str], list[LabelPrint]] = {}
    for one in prints:
        alike.setdefault(one.likeness, []).append(one)
    return tuple(tuple(group) for group in alike.values() if len(group) > 1)


def minutes_open(act: DoneAct, now_at: datetime) -> tuple[int, ...]:
    """By how many minutes an act may be moved without its lying ahead."""
    return tuple(one for one in MINUTES if act.happened_at + timedelta(minutes=one) <= now_at)


def minute_meant(act_at: datetime, clock: time, zone: str) -> datetime:
    """The instant nearest to an act at which the kitchen's clock shows this time, midnight or not."""
    local = act_at.astimezone(ZoneInfo(zone))
    days = (local + timedelta(days=step) for step in (-1, 0, 1))
    meant = (day.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0) for day in days)
    return min(meant, key=lambda one: abs(one - local)).astimezone(UTC)


def _acts(found: Round, now_at: datetime) -> Iterable[DoneAct]:
    batches: Mapping[str, tuple[str, Named]] = {
        batch.batch_id: (batch.code, _dish(found, batch.dish_id, batch.variant)) for batch in found.batches
    }
    for kind, acts in (("started", found.started), ("cooked", found.cooked)):
        for batch_id, act in acts.items():
            code, name = batches[batch_id]
            core_c = found.cooked[batch_id].core_c if kind == "cooked" else None
            at, seen_at = act.happened_at, act.recorded_at
            yield DoneAct(
                "cooked" if kind == "cooked" else "started",
                batch_id,
                code,
                name,
                at,
                seen_at,
                core_c,
                may_undo(seen_at, now_at),
            )
    for box_id, packed in found.packed.items():
        box = found.boxes[box_id]
        site = found.site_name(box.site_id)
        at, seen_at = packed.happened_at, packed.recorded_at
        undo = may_undo(seen_at, now_at)
        yield DoneAct("packed", box_id, box.code, Named(site, site), at, seen_at, packed.core_c, undo)


def _others(found: Round, kind: ActKind, subject_id: str) -> Iterable[tuple[str, str, Named]]:
    if kind == "packed":
        for box in found.boxes.values():
            if box.box_id not in found.packed and all(one in found.cooked for one in box.batch_ids):
                name = found.site_name(box.site_id)
                yield box.box_id, box.code, Named(name, name)
        return
    for batch in found.batches:
        taken = batch.batch_id in found.cooked or (kind == "started" and batch.batch_id in found.started)
        if batch.batch_id != subject_id and batch.batch_id in found.slots and not taken:
            yield batch.batch_id, batch.code, _dish(found, batch.dish_id, batch.variant)


def _dish(found: Round, dish_id: str, variant: str) -> Named:
    dish, own = found.names.get(dish_id, Named(dish_id, dish_id)), variant_names().get(variant)
    return Named(f"{dish.zh} {own.zh}", f"{dish.en}, {own.en}") if own else dish
