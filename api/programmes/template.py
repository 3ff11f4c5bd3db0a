"""A city's own file to begin with: its base, what it must set, what it may take otherwise."""

from orders.programmes.schema import Programme, unset_amounts
from orders.programmes.switches import option_text

HEAD = """\
# A city's plan on the base of {base}. What stands here replaces the base:
# a whole section, or under [set] single keys.
# Check it:  holdchain programme check my-city.toml
schema = 1
id = "my-city"
revision = 1
status = "active"
base = "{base}"

[set]
"programme.name" = {{ zh = "我市养老助餐服务", en = "Our city's meal service" }}
"programme.issuer" = "市民政局"
"programme.valid_from" = 2026-01-01
"area.include" = ["{region}"]
"""


def city_file(programme: Programme) -> str:
    """
    A file that a city completes: it names the base, and each amount that must be set.

    Parameters
    ----------
    programme
        The packaged programme to start from.
    """
    text = HEAD.format(base=programme.id, region=programme.programme.region)
    keys = unset_amounts(programme)
    if keys:
        text += "# Nothing settles until each of these is set.\n"
    for key in keys:
        text += f'"{_section(programme, key)}.{key}" = "unset"\n'
    for one in programme.settlements:
        text += "".join(
            f'"settlement.{one.id}.{side}" = "{given}"\n'
            for side, held, given in (("payer", one.payer, "government"), ("payee", one.payee, "site"))
            if not held
        )
    if programme.ambiguities:
        text += "\n# Unclear clauses may be taken otherwise, by setting the keys that an option stands for:\n"
    for switch in programme.ambiguities:
        options = " | ".join(option_text(option) for option in switch.options)
        text += f"#   {switch.id}: {switch.key}: {options}\n"
    return text


def _section(programme: Programme, key: str) -> str:
    return "settlement" if any(key.startswith(f"{one.id}.") for one in programme.settlements) else "benefit"
