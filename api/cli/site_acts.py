"""What the commands of ``holdchain site`` share: reading what is typed, acting, saying what came of it."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer

from api.cli.common import Out, cli_language

if TYPE_CHECKING:
    from datetime import date

    from api.house import House
    from api.oversight.siting import Checked
    from orders.oversight.life_cycle import SiteAct
    from orders.oversight.siting import Neighbourhood


def do_act(
    house: "House", site: str, act: "SiteAct", by: str, on: str, fields: dict[str, str]
) -> dict[str, Any]:
    """Does an act on a site; gives its document."""
    from api.oversight.sites import LOCK, act_on_site
    from api.oversight.sites_documents import act_document
    from api.oversight.sites_forms import asked_of
    from api.people import OPERATOR

    asked = asked_of({"by": by, "happened_on": on or today(house), **fields})
    with house.database.begin(lock=LOCK) as session:
        now_at = house.clock.now()
        standing = act_on_site(session, site, act, asked, actor=OPERATOR, now_at=now_at, ids=house.ids)
    return act_document(site, act, standing)


def change_fields(
    reason: str, from_: str, contact: str, paper: list[str] | None, grounds: str
) -> dict[str, str]:
    """Fields of a pause, a move or an exit."""
    told = {"reason": reason, "effect_on": from_, "contact": contact, "grounds": grounds}
    return told | paper_fields(paper)


def paper_fields(paper: list[str] | None) -> dict[str, str]:
    """Fields of papers told as ``KIND=NUMBER@DAY``."""
    from api.oversight.sites_forms import PAPER, PAPER_DAY

    fields: dict[str, str] = {}
    for kind, told in pairs(paper).items():
        ref, _, day = told.partition("@")
        fields |= {f"{PAPER}{kind}": ref, f"{PAPER_DAY}{kind}": day}
    return fields


def pairs(told: list[str] | None) -> dict[str, str]:
    """What was told as ``NAME=VALUE``."""
    found = {}
    for one in told or ():
        name, sign, value = one.partition("=")
        if not sign:
            raise typer.BadParameter(f"NAME=VALUE, not {one}")
        found[name.strip()] = value.strip()
    return found


def places(path: Path) -> "list[Neighbourhood]":
    """Streets and villages of a CSV file."""
    from api.oversight.sites_forms import whole_number
    from orders.oversight.siting import Neighbourhood

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        kind: Literal["street", "village"] = "village" if row.get("kind") == "village" else "street"
        households = (row.get("households") or "").strip()
        found.append(
            Neighbourhood(
                kind,
                (row.get("name") or "").strip(),
                (row.get("district") or "").strip(),
                whole_number("households", households) if households else None,
                whole_number("centres", (row.get("centres") or "0").strip()),
            )
        )
    return found


def say_checked(out: Out, checked: "Checked") -> None:
    """Says rules held against a site or an area."""
    from api.oversight.sites_documents import checks_document
    from api.words import say
    from orders.codes import Coded

    document = checks_document(checked, cli_language())
    for one in document["checks"]:
        shown = {"check": one["item"], "wanted": one["wanted"], "check_verdict": one["verdict"]}
        shown |= {"found": "-" if one["found"] is None else one["found"], "ref": one["ref"] or "-"}
        out.line(say(Coded("site_check_line", shown), cli_language()))
    out.result(document)


def say_act(out: Out, document: dict[str, Any]) -> None:
    """Says what an act led to."""
    from api.words import say
    from orders.codes import Coded

    standing = document["standing"]
    shown = {
        "site_id": document["site_id"],
        "site_state": standing["state"],
        "since_on": standing["since_on"],
    }
    out.line(say(Coded("site_stands", shown), cli_language()))
    out.result(document)


def present_day(house: "House") -> "date":
    """The day it is where the kitchens are."""
    from api.oversight.rules import local_day

    with house.database.read() as session:
        return local_day(session, house.clock.now())


def today(house: "House") -> str:
    """That day as text."""
    return present_day(house).isoformat()
