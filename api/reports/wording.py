"""How papers say days, times, weights, codes and lists in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from api.reports.facts import Named
from api.words import counted, gettext
from orders.service import Service

MG_PER_JIN = 500_000
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Words:
    """
    The words of one language, with the numbers and names they speak of filled in.

    Parameters
    ----------
    language
        ``"zh_CN"`` or ``"en"``.
    """

    language: str

    def __call__(self, msgid: str, /, **params: object) -> str:
        """The text of this message; the message id itself when nobody has given it another."""
        text = gettext(msgid, self.language)
        return counted(text.format(**params), self.language) if params else text


def spare_text(spare: Iterable[tuple[Named, int]], words: Words) -> str:
    """What is there for walk-ins, by dish: ``Spare for walk-ins: rice 2, cabbage 1``."""
    dishes = words(", ").join(f"{dish.called(words.language)}\u00a0{count}" for dish, count in spare)
    return words("Spare for walk-ins: {dishes}", dishes=dishes)


def day_text(local: datetime, words: Words) -> str:
    """A local day as ``11月23日 周一`` or ``Mon 23 Nov``."""
    weekday, month = words(WEEKDAYS[local.weekday()]), words(MONTHS[local.month - 1])
    return words("{weekday} {day} {month}", weekday=weekday, day=local.day, month=month)


def service_text(service: Service, words: Words) -> str:
    """Day and meal of a service: ``11月23日 周一 · 午餐``."""
    day = day_text(service.local(service.start_at), words)
    return words("{day} · {meal}", day=day, meal=words(f"meal:{service.meal}"))


def time_text(at: datetime, service: Service, words: Words) -> str:
    """An instant on the kitchen's wall clock: ``08:10``, with its day when that is not the service's."""
    return f"{other_day_text(at, service, words)} {service.local(at):%H:%M}".strip()


def other_day_text(at: datetime, service: Service, words: Words) -> str:
    """The local day of an instant, ``11月24日``; empty when it is the service's."""
    local = service.local(at)
    if local.date() == service.service_on:
        return ""
    return words("{day} {month}", day=local.day, month=words(MONTHS[local.month - 1]))


BOUGHT_STEPS = ((9_990_000, 100_000), (999_000, 10_000), (9_900, 1_000))
"""Above so many milligrams, steps of so many; 100 below."""


def weight_text(mg: int) -> str:
    """
    A weight as a kitchen scale shows it: ``12.4 kg``, ``1.25 kg``, ``350 g``, ``0.5 g``.

    Parameters
    ----------
    mg
        Milligrams; rounded half up to 100 g from 10 kg on, 10 g from 1 kg on, 1 g from 10 g on, else 0.1 g.
    """
    if mg >= 9_995_000:
        return f"{(mg + 50_000) // 100_000 / 10:.1f} kg"
    if mg >= 999_500:
        return f"{(mg + 5_000) // 10_000 / 100:.2f} kg"
    if mg >= 9_950:
        return f"{(mg + 500) // 1_000} g"
    return f"{(mg + 50) // 100 / 10:.1f} g"


def bought_text(mg: int) -> str:
    """A weight that is bought or drawn, as `weight_text` shows it but rounded up: it is never short."""
    step_mg = next((step for above_mg, step in BOUGHT_STEPS if mg > above_mg), 100)
    return weight_text(-(-mg // step_mg) * step_mg)


def fetched_text(net_mg: int, gross_mg: int) -> str:
    """What is fetched for a weight in the pan, never short; the same figure where nothing is trimmed."""
    return weight_text(net_mg) if gross_mg == net_mg else bought_text(gross_mg)


def jin_text(mg: int) -> str:
    """A weight with its 斤 (500 g) behind it where it is one or more: ``12.4 kg = 24.8 斤``."""
    if mg < MG_PER_JIN:
        return weight_text(mg)
    jin = Decimal(mg) / MG_PER_JIN
    return f"{weight_text(mg)} = {jin.quantize(Decimal('0.1'), ROUND_HALF_UP)} 斤"


def portions_text(portions: int, words: Words) -> str:
    """So many portions, and one portion."""
    return words("1 portion") if portions == 1 else words("{portions} portions", portions=portions)


def code_text(kind: str, code: str, words: Words) -> str:
    """The word for a code, ``words("purpose:sample")``; the code itself when nobody has given it a word."""
    return words(f"{kind}:{code}").removeprefix(f"{kind}:")


def list_text(items: Iterable[str], words: Words) -> str:
    """Items with the language's list sign between them."""
    return words(", ").join(items)


def names_text(names: Iterable[Named], words: Words) -> str:
    """Some names as a list."""
    return list_text((name.called(words.language) for name in names), words)


def dish_text(dish: Named, variant: Named | None, words: Words) -> str:
    """A dish with its variant, where it has one: ``红烧肉（软食）``."""
    name = dish.called(words.language)
    if variant is None:
        return name
    return words("{dish} ({variant})", dish=name, variant=variant.called(words.language))
