"""What a programme says of money: each benefit, its rates, and a district's changes."""

from collections.abc import Iterator
from decimal import Decimal

from orders.programmes.benefits import (
    CONTRACT,
    Bounds,
    CostShare,
    MonthlyAllowance,
    OneOff,
    Overlay,
    PerDelivery,
    PerMeal,
    PerOrder,
    Requirement,
    Tier,
    TieredAward,
)
from orders.programmes.saying import (
    Said,
    Sentence,
    Term,
    Word,
    benefits_of,
    classes_of,
    party,
    place_of,
    rule,
    terms,
)
from orders.programmes.schema import Programme
from orders.service import MEALS


def benefits(programme: Programme) -> Iterator[Sentence]:
    """Each benefit in the file's order."""
    for benefit in programme.benefits:
        match benefit:
            case PerMeal():
                yield from _per_meal(programme, benefit)
            case PerOrder():
                yield from _per_order(programme, benefit)
            case PerDelivery():
                yield from _per_delivery(programme, benefit)
            case MonthlyAllowance():
                yield from _allowance(programme, benefit)
            case CostShare():
                yield from _cost_share(programme, benefit)
            case OneOff():
                yield from _one_off(programme, benefit)
            case TieredAward():
                yield from _award(programme, benefit)


def _named(
    benefit: PerMeal | PerOrder | PerDelivery | MonthlyAllowance | CostShare | OneOff | TieredAward,
) -> Word:
    return benefit.name or benefit.id


def _meals(programme: Programme, meals: tuple[str, ...]) -> tuple[Word, ...]:
    """The meals a benefit names, else those that the plan subsidises."""
    rules = {meal: programme.meals.rule(meal) for meal in MEALS}
    return terms("meal", meals or [meal for meal, found in rules.items() if found and found.subsidised])


def _per_meal(programme: Programme, benefit: PerMeal) -> Iterator[Sentence]:
    place, cite, name = f"benefit.{benefit.id}", benefit.cite, _named(benefit)
    for_diner = benefit.beneficiary == "diner"
    code, parts = "per_meal" if for_diner else "per_meal.grant", dict[str, Word]()
    if benefit.share is not None:
        parts = {"share": _percent(benefit.share)}
        code += ".share" if benefit.amount is None else ".share_most"
    yield rule(
        code,
        f"{place} amount share classes meals beneficiary payer kind",
        cite,
        **parts,
        name=name,
        amount_fen=benefit.amount,
        classes=classes_of(programme, benefit.classes),
        meals=_meals(programme, benefit.meals),
        beneficiary=party(programme, benefit.beneficiary),
        payer=party(programme, benefit.payer),
    )
    if benefit.limit:
        count = benefit.limit.count
        yield rule("per_meal.limit", f"{place} limit", cite, count=count)
        several = "_several" if count > 1 and benefit.limit_key != "first_payment" else ""
        yield rule(f"per_meal.{benefit.limit_key}{several}", f"{place} limit_key", cite)
    if benefit.monthly_limit is not None:
        yield rule("per_meal.monthly_limit", f"{place} monthly_limit", cite, count=benefit.monthly_limit)
    if benefit.monthly_cap is not None:
        yield rule("per_meal.monthly_cap", f"{place} monthly_cap", cite, cap_fen=benefit.monthly_cap)
    if benefit.price_test != "none":
        tested = Term("price_test_on", benefit.price_test_on)
        code, keys = f"per_meal.price_{benefit.price_test}", f"{place} price_test price_test_on"
        yield rule(code, keys, cite, tested=tested, amount_fen=benefit.amount)
    if benefit.requires.payment_bound_to_person:
        yield rule("per_meal.bound", f"{place} requires", cite)
    if for_diner:
        code = "per_meal.capped" if benefit.cap_at_price else "per_meal.not_capped"
        yield rule(code, f"{place} cap_at_price", cite)
        advanced = party(programme, benefit.advanced_by) if benefit.advanced_by else ""
        code = f"per_meal.{benefit.mode}" + ("_advanced" if advanced else "")
        yield rule(code, f"{place} mode advanced_by", cite, party=advanced)


def _per_order(programme: Programme, benefit: PerOrder) -> Iterator[Sentence]:
    place, cite = f"benefit.{benefit.id}", benefit.cite
    yield rule(
        f"per_order.{benefit.unit}",
        f"{place} amount unit classes meals beneficiary payer kind",
        cite,
        name=_named(benefit),
        amount_fen=benefit.amount,
        classes=classes_of(programme, benefit.classes),
        meals=_meals(programme, benefit.meals),
        beneficiary=party(programme, benefit.beneficiary),
        payer=party(programme, benefit.payer),
    )
    channels = benefit.requires.channel_in
    if channels:
        named = programme.ordering.platform_channels if isinstance(channels, str) else channels
        yield rule("per_order.channels", f"{place} requires", cite, channels=terms("channel", named))


def _per_delivery(programme: Programme, benefit: PerDelivery) -> Iterator[Sentence]:
    place, cite = f"benefit.{benefit.id}", benefit.cite
    by_contract = benefit.amount == CONTRACT
    yield rule(
        "per_delivery.contract" if by_contract else "per_delivery",
        f"{place} amount classes beneficiary payer kind",
        cite,
        name=_named(benefit),
        amount_fen=None if by_contract else benefit.amount,
        classes=classes_of(programme, benefit.classes),
        beneficiary=party(programme, benefit.beneficiary),
        payer=party(programme, benefit.payer),
    )
    if benefit.requires.carrier_kind:
        carrier = Term("carrier", benefit.requires.carrier_kind)
        code = "per_delivery.carrier_proof" if benefit.requires.proof else "per_delivery.carrier"
        yield rule(code, f"{place} requires", cite, carrier=carrier)
    elif benefit.requires.proof:
        yield rule("per_delivery.proof", f"{place} requires", cite)
    if benefit.monthly_limit is not None:
        yield rule("per_delivery.monthly_limit", f"{place} monthly_limit", cite, count=benefit.monthly_limit)
    code = "per_delivery.diner_share" if benefit.diner_share else "per_delivery.free"
    if any(isinstance(one, MonthlyAllowance) for one in programme.benefits):
        code += "_beside_allowance"
    yield rule(code, f"{place} diner_share counts_against_cap", cite, amount_fen=benefit.diner_share)


def _allowance(programme: Programme, benefit: MonthlyAllowance) -> Iterator[Sentence]:
    place, cite = f"benefit.{benefit.id}", benefit.cite
    yield rule(
        "allowance",
        f"{place} standard classes cap pays count payer kind",
        cite,
        name=_named(benefit),
        classes=classes_of(programme, benefit.classes),
        standard_fen=benefit.standard,
        fact=Term("fact", benefit.cap.from_),
        payer=party(programme, benefit.payer),
    )
    if benefit.requires_choice:
        option = Term("choice", benefit.requires_choice.option)
        yield rule("allowance.choice", f"{place} requires_choice", cite, option=option)
    yield rule("allowance.order_of_use", f"{place} order_of_use", cite)
    for name in ("remainder", "over_standard", "under_standard", "proration"):
        yield rule(f"allowance.{name}_{getattr(benefit, name)}", f"{place} {name}", cite)
    for name in ("carry_over", "consumed_is_paid"):
        said = "yes" if getattr(benefit, name) else "no"
        yield rule(f"allowance.{name}_{said}", f"{place} {name}", cite)


def _cost_share(programme: Programme, benefit: CostShare) -> Iterator[Sentence]:
    place, cite = f"benefit.{benefit.id}", benefit.cite
    yield rule(
        "cost_share",
        f"{place} classes meals beneficiary kind",
        cite,
        name=_named(benefit),
        classes=classes_of(programme, benefit.classes),
        meals=_meals(programme, benefit.meals),
    )
    for number, step in enumerate(benefit.steps):
        limit = Said("share.limit", {"count": step.limit.count}) if step.limit else ""
        lasts = Said("share.while_fund_lasts") if step.while_fund_lasts else ""
        giver = party(programme, step.from_)
        keys = f"{place} steps.{number}"
        parts: dict[str, Word] = {"number": number + 1, "party": giver, "amount_fen": step.amount}
        yield rule("share.step", keys, cite, limit=limit, lasts=lasts, **parts)
    yield rule("share.diner_minimum", f"{place} diner_minimum", cite, amount_fen=benefit.diner_minimum)


def _one_off(programme: Programme, benefit: OneOff) -> Iterator[Sentence]:
    place, cite = f"benefit.{benefit.id}", benefit.cite
    yield rule(
        f"one_off.{benefit.once_per}",
        f"{place} amount beneficiary once_per payer kind",
        cite,
        name=_named(benefit),
        amount_fen=benefit.amount,
        beneficiary=party(programme, benefit.beneficiary),
        payer=party(programme, benefit.payer),
    )
    if benefit.requires:
        wanted = tuple(_wanted(name, value) for name, value in benefit.requires.items())
        yield rule("one_off.requires", f"{place} requires", cite, wanted=wanted)
    if benefit.spend_on:
        yield rule("one_off.spend_on", f"{place} spend_on", cite, values=terms("spend_on", benefit.spend_on))
    if benefit.asset_owner:
        owner = party(programme, benefit.asset_owner)
        yield rule("one_off.asset_owner", f"{place} asset_owner", cite, party=owner)


def _wanted(name: str, value: bool | str) -> Said:
    what = Term("grant", name)
    if isinstance(value, bool):
        return Said("grant.is" if value else "grant.is_not", {"what": what})
    return Said("grant.has", {"what": what, "value": Term(name, value)})


def _award(programme: Programme, benefit: TieredAward) -> Iterator[Sentence]:
    place, cite, name = f"benefit.{benefit.id}", benefit.cite, _named(benefit)
    yield rule(
        "award",
        f"{place} facility beneficiary payer once_per kind",
        cite,
        name=name,
        facility=Term("facility", benefit.facility),
        beneficiary=party(programme, benefit.beneficiary),
        payer=party(programme, benefit.payer),
    )
    for wanted in benefit.requires:
        yield rule("award.requires", f"{place} requires.{wanted.metric}", cite, wanted=_requirement(wanted))
    for tier in benefit.tiers:
        yield rule(
            "award.tier",
            f"{place}.tier.{tier.id}",
            cite,
            tier=tier.id,
            amount=_tier_amount(programme, tier),
            bounds=tuple(_bounds(bounds, metric) for metric, bounds in tier.bounds.items()),
        )
    yield rule(f"award.pick_{benefit.pick}", f"{place} pick", cite)


def _tier_amount(programme: Programme, tier: Tier) -> Word:
    found = tier.amount_range
    if found is None:
        return Said("award.amount", {"amount_fen": tier.amount})
    parts: dict[str, Word] = {"min_fen": found.min, "max_fen": found.max}
    if found.decided_by == "linear_by_area":
        return Said("award.range_linear", parts)
    return Said("award.range", parts | {"party": party(programme, found.decided_by)})


def _requirement(wanted: Requirement) -> Word:
    metric = Term("metric", wanted.metric)
    if wanted.is_ is not None:
        said = Said("award.is" if wanted.is_ else "award.is_not", {"metric": metric})
    elif wanted.has_all:
        said = Said("award.has_all", {"metric": metric, "values": terms("function", wanted.has_all)})
    else:
        said = _bounds(wanted, wanted.metric)
    if wanted.when is None:
        return said
    return Said("award.when", {"wanted": said, "when": _bounds(wanted.when, wanted.when.metric)})


def _bounds(bounds: Bounds, metric: str) -> Said:
    limits = tuple(
        Said(f"bound.{name}", {"number": _number(limit)})
        for name in ("gte", "gt", "lte", "lt", "eq")
        if (limit := getattr(bounds, name)) is not None
    )
    return Said("bounds", {"metric": Term("metric", metric), "limits": limits})


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def rates(programme: Programme) -> Iterator[Sentence]:
    """What carriers are paid by contract."""
    for rate in programme.rates:
        carrier, per = Term("carrier", rate.carrier), Term("rate_per", rate.per)
        keys = f"rate.{rate.carrier} per amount hours example"
        code = "rate.hours" if rate.hours else "rate"
        note = Said("rate.example") if rate.example else ""
        parts: dict[str, Word] = {"amount_fen": rate.amount, "hours": _number(rate.hours)}
        yield rule(code, keys, rate.cite, carrier=carrier, per=per, note=note, **parts)


def overlays(programme: Programme) -> Iterator[Sentence]:
    """What a district may change at its own cost, and which do."""
    for overlay in programme.overlays:
        extra = party(programme, overlay.extra_payer)
        by = Term("overlay_by", overlay.by)
        for name, ids in (("may_raise", overlay.may_raise), ("may_lower", overlay.may_lower)):
            if ids:
                named = benefits_of(programme, ids)
                keys = f"overlay {name} extra_payer by"
                yield rule(f"overlay.{name}", keys, overlay.cite, benefits=named, payer=extra, by=by)
        yield from _districts(programme, overlay)


def _districts(programme: Programme, overlay: Overlay) -> Iterator[Sentence]:
    for one in overlay.district:
        since = Said("overlay.since", {"day": one.valid_from}) if one.valid_from else ""
        until = Said("overlay.until", {"day": one.valid_to}) if one.valid_to else ""
        amount = Said("overlay.amount", {"amount_fen": one.amount})
        share = Said("overlay.share", {"share": _percent(one.share)}) if one.share is not None else None
        most = Said("overlay.share_most", {"amount": amount}) if share and one.amount is not None else ""
        yield rule(
            "overlay.district",
            "overlay district",
            overlay.cite,
            district=place_of(programme, one.district),
            benefit=benefits_of(programme, (one.benefit,)),
            amount=share or amount,
            most=most,
            since=since,
            until=until,
        )
