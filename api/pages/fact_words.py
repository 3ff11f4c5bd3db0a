"""How a page calls facts and their values: a word where there is one, else as programmes write it."""

from api.words import catalog, gettext


def fact_label(name: str, language: str) -> str:
    """A fact's name in words: ``home_delivery.town_approval`` as "Home delivery: approved by the town"."""
    whole = f"fact.{name}"
    if whole in catalog(language):
        return gettext(whole, language)
    first, _, rest = name.partition(".")
    label = gettext(f"fact.{first}", language) if f"fact.{first}" in catalog(language) else first
    if not rest:
        return label
    what, _, monthly = rest.partition(".monthly_amount")
    said = f"{label}: {value_label(what, language)}"
    return f"{said} ({gettext('yuan a month', language)})" if monthly == "" and what != rest else said


def value_label(value: str, language: str) -> str:
    """A value in words: ``loses_ability`` as "loses ability"; codes and amounts stay as they are."""
    word = f"value.{value}"
    return gettext(word, language) if word in catalog(language) else value
