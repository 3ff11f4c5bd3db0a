"""
Writes docs/programme-keys.md, every key of a programme's file, from the schema and its words.

Run by hand after a change of the schema; a test fails when the page differs.
"""

from pathlib import Path

from api.programmes.key_words import meaning
from api.words import catalog
from orders.programmes.keys import Key, keys_of
from orders.programmes.schema import Programme

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "programme-keys.md"
HEAD = """# Keys of a programme's file

Written by `tools/programme_keys.py` from the schema and its words; do not edit. How to write a file:
[programmes.md](programmes.md).

**Bold**: a file, or a table that is there, must have it. `[]`: a list; of tables in TOML `[[section]]`.
Behind a benefit's key stand the kinds that have it, where not all have. Nearly every section has `cite`:
the clause that it comes from; it is left out here, as are the numbers of a bound (`gte`, `gt`, `lte`, `lt`,
`eq`). A city's file on a `base` also has `[set]`: dotted key to value.
"""
WORDS = """
## Words that the house knows

A value of one's own may stand in any of these places; `[words]` names it in both languages, `[party.<id>]`
whoever pays, is paid, signs or checks. `site`, `operator`, `diner` and `volunteer` are payees of every plan;
`charity` is what a fund gives, `operator` what the operator lets off.

| where | values |
|---|---|
"""
PLACES = {
    "flag": '`fact = "flag"`',
    "income": '`fact = "income"`',
    "card": '`fact = "card"`',
    "entitlement": '`fact = "entitlement"`',
    "fact": "`fact`",
    "document": "`registration.documents`",
    "credential": "`registration.credentials`, `registration.bind`",
    "where": "`registration.where`",
    "channel": "`ordering.channels`, `requires.channel_in`",
    "payment": "`ordering.payment`",
    "proxy": "`ordering.proxy_allowed`",
    "carrier": "`rate.carrier`, `delivery.carriers`, `requires.carrier_kind`",
    "node": "`delivery.legs`, `delivery.chain`",
    "delivery_mode": "`delivery.modes`, `delivery.diner_choice`",
    "change": "`site.change_kinds`, `site.recheck_on`",
    "access": "`site.accessible.else`",
    "supply_mode": "`supply.modes`",
    "hold_class": "`supply.chain`",
    "fraud_flag": "`fraud.flags`",
    "consequence": "`fraud.consequence`",
    "facility": "`benefit.facility`",
    "metric": "`benefit.requires.metric`",
    "survey": "`survey.metrics`",
    "kpi": "`reports.kpi`",
}
LEFT_OUT = {"cite", "gte", "gt", "lte", "lt", "eq"}
KINDS = next(key.kinds for key in keys_of(Programme) if key.path == "benefit.kind")
MOST_KINDS = 5


def page() -> str:
    """The whole page."""
    sections: dict[str, list[Key]] = {}
    for key in keys_of(Programme):
        if key.path.rsplit(".", 1)[-1] not in LEFT_OUT or key.path.startswith("class.when"):
            head = key.path.split(".")[0]
            sections.setdefault(head if _has_inner(head) else "file", []).append(key)
    return HEAD + "".join(_section(name, keys) for name, keys in sections.items()) + _words()


def _words() -> str:
    known = catalog("en")
    rows = []
    for kind, where in PLACES.items():
        prefix = f"code:plan.{kind}."
        values = sorted(one.removeprefix(prefix) for one in known if one.startswith(prefix))
        rows.append(f"| {where} | {', '.join(f'`{one}` {known[prefix + one]}' for one in values)} |\n")
    return WORDS + "".join(rows)


def _has_inner(head: str) -> bool:
    return any(key.path.startswith(f"{head}.") for key in keys_of(Programme))


def _section(name: str, keys: list[Key]) -> str:
    about = "" if name == "file" else f"{_opening(meaning(name, 'en'))}.\n\n"
    rows = "\n".join(_row(key) for key in keys if key.path != name)
    return f"\n## {name}\n\n{about}| key | values | means |\n|---|---|---|\n{rows}\n"


def _kinds(key: Key) -> str:
    if len(key.kinds) < MOST_KINDS:
        return ", ".join(key.kinds)
    return "not " + ", ".join(kind for kind in KINDS if kind not in key.kinds)


def _opening(text: str) -> str:
    return text[:1].upper() + text[1:]


def _row(key: Key) -> str:
    mark = "[]" if key.holds == "list" else ""
    name = f"`{key.path}{mark}`"
    kinds = f" ({_kinds(key)})" if 0 < len(key.kinds) < len(KINDS) else ""
    values = ", ".join(f"`{one.lower() if one in ('True', 'False') else one}`" for one in key.options)
    said = meaning(key.path, "en").replace("|", "\\|")
    return f"| {f'**{name}**' if key.required else name}{kinds} | {values} | {said} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
