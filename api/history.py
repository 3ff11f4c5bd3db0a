"""Whose readings a question means: the spans of a box, an asset, a carrier or a stop."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from api.checks.asset_list import assets_of
from kitchen.store.equipment import load_carriers
from kitchen.store.production_rows import BoxEventRow, BoxRow, ProductionRow
from orders.errors import NotFound
from orders.service import parse_service
from orders.store.sites import kitchen_of_site
from telemetry.store.history import Span, span_of_use
from telemetry.store.probe_uses import uses_of_boxes

BEFORE_SERVICE, AFTER_SERVICE = timedelta(days=2), timedelta(days=3)
ASKED_TOGETHER = 500


def spans_of_boxes(
    session: Session, box_ids: Iterable[str], from_at: datetime, to_at: datetime
) -> list[Span]:
    """The uses of some boxes' probes between two instants, both inclusive."""
    ordered, found = sorted(set(box_ids)), []
    for start in range(0, len(ordered), ASKED_TOGETHER):
        uses = uses_of_boxes(session, ordered[start : start + ASKED_TOGETHER])
        found += [span_of_use(use, from_at, to_at) for own in uses.values() for use in own]
    return [span for span in found if span is not None]


def spans_of_asset(
    session: Session, kitchen_id: str, code: str, from_at: datetime, to_at: datetime
) -> list[Span]:
    """
    The probes that are or were mounted in a kitchen's fixed asset, while they were.

    Raises
    ------
    NotFound
        When the kitchen lists no such asset.
    """
    found = next((one for one in assets_of(session, kitchen_id).values() if one.code == code.strip()), None)
    if found is None:
        raise NotFound("asset", code)
    return spans_of_boxes(session, [found.asset_id], from_at, to_at)


def spans_of_carrier(
    session: Session, kitchen_id: str, code: str, from_at: datetime, to_at: datetime
) -> list[Span]:
    """
    A carrier's own sensor, and every other probe while it sat in a box packed in this carrier.

    Raises
    ------
    NotFound
        When the kitchen has no such carrier.
    """
    carriers = load_carriers(session, kitchen_id)
    carrier = next(
        (one for one in carriers if code.upper() in (one.code.upper(), one.carrier_id.upper())), None
    )
    if carrier is None:
        raise NotFound("carrier", code)
    packed = col(BoxEventRow.happened_at).between(from_at - BEFORE_SERVICE, to_at)
    query = select(BoxEventRow.box_id).where(BoxEventRow.carrier_id == carrier.carrier_id, packed)
    in_boxes = spans_of_boxes(session, session.exec(query), from_at, to_at)
    own = [Span(carrier.sensor_id, from_at, to_at)] if carrier.sensor_id else []
    return [*in_boxes, *own]


def spans_of_stop(session: Session, site_id: str, from_at: datetime, to_at: datetime) -> list[Span]:
    """
    The probes of the boxes that went to a site, while they sat in them.

    Raises
    ------
    NotFound
        When there is no such site.
    """
    if kitchen_of_site(session, site_id) is None:
        raise NotFound("site", site_id)
    query = select(BoxRow.box_id, ProductionRow.service_key).where(
        BoxRow.production_id == ProductionRow.production_id, BoxRow.site_id == site_id
    )
    days = (from_at - BEFORE_SERVICE).date(), (to_at + AFTER_SERVICE).date()
    served = (
        box_id for box_id, key in session.exec(query) if days[0] <= parse_service(key).service_on <= days[1]
    )
    return spans_of_boxes(session, served, from_at, to_at)
