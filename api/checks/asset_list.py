"""A kitchen's fixed assets: the rows it listed, under the limits of its safety profile."""

from collections.abc import Collection, Mapping
from typing import Any, cast

import structlog
from sqlmodel import Session

from api.packaged import read_toml
from api.paths import config_dir
from api.store.config import config_names, load_config
from orders.errors import BadInput
from orders.store.sites import load_kitchen_settings
from telemetry.assets import ASSET_KINDS, Asset, AssetKind, AssetRules

KIND, RULES = "assets", "asset_rules"
log = structlog.get_logger(__name__)
USUAL_PROFILE = "gb"


def assets_of(session: Session, kitchen_id: str) -> dict[str, Asset]:
    """A kitchen's assets by code, in the order in which they were listed."""
    rows = asset_rows(session, kitchen_id)
    if not rows:
        return {}
    rules, profile = asset_rules(session), safety_profile(session, kitchen_id)
    return {str(row["code"]): asset_from_row(row, rules, profile) for row in rows}


def asset_rows(session: Session, kitchen_id: str) -> list[dict[str, Any]]:
    """The rows of the newest revision of a kitchen's list."""
    kept = load_config(session, KIND, kitchen_id)
    return [] if kept is None else [dict(row) for row in kept[1]["asset"]]


def asset_named(session: Session, asset_id: str) -> str:
    """An asset's code with its kitchen, ``CR-1 (K1)``."""
    found = rows_by_id(session, [asset_id]).get(asset_id)
    return f"{found[1]['code']} ({found[0]})" if found else asset_id


def rows_by_id(session: Session, asset_ids: Collection[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Kitchen and listed row of some ids, also of assets that were taken off the list."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for kitchen_id in config_names(session, KIND) if asset_ids else ():
        kept = load_config(session, KIND, kitchen_id)
        rows = [] if kept is None else [*kept[1].get("gone", ()), *kept[1]["asset"]]
        found |= {row["asset_id"]: (kitchen_id, row) for row in rows if row["asset_id"] in asset_ids}
    return found


def assets_by_id(session: Session, asset_ids: Collection[str]) -> dict[str, tuple[str, Asset]]:
    """
    Kitchen and asset of some ids.

    One whose limits cannot be any more, since its profile changed, is logged and left out: the page of assets
    refuses to be shown then, and everything else goes on.
    """
    listed = rows_by_id(session, asset_ids)
    rules = asset_rules(session) if listed else {}
    profiles = {
        one: safety_profile(session, one) for one in {kitchen_id for kitchen_id, _ in listed.values()}
    }
    found: dict[str, tuple[str, Asset]] = {}
    for asset_id, (kitchen_id, row) in listed.items():
        try:
            asset = asset_from_row(row, rules, profiles[kitchen_id])
        except BadInput as refusal:
            log.error("asset unusable", kitchen=kitchen_id, **refusal.params)
            continue
        found[asset_id] = (kitchen_id, asset)
    return found


def gone_rows(session: Session, kitchen_id: str) -> list[dict[str, Any]]:
    """The rows of assets that were taken off a kitchen's list."""
    kept = load_config(session, KIND, kitchen_id)
    return [] if kept is None else [dict(row) for row in kept[1].get("gone", ())]


def asset_rules(session: Session) -> Mapping[str, Any]:
    """What each kind may need: the operator's revision, else the packaged one."""
    kept = load_config(session, RULES, "house")
    return kept[1] if kept is not None else read_toml(config_dir() / "assets.toml")


def asset_from_row(row: Mapping[str, Any], rules: Mapping[str, Any], profile: Mapping[str, Any]) -> Asset:
    """
    One asset: its own figures first, then its kind's, its limits from the profile.

    Raises
    ------
    BadInput
        ``asset_unusable`` when its kind is unknown, or its figures cannot be.
    """
    try:
        return _asset(row, rules, profile)
    except ValueError as error:
        kinds = ", ".join(ASSET_KINDS)
        raise BadInput("asset_unusable", asset=str(row["code"]), kinds=kinds, detail=str(error)) from error


def _asset(row: Mapping[str, Any], rules: Mapping[str, Any], profile: Mapping[str, Any]) -> Asset:
    if row["kind"] not in ASSET_KINDS:
        raise ValueError(f"kind must be one of {ASSET_KINDS}, got {row['kind']!r}.")
    told = rules["kind"][row["kind"]] | row
    low_c, high_c = _limits(str(told["limit"]), told, profile)
    return Asset(
        asset_id=str(row["asset_id"]),
        code=str(row["code"]),
        name=str(row.get("name", "")),
        kind=cast(AssetKind, row["kind"]),
        rules=AssetRules(
            low_c=low_c,
            high_c=high_c,
            defrost_s=round(told["defrost_minutes"] * 60),
            defrost_every_s=round(told["defrost_hours"] * 3600),
            delay_s=round(told["delay_minutes"] * 60),
            door_s=round(told["door_minutes"] * 60),
            gap_s=round(rules["gap_minutes"] * 60),
        ),
        storage=str(told["storage"]),
    )


def _limits(
    limit: str, told: Mapping[str, Any], profile: Mapping[str, Any]
) -> tuple[float | None, float | None]:
    """Lower and upper limit: of the asset, else of the profile, else of the kind's own fall-back."""
    if limit == "sample":
        kept = profile.get("sample", {})
        found = {"min_c": kept.get("store_min_c"), "max_c": kept.get("store_max_c")}
    else:
        found = profile.get("limit", {}).get(limit, {})
    if found.get("min_c") is None and found.get("max_c") is None:
        found = {"min_c": told.get("usual_low_c"), "max_c": told.get("usual_high_c")}
    low_c, high_c = told.get("low_c", found.get("min_c")), told.get("high_c", found.get("max_c"))
    return (None if low_c is None else float(low_c)), (None if high_c is None else float(high_c))


def safety_profile(session: Session, kitchen_id: str) -> Mapping[str, Any]:
    """The table of the safety profile that a kitchen goes by."""
    _, settings = load_kitchen_settings(session, kitchen_id)
    kept = load_config(session, "safety_profile", str(settings.get("safety_profile", USUAL_PROFILE)))
    if kept is not None:
        return kept[1]
    packaged: Mapping[str, Any] = read_toml(config_dir() / "safety-profiles.toml")["profile"][USUAL_PROFILE]
    return packaged
