"""Where an alarm rings: a box on its way, or a fixed asset of a kitchen."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session

from api.checks.asset_list import rows_by_id
from api.day.holds import packings
from api.day.services import find_kitchen
from orders.service import Service
from telemetry.assets import is_asset


@dataclass(frozen=True, slots=True)
class AlarmPlace:
    """
    A box or an asset.

    Parameters
    ----------
    place_id, code
        Row id, and what is written on it.
    kitchen_id, zone
        Whose it is, and on which clock.
    name
        Where a box goes, a home by its code; what people call an asset.
    service, site_id
        Of a box; None and empty for an asset.
    asset_kind
        Of an asset; empty for a box.
    """

    place_id: str
    code: str
    kitchen_id: str
    zone: str
    name: str
    service: Service | None = None
    site_id: str = ""
    asset_kind: str = ""


def alarm_places(session: Session, place_ids: Collection[str]) -> dict[str, AlarmPlace]:
    """The boxes and assets of these ids."""
    found: dict[str, AlarmPlace] = {}
    for box_id, packing in packings(session, {one for one in place_ids if not is_asset(one)}).items():
        service, site = packing.service, packing.site
        name = site.name if site.kind == "canteen" else site.site_id
        found[box_id] = AlarmPlace(
            box_id, packing.box.code, service.kitchen_id, service.zone, name, service, site.site_id
        )
    zones: dict[str, str] = {}
    for asset_id, (kitchen_id, row) in rows_by_id(session, set(filter(is_asset, place_ids))).items():
        if kitchen_id not in zones:
            zones[kitchen_id] = find_kitchen(session, kitchen_id).zone
        found[asset_id] = AlarmPlace(
            asset_id,
            row["code"],
            kitchen_id,
            zones[kitchen_id],
            row.get("name", ""),
            asset_kind=row["kind"],
        )
    return found
