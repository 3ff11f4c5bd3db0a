"""What a programme says of its validity, its place, its days and the people it is for."""

from collections.abc import Iterator

from orders.programmes.conditions import Condition
from orders.programmes.saying import Said, Sentence, Term, Word, classes_of, party, place_of, rule, terms
from orders.programmes.schema import Programme
from orders.programmes.sections import FOREVER_ON, Siting

OWN_PHRASES = frozenset(
    {
        "if.within_hukou",
        "if.within_residence",
        "if.within_area_hukou",
        "if.within_area_residence",
        "if.is_institution_resident",
        "if.is_not_institution_resident",
        "if.has_flag",
        "if.has_card",
        "if.has_entitlement",
        "if.has_income",
    }
)


def head(programme: Programme) -> Iterator[Sentence]:
    """Who issued it, when it holds, and what this revision is."""
    plan = programme.programme
    yield rule("head", "programme name issuer", plan.cite, name=plan.name, issuer=plan.issuer)
    if plan.document_no:
        yield rule("head.document", "programme document_no", plan.cite, document=plan.document_no)
    if plan.issued_on:
        yield rule("head.issued_on", "programme issued_on", plan.cite, issued_on=plan.issued_on)
    yield _validity(programme)
    if plan.valid_to_provisional:
        yield rule("head.provisional", "programme valid_to_provisional", plan.cite)
    if plan.validity_note:
        yield rule("head.validity_note", "programme validity_note", plan.cite, note=plan.validity_note)
    region = place_of(programme, plan.region)
    zone = Term("timezone", plan.timezone)
    yield rule("head.region", "programme region timezone", plan.cite, region=region, timezone=zone)
    yield from _revision(programme)


def _validity(programme: Programme) -> Sentence:
    plan, keys = programme.programme, "programme valid_from valid_to"
    if plan.valid_from.year == 1 and plan.valid_to == FOREVER_ON:
        return rule("head.always", keys, "")
    if plan.valid_to == FOREVER_ON:
        return rule("head.valid_from", keys, plan.cite, valid_from=plan.valid_from)
    return rule("head.valid", keys, plan.cite, valid_from=plan.valid_from, valid_to=plan.valid_to)


def _revision(programme: Programme) -> Iterator[Sentence]:
    yield rule("revision", "revision", "", revision=programme.revision)
    yield rule("status", "status", "", status=Term("status", programme.status))
    if programme.revision_note:
        yield rule("revision.note", "revision_note", "", note=programme.revision_note)
    if programme.base:
        yield rule("base", "base", "", base=programme.base)
    if programme.moved and programme.moved_reason:
        yield rule("moved", "moved", "", reason=programme.moved_reason)
    if programme.invented:
        yield rule("invented", "invented", "")


def area(programme: Programme) -> Iterator[Sentence]:
    """Where it holds and how many sites it wants."""
    area, cite = programme.area, programme.area.cite
    for name, places in (("include", area.include), ("exclude", area.exclude), ("optional", area.optional)):
        if places:
            named = tuple(place_of(programme, one) for one in places)
            yield rule(f"area.{name}", f"area {name}", cite, places=named)
    if area.site_quota:
        quotas = tuple(
            Said("area.quota", {"place": place_of(programme, place), "count": count})
            for place, count in area.site_quota.items()
        )
        total = sum(area.site_quota.values())
        yield rule("area.site_quota", "area site_quota", cite, quotas=quotas, total=total)
    if area.min_sites:
        per = Term("per", area.min_sites.per)
        yield rule("area.min_sites", "area min_sites", cite, per=per, count=area.min_sites.count)
    if area.demo_sites:
        low, high = area.demo_sites.per_area_min, area.demo_sites.per_area_max
        yield rule("area.demo_sites", "area demo_sites", cite, min=low, max=high)
    for one in area.siting:
        yield rule("area.siting", "area siting", cite, kind=Term("siting", one.kind), wants=_siting(one))
    if area.distribution_centre:
        per, count = Term("per", area.distribution_centre.per), area.distribution_centre.min
        yield rule("area.distribution_centre", "area distribution_centre", cite, per=per, count=count)
    if area.targets:
        aims = tuple(
            Said("target", {"target": Term("target", name), "value": _aim(value)})
            for name, value in area.targets.items()
        )
        yield rule("area.targets", "area targets", cite, targets=aims)


def _siting(one: Siting) -> tuple[Word, ...]:
    numbers = (
        ("radius", one.max_radius_m),
        ("elderly", one.min_elderly),
        ("households", one.households_gte),
        ("sites", one.min_sites),
    )
    return tuple(Said(f"siting.{name}", {"number": number}) for name, number in numbers if number is not None)


def _aim(value: float | str) -> Word:
    if isinstance(value, str):
        return Term("target_value", value)
    return f"{value:.0%}" if isinstance(value, float) and value <= 1 else f"{value:g}"


def days(programme: Programme) -> Iterator[Sentence]:
    """Which days are served."""
    days, cite = programme.calendar, programme.calendar.cite
    if len(set(days.service_weekdays)) == 7:
        yield rule("calendar.every_day", "calendar service_weekdays", cite)
    else:
        weekdays = terms("weekday", days.service_weekdays)
        yield rule("calendar.weekdays", "calendar service_weekdays", cite, weekdays=weekdays)
    keys = "calendar closed_on holiday_set closed_dates"
    if days.holiday_set == "list":
        yield rule("calendar.closed_dates", keys, cite, dates=days.closed_dates)
    elif "holiday" in days.closed_on:
        yield rule("calendar.closed_on", keys, cite, holidays=Term("holiday_set", days.holiday_set))
    else:
        yield rule("calendar.no_holiday", keys, cite)
    yield rule(f"calendar.makeup_{days.makeup_workdays}", "calendar makeup_workdays", cite)
    if days.extend_by_site:
        extra = terms("extension", days.extend_by_site)
        yield rule("calendar.extend_by_site", "calendar extend_by_site", cite, extra=extra)
    yield rule("calendar.calendar", "calendar calendar", "", calendar=Term("calendar", days.calendar))


def age(programme: Programme) -> Iterator[Sentence]:
    """From which day an age counts, and what the plan's words for ages mean."""
    age = programme.age
    yield rule(f"age.{age.basis}", "age basis", age.cite)
    if age.basis == "birthday" and not age.inclusive:
        yield rule("age.exclusive", "age inclusive", age.cite)
    yield rule("age.leap_day", "age leap_day", age.cite, day=Term("leap_day", age.leap_day))
    for name, years in programme.terms.items():
        yield rule("term", f"terms {name}", "", term=Term("term", name), years=years)


def classes(programme: Programme) -> Iterator[Sentence]:
    """Who is in which class, in the order in which they are tried."""
    for number, kind in enumerate(programme.classes, 1):
        place = f"class.{kind.id}"
        when = condition(kind.when, programme)
        yield rule("class", f"{place} when name", kind.cite, number=number, name=kind.name, when=when)
        if kind.approved_by:
            approver = party(programme, kind.approved_by)
            yield rule("class.approved_by", f"{place} approved_by", kind.cite, name=kind.name, party=approver)
        if kind.source:
            source = Term("source", kind.source)
            yield rule("class.source", f"{place} source", kind.cite, name=kind.name, source=source)
    outsiders = programme.outsiders
    yield rule(f"outsiders.{outsiders.policy}", "outsiders policy", outsiders.cite)
    if programme.choice:
        yield from _choice(programme)


def _choice(programme: Programme) -> Iterator[Sentence]:
    choice = programme.choice
    assert choice is not None
    yield rule(
        "choice",
        "choice classes options default",
        choice.cite,
        classes=classes_of(programme, choice.classes),
        options=terms("choice", choice.options),
        default=Term("choice", choice.default),
    )
    if choice.change_effective == "next_month":
        keys = "choice change_effective deadline_day"
        yield rule("choice.next_month", keys, choice.cite, day=choice.deadline_day)
    else:
        yield rule("choice.immediately", "choice change_effective", choice.cite)


def condition(when: Condition, programme: Programme, depth: int = 0) -> Said:
    """A condition as a phrase; what stands inside another one is set in brackets."""
    if when.all or when.any:
        code = "if.any" if when.any else "if.group" if depth else "if.all"
        inner = tuple(condition(part, programme, depth + 1) for part in when.all or when.any)
        return Said(code, {"parts": inner})
    fact = when.fact
    if fact == "age":
        years = programme.terms[when.gte_term] if when.gte_term else when.gte
        if when.gte_term:
            return Said("if.age_term", {"term": Term("term", when.gte_term), "years": years})
        if when.lt is not None:
            code = "if.age_below" if years is None else "if.age_between"
            return Said(code, {"years": years or 0, "below": when.lt})
        return Said("if.age", {"years": years})
    if when.within is not None:
        return Said(
            _code("if.within", fact), {"fact": Term("fact", fact), "place": place_of(programme, when.within)}
        )
    if when.within_area is not None:
        code = "if.within_area" if when.within_area else "if.outside_area"
        return Said(_code(code, fact), {"fact": Term("fact", fact)})
    if when.is_ is not None:
        return Said(_code("if.is" if when.is_ else "if.is_not", fact), {"fact": Term("fact", fact)})
    if when.has is not None or when.in_:
        values = terms(fact, (when.has,) if when.has is not None else when.in_)
        some = values[0] if len(values) == 1 else Said("if.one_of", {"parts": values})
        return Said(_code("if.has", fact), {"fact": Term("fact", fact), "value": some})
    if when.lt is not None:
        code = "if.below" if when.gte is None else "if.between"
        return Said(code, {"fact": Term("fact", fact), "value": when.gte or 0, "below": when.lt})
    return Said("if.at_least", {"fact": Term("fact", fact), "value": when.gte})


def _code(code: str, fact: str) -> str:
    """The phrase of a well-known fact, else the one that names any fact."""
    own = f"{code}_{fact}"
    return own if own in OWN_PHRASES else code
