"""What the rehearsal takes into the store room the evening before: what the service lacks, by supplier."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from api.packaged import read_toml
from api.paths import config_dir

SURFACE_C = 3.5
MORE_THAN_ASKED = 1.1
WHOLE_G = 1000


def suppliers(city: str) -> list[dict[str, Any]]:
    """The example's suppliers, as their file has them."""
    return list(read_toml(config_dir() / "examples" / city / "suppliers.toml")["supplier"])


def kept(supplier: Mapping[str, Any]) -> dict[str, Any]:
    """A supplier as the house takes it."""
    licence = supplier["licence"]
    return {
        **{key: supplier[key] for key in ("code", "name", "contact", "phone", "groups")},
        "licences": [{**licence, "valid_to_on": licence["valid_to_on"].isoformat()}],
    }


def deliveries(
    purchase: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], service_on: date
) -> Iterator[dict[str, Any]]:
    """
    A delivery for each line to buy: in whole kilograms and a little more than is lacking, with its papers.

    Parameters
    ----------
    purchase
        The list as the house gives it; what no supplier is asked for does not come.
    known
        The example's suppliers by code.
    service_on
        When it is cooked.
    """
    for asked in purchase["suppliers"]:
        supplier = known.get(asked["supplier"])
        if supplier is None:
            continue
        expires_on = service_on + timedelta(days=supplier["keeps_days"])
        for number, line in enumerate(asked["lines"], 1):
            lot = f"{supplier['code']}-{service_on:%m%d}-{number:02d}"
            whole = int(line["order_g"] * MORE_THAN_ASKED // WHOLE_G) + 1
            yield {
                "food_code": line["food_code"],
                "supplier": supplier["code"],
                "g": whole * WHOLE_G,
                "papers": {paper: f"{lot}-{paper[:3].upper()}" for paper in supplier["papers"]},
                "temperature_c": SURFACE_C,
                "expires_on": expires_on.isoformat(),
                "supplier_lot": lot,
                "external_ref": lot,
            }
