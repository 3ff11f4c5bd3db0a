"""Fixed assets: which a kitchen has, listed by somebody who may, each list a revision."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.checks.asset_list import (
    KIND,
    asset_from_row,
    asset_rows,
    asset_rules,
    assets_of,
    gone_rows,
    safety_profile,
)
from api.checks.desk import CheckDesk, open_checks
from api.store.config import save_config
from orders.errors import BadInput, Conflict, NotFound
from telemetry.assets import MARK, Asset, AssetKind
from telemetry.store.probe_uses import uses_of_boxes

__all__ = ["AssetTold", "drop_asset", "list_assets", "need_asset"]


@dataclass(frozen=True, slots=True)
class AssetTold:
    """
    One asset as somebody lists it; what is None stays as its kind and the safety profile have it.

    Parameters
    ----------
    code, name, kind
        What is written on it, what people call it, one of `ASSET_KINDS`.
    low_c, high_c
        Its own limits, degrees Celsius.
    defrost_minutes, defrost_hours
        Above the limit at most so long in any such stretch.
    delay_minutes, door_minutes
        Beyond a limit at most so long at a time; a door open at most so long.
    """

    code: str
    kind: AssetKind
    name: str = ""
    low_c: float | None = None
    high_c: float | None = None
    defrost_minutes: float | None = None
    defrost_hours: float | None = None
    delay_minutes: float | None = None
    door_minutes: float | None = None


def list_assets(session: Session, desk: CheckDesk, told: Iterable[AssetTold]) -> dict[str, Asset]:
    """
    Keeps assets by their codes; one that is there keeps its id and its probes. Gives all of the kitchen's.

    Raises
    ------
    BadInput
        When one has no code, its kind is unknown, or its figures cannot be.
    """
    open_checks(session, desk, "checks.list")
    kitchen_id = desk.kitchen.kitchen_id
    rows = {str(row["code"]): row for row in asset_rows(session, kitchen_id)}
    rules, profile, codes = asset_rules(session), safety_profile(session, kitchen_id), []
    for one in told:
        code = one.code.strip()
        if not code:
            raise BadInput("watch_code_missing")
        given = {key: value for key, value in asdict(one).items() if value is not None}
        known = rows.get(code, {}).get("asset_id") or MARK + desk.ids.new().replace("-", "")[-30:]
        row = given | {"asset_id": known, "code": code, "name": one.name.strip()}
        asset_from_row(row, rules, profile)
        rows[code] = row
        codes.append(code)
    _keep(session, desk, list(rows.values()), "assets", codes)
    return assets_of(session, kitchen_id)


def drop_asset(session: Session, desk: CheckDesk, code: str) -> None:
    """
    Takes an asset off the list; what was measured and written of it stays.

    Raises
    ------
    NotFound
        When it is not listed.
    Conflict
        While a probe is mounted in it.
    """
    open_checks(session, desk, "checks.list")
    asset = need_asset(session, desk.kitchen.kitchen_id, code)
    if any(use.to_at is None for use in uses_of_boxes(session, [asset.asset_id])[asset.asset_id]):
        raise Conflict("asset_has_probes", asset=asset.code)
    rows = asset_rows(session, desk.kitchen.kitchen_id)
    gone = [row for row in rows if row["code"] == asset.code]
    _keep(session, desk, [row for row in rows if row not in gone], "off/asset", [asset.code], gone)


def need_asset(session: Session, kitchen_id: str, code: str) -> Asset:
    """The asset of this code; `NotFound` when the kitchen lists none."""
    found = assets_of(session, kitchen_id).get(code.strip())
    if found is None:
        raise NotFound("asset", code.strip() or "-")
    return found


def _keep(
    session: Session,
    desk: CheckDesk,
    rows: Sequence[dict[str, Any]],
    what: str,
    codes: Sequence[str],
    gone: Sequence[dict[str, Any]] = (),
) -> None:
    kitchen_id = desk.kitchen.kitchen_id
    body = {"asset": list(rows)}
    if no_more := [*gone_rows(session, kitchen_id), *gone]:
        body["gone"] = no_more
    revision = save_config(session, KIND, kitchen_id, body, author=desk.actor.user_id, made_at=desk.now_at)
    detail = {"codes": list(codes), "revision": revision}
    record(session, desk.actor, f"checks.list/{what}", kitchen_id, desk.now_at, detail)
