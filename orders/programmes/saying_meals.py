"""What a programme says of registering, ordering, delivering and what is not eaten."""

from collections.abc import Iterator

from orders.programmes.benefits import MonthlyAllowance, PerOrder
from orders.programmes.saying import Said, Sentence, Term, Word, classes_of, party, rule, terms
from orders.programmes.schema import Programme
from orders.programmes.sections import HomeDelivery
from orders.service import MEALS

ENDINGS = ("cancelled_before_cutoff", "cancelled_after_cutoff", "no_show", "not_supplied")


def registration(programme: Programme) -> Iterator[Sentence]:
    """Where people register, with what, and how they are known at the table."""
    table, cite = programme.registration, programme.registration.cite
    for name, kind, values in (
        ("where", "where", table.where),
        ("documents", "document", table.documents),
        ("credentials", "credential", table.credentials),
        ("bind", "credential", table.bind),
    ):
        if values:
            yield rule(f"registration.{name}", f"registration {name}", cite, values=terms(kind, values))
    if table.identity_check_at_serving:
        yield rule("registration.identity_check", "registration identity_check_at_serving", cite)


def meals(programme: Programme) -> Iterator[Sentence]:
    """Which meals are part of it, and what a second one of the day costs."""
    table = programme.meals
    named = [(meal, getattr(table, meal)) for meal in MEALS if getattr(table, meal) is not None]
    if not named:
        yield rule("meals.all", "meals", "")
    for meal, found in named:
        code = "meals.subsidised" if found.subsidised else "meals.not_subsidised"
        cite = found.cite or table.cite
        yield rule(code, f"meals.{meal} subsidised", cite, meal=Term("meal", meal))
        if found.subsidised_per_person_day is not None:
            keys, count = f"meals.{meal} subsidised_per_person_day", found.subsidised_per_person_day
            yield rule("meals.per_person_day", keys, cite, meal=Term("meal", meal), count=count)
    yield rule(f"meals.second_{table.second_meal}", "meals second_meal", table.cite)


def ordering(programme: Programme) -> Iterator[Sentence]:
    """Until when and how orders are taken."""
    table, cite = programme.ordering, programme.ordering.cite
    keys = "ordering cutoff_time days_ahead"
    if table.days_ahead == 0:
        yield rule("ordering.same_day", keys, cite, time=table.cutoff_time)
    else:
        several = "" if table.days_ahead == 1 else "_several"
        yield rule(f"ordering.days_ahead{several}", keys, cite, days=table.days_ahead, time=table.cutoff_time)
        yield rule(f"ordering.cutoff_{table.cutoff_day}{several}", "ordering cutoff_day", cite)
    if table.prepay:
        yield rule("ordering.prepay", "ordering prepay", cite)
    for name, kind, values in (
        ("channels", "channel", table.channels),
        ("platform_channels", "channel", table.platform_channels),
        ("payment", "payment", table.payment),
        ("proxy_allowed", "proxy", table.proxy_allowed),
    ):
        if values:
            yield rule(f"ordering.{name}", f"ordering {name}", cite, values=terms(kind, values))


def outcomes(programme: Programme) -> Iterator[Sentence]:
    """What becomes of price, subsidy and fee when a meal is not simply served."""
    with_fee = any(isinstance(benefit, PerOrder) for benefit in programme.benefits)
    for event in dict.fromkeys((*ENDINGS, *programme.outcomes)):
        outcome = programme.outcome(event)
        free_meals = any(isinstance(benefit, MonthlyAllowance) for benefit in programme.benefits)
        subsidy = "void" if outcome.subsidy == "release" and not free_meals else outcome.subsidy
        whole = outcome.diner == "charge" and outcome.subsidy in ("void", "release")
        fee: Word = Said(f"outcome.fee_{outcome.site_fee}") if with_fee or outcome.site_fee == "pay" else ""
        yield rule(
            "outcome",
            f"outcomes.{event}",
            outcome.cite if event in programme.outcomes else "",
            event=Term("outcome_event", event),
            diner=Said("outcome.diner_charge_gross" if whole else f"outcome.diner_{outcome.diner}"),
            subsidy=Said(f"outcome.subsidy_{subsidy}"),
            fee=fee,
        )


def delivery(programme: Programme) -> Iterator[Sentence]:
    """How meals travel, and to whom they are brought home."""
    yield from _ways(programme)
    yield from _sign_off(programme)
    if programme.delivery.home:
        yield from _home(programme, programme.delivery.home, programme.delivery.cite)


def _ways(programme: Programme) -> Iterator[Sentence]:
    table, cite = programme.delivery, programme.delivery.cite
    if table.legs:
        yield rule("delivery.legs", "delivery legs", cite, legs=tuple(map(_leg, table.legs)))
    if isinstance(table.carriers, dict):
        for leg, carriers in table.carriers.items():
            named = terms("carrier", carriers)
            yield rule("delivery.leg_carriers", "delivery carriers", cite, leg=_leg(leg), carriers=named)
    elif table.carriers:
        yield rule("delivery.carriers", "delivery carriers", cite, carriers=terms("carrier", table.carriers))
    for name, kind, values in (
        ("chain", "node", table.chain),
        ("modes", "delivery_mode", table.modes),
        ("diner_choice", "delivery_mode", table.diner_choice),
        ("home_for", "flag", table.home_for),
    ):
        if values:
            yield rule(f"delivery.{name}", f"delivery {name}", cite, values=terms(kind, values))
    if table.second_leg_from:
        start = Term("node", table.second_leg_from)
        yield rule("delivery.second_leg", "delivery second_leg_from", cite, start=start)
    if table.volunteer_credit:
        yield rule("delivery.time_bank", "delivery volunteer_credit", cite)


def _sign_off(programme: Programme) -> Iterator[Sentence]:
    sign_off, cite = programme.delivery.sign_off, programme.delivery.cite
    if sign_off is None:
        return
    leg, signer = _leg(sign_off.leg), party(programme, sign_off.by)
    told = party(programme, sign_off.then_notify) if sign_off.then_notify else ""
    code = "delivery.sign_off_told" if told else "delivery.sign_off"
    yield rule(code, "delivery sign_off", cite, leg=leg, signer=signer, told=told)


def _home(programme: Programme, home: HomeDelivery, above: str) -> Iterator[Sentence]:
    named, cite = classes_of(programme, home.classes), home.cite or above
    yield rule("delivery.home", "delivery.home classes", cite, classes=named)
    for name, kind, values in (
        ("requires", "home_delivery", home.requires),
        ("meals", "meal", home.meals),
    ):
        if values:
            yield rule(f"delivery.home_{name}", f"delivery.home {name}", cite, values=terms(kind, values))
    if home.site:
        yield rule("delivery.home_site", "delivery.home site", cite, site=Term("site_kind", home.site))
    if home.fee_other_site:
        fee = Term("fee", home.fee_other_site)
        yield rule("delivery.home_fee", "delivery.home fee_other_site", cite, fee=fee)


def _leg(leg: str) -> Word:
    start, arrow, end = leg.partition(">")
    return (
        Said("leg", {"start": Term("node", start), "end": Term("node", end)}) if arrow else Term("node", leg)
    )


def circles(programme: Programme) -> Iterator[Sentence]:
    """How long the way to a site may be."""
    for circle in programme.circles:
        place = f"circle.{circle.zone}"
        exact = "_exact" if circle.minutes.target == circle.minutes.limit else ""
        yield rule(
            f"circle.{circle.mode}{exact}",
            f"{place} minutes mode",
            circle.cite,
            zone=Term("zone", circle.zone),
            target=circle.minutes.target,
            limit=circle.minutes.limit,
        )
