"""The labels of a published service for a label printer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from sqlmodel import Session

from api.day.label_marks import marked
from api.day.paper_facts import PaperFacts, variant_named
from api.day.paper_labels import box_labels, container_labels
from api.packaged import read_toml
from api.paths import config_dir
from api.reports.printers import LabelPrinter, PrinterRules, asked_fields, printers_from_table
from api.reports.roll_facts import RollLabel
from api.reports.roll_labels import box_rolls, sample_rolls
from api.reports.sample_facts import SampleLabel, SampleLabels
from api.store.config import load_config
from kitchen.batches import Batch
from orders.errors import NotFound
from orders.service import Service
from orders.store.sites import load_kitchen_settings

LabelKind = Literal["box", "meal", "sample"]
LABEL_KINDS: tuple[LabelKind, ...] = get_args(LabelKind)
SECONDS_PER_HOUR = 3600
SAMPLE_PRINTER = "60x40"


@dataclass(frozen=True, slots=True)
class LabelRules:
    """
    What stands on labels, and on which.

    Parameters
    ----------
    printers
        The printers of the house.
    profile
        The safety profile's table.
    """

    printers: PrinterRules
    profile: Mapping[str, Any]


@cache
def packaged_printers() -> PrinterRules:
    """The packaged printers."""
    return printers_from_table(read_toml(config_dir() / "printers.toml"))


def printer_named(name: str) -> LabelPrinter:
    """
    A printer by its name.

    Raises
    ------
    NotFound
        When the house has none of it.
    """
    found = packaged_printers().printers.get(name)
    if found is None:
        raise NotFound("printer", name)
    return found


def load_label_rules(session: Session, kitchen_id: str) -> LabelRules:
    """What a kitchen's labels say, by its safety profile in force."""
    _, settings = load_kitchen_settings(session, kitchen_id)
    kept = load_config(session, "safety_profile", str(settings.get("safety_profile", "gb")))
    return LabelRules(packaged_printers(), kept[1] if kept else {})


def roll_labels(
    facts: PaperFacts, rules: LabelRules, kind: LabelKind, printer: LabelPrinter, language: str
) -> tuple[RollLabel, ...]:
    """Labels of one kind, in the order of packing or cooking, with the fields of profile and printer."""
    asked = asked_fields(rules.printers, rules.profile, kind, facts.kitchen.licence_kind)
    if kind == "sample":
        return sample_rolls(sample_labels(facts), asked, language)
    labels = box_labels(facts) if kind == "box" else container_labels(facts)
    return box_rolls(labels, (*asked, *printer.also), language)


def sample_text(service: Service, code: str, version: int) -> str:
    """What a scanner reads on a sample: ``holdchain:sample:K1/2026-11-23/lunch:B07:2``, the version last."""
    return f"holdchain:sample:{service.key}:{code}:{version}"


def sample_labels(facts: PaperFacts) -> SampleLabels:
    """One label for each dish and variant, of the load cooked with the portion for it, else of its first."""
    kept: dict[tuple[str, str], Batch] = {}
    for batch in facts.cooked:
        key = (batch.dish_id, batch.variant)
        if key not in kept or (_for_sample(batch) and not _for_sample(kept[key])):
            kept[key] = batch
    labels: Sequence[SampleLabel] = [
        SampleLabel(
            code=batch.code,
            dish=facts.dish_named(batch.dish_id),
            variant=variant_named(batch.variant),
            ready_at=facts.service.instant(facts.slots[batch.batch_id].ready_s),
            least_g=facts.profile.sample_min_g,
            keep_h=facts.profile.sample_keep_s // SECONDS_PER_HOUR,
            qr_text=sample_text(facts.service, batch.code, facts.production_version),
        )
        for batch in kept.values()
    ]
    return SampleLabels(facts.production_head, tuple(marked(label, facts.service) for label in labels))


def _for_sample(batch: Batch) -> bool:
    return any(extra.purpose == "sample" for extra in batch.extras)
