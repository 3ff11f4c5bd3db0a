"""What a programme says of sites, their supply, their food, and how all of it is watched."""

from collections.abc import Iterator

from orders.programmes.saying import Said, Sentence, Term, Word, parties, party, rule, terms
from orders.programmes.schema import Programme


def site(programme: Programme) -> Iterator[Sentence]:
    """What a site must have, show and announce."""
    yield from _building(programme)
    yield from _papers(programme)
    yield from _duties(programme)


def _building(programme: Programme) -> Iterator[Sentence]:
    site, cite = programme.site, programme.site.cite
    if site.name_pattern:
        yield rule("site.name_pattern", "site name_pattern", cite, pattern=_pattern(site.name_pattern))
    for name in ("min_area_per_seat_m2", "min_seats", "min_meals_per_service", "max_floor"):
        number = getattr(site, name)
        if number is not None:
            yield rule(f"site.{name}", f"site {name}", cite, number=f"{number:g}")
    if site.accessible:
        ways = terms("access", site.accessible.else_)
        code = "site.accessible" if ways else "site.accessible_floor"
        yield rule(code, "site accessible", cite, floor=site.accessible.floor, ways=ways)
    if site.co_located_with:
        yield rule("site.co_located_with", "site co_located_with", cite, place=site.co_located_with)


def _pattern(pattern: str) -> Word:
    """How a site is named, each placeholder in words."""
    before, brace, rest = pattern.partition("{")
    if not brace:
        return pattern
    name, _, after = rest.partition("}")
    parts: dict[str, Word] = {"before": before, "part": Term("name_part", name), "after": _pattern(after)}
    return Said("site.name_part", parts)


def _papers(programme: Programme) -> Iterator[Sentence]:
    site, cite = programme.site, programme.site.cite
    for how, licence in site.licence.items():
        parts = {"how": Term("licence_for", how), "licence": Term("licence", licence)}
        yield rule("site.licence", "site licence", cite, **parts)
    for name, kind, values in (
        ("equipment", "equipment", site.equipment),
        ("notices", "notice", site.notices),
        ("filing", "filing", site.filing),
        ("recheck_on", "change", site.recheck_on),
    ):
        if values:
            yield rule(f"site.{name}", f"site {name}", cite, values=terms(kind, values))


def _duties(programme: Programme) -> Iterator[Sentence]:
    site, cite = programme.site, programme.site.cite
    if site.attendant_required:
        yield rule("site.attendant", "site attendant_required", cite)
    changes = terms("change", site.change_kinds)
    keys = "site change_notice_days change_kinds"
    yield rule("site.change_notice", keys, cite, days=site.change_notice_days, changes=changes)
    if site.menu_update:
        yield rule("site.menu_update", "site menu_update", cite, how=Term("menu_update", site.menu_update))
    if site.public_map:
        yield rule("site.public_map", "site public_map", cite)
    if site.entry_exit:
        yield rule("site.entry_exit", "site entry_exit", cite)


def supply(programme: Programme) -> Iterator[Sentence]:
    """How sites may be supplied."""
    supply, cite = programme.supply, programme.supply.cite
    if supply.modes:
        yield rule("supply.modes", "supply modes", cite, values=terms("supply_mode", supply.modes))
    if supply.central_kitchens:
        low, high = supply.central_kitchens.min, supply.central_kitchens.max
        yield rule("supply.central_kitchens", "supply central_kitchens", cite, min=low, max=high)
    if supply.chain:
        yield rule("supply.chain", "supply chain", cite, values=terms("hold_class", supply.chain))


def food(programme: Programme) -> Iterator[Sentence]:
    """Tracing, tests, inspections and menus."""
    safety, cite = programme.food_safety, programme.food_safety.cite
    if safety.trace:
        traced = [name for name in ("source", "flow", "responsible_person") if getattr(safety.trace, name)]
        if traced:
            yield rule("food.trace", "food_safety trace", cite, values=terms("trace", traced))
    if safety.sampling_tests:
        yield rule("food.sampling_tests", "food_safety sampling_tests", cite)
    if safety.inspections:
        kinds = terms("inspection", safety.inspections)
        yield rule("food.inspections", "food_safety inspections", cite, values=kinds)
    menus, cite = programme.nutrition, programme.nutrition.cite
    if menus.respects:
        yield rule("menus.respects", "nutrition respects", cite, values=terms("respects", menus.respects))
    if menus.menu_by:
        yield rule("menus.menu_by", "nutrition menu_by", cite, who=Term("menu_by", menus.menu_by))


def watching(programme: Programme) -> Iterator[Sentence]:
    """Inspections, fraud, records, surveys and reports."""
    inspection = programme.inspection
    if inspection.by or inspection.kinds:
        by, kinds = parties(programme, inspection.by), terms("inspection", inspection.kinds)
        yield rule("inspection", "inspection by kinds", inspection.cite, by=by, kinds=kinds)
    fraud = programme.fraud
    if fraud.flags:
        yield rule("fraud.flags", "fraud flags", fraud.cite, values=terms("fraud_flag", fraud.flags))
    if fraud.consequence:
        steps = terms("consequence", fraud.consequence)
        yield rule("fraud.consequence", "fraud consequence", fraud.cite, values=steps)
    yield from _data(programme)
    yield from _survey(programme)
    yield from _reports(programme)


def _data(programme: Programme) -> Iterator[Sentence]:
    data, cite = programme.data, programme.data.cite
    yield rule("data.audit", "data audit", cite)
    if data.export_to:
        yield rule("data.export_to", "data export_to", cite, where=data.export_to)
    if data.confidentiality:
        yield rule("data.confidentiality", "data confidentiality", cite)
    if data.biometric != "none":
        yield rule(f"data.biometric_{data.biometric}", "data biometric", cite)


def _survey(programme: Programme) -> Iterator[Sentence]:
    survey = programme.survey
    if survey is None:
        return
    cite = survey.cite
    yield rule("survey.metrics", "survey metrics", cite, values=terms("survey", survey.metrics))
    if survey.forms:
        yield rule("survey.forms", "survey forms", cite, values=terms("survey_form", survey.forms))
    if survey.collected_by:
        yield rule(
            "survey.collected_by", "survey collected_by", cite, who=party(programme, survey.collected_by)
        )
    for name, share in survey.targets.items():
        percent = f"{(share * 100).normalize():f}%"
        yield rule("survey.target", "survey targets", cite, metric=Term("survey", name), share=percent)
    if survey.complaints:
        hotline, tracked = survey.complaints.hotline, terms("complaint", survey.complaints.track)
        code = "survey.complaints_tracked" if tracked else "survey.complaints"
        yield rule(code, "survey complaints", cite, hotline=hotline, tracked=tracked)


def _reports(programme: Programme) -> Iterator[Sentence]:
    reports, cite = programme.reports, programme.reports.cite
    if reports.kpi:
        yield rule("reports.kpi", "reports kpi", cite, values=terms("kpi", reports.kpi))
    for one in reports.deadlines:
        to = Said("reports.to", {"where": one.to}) if one.to else ""
        due = one.due if not isinstance(one.due, str) else _each_year(one.due)
        yield rule("reports.deadline", "reports deadlines", cite, what=one.what, due=due, to=to)


def _each_year(due: str) -> Word:
    month, dash, day = due.partition("-")
    if not (dash and month.isdigit() and day.isdigit()):
        return due
    return Said("reports.each_year", {"month": Term("month", str(int(month))), "day": int(day)})
