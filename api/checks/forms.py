"""The registers as forms to be written by hand: each with its own columns, names filled in."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from api.checks.desk import CheckDesk, register_for, subject_name
from api.checks.gaps import Registry, read_registry, services_between
from api.permissions import ensure
from api.reports import register_forms
from api.reports.facts import Named, Rendered
from api.reports.form_facts import FormField, RegisterForm, RegisterForms
from api.reports.stock_facts import StockHead
from kitchen.registers import Register, RegisterField, asked_on, is_done
from kitchen.store.equipment import load_carriers
from kitchen.store.floor import carriers_of
from kitchen.store.production import load_production


def print_forms(session: Session, desk: CheckDesk, on: date, language: str) -> Rendered:
    """The registers' forms of a date as a PDF: those that are due, and those written when it happens."""
    return register_forms.render(forms_of(session, desk, on), language)


def forms_of(session: Session, desk: CheckDesk, on: date) -> RegisterForms:
    """What the registers' forms of a date print; whose entry is written already has no row."""
    ensure(desk.actor, "checks.read", kitchen_id=desk.kitchen.kitchen_id)
    registry = read_registry(session, desk, on, on)
    carriers = _carriers(session, desk, on)
    forms = [
        form
        for register in registry.registers.by_code.values()
        if (form := _form(registry, register, on, carriers)) is not None
    ]
    head = StockHead(desk.kitchen.name, desk.kitchen.zone, on, on, desk.now_at)
    return RegisterForms(head, tuple(forms))


def _form(registry: Registry, register: Register, on: date, carriers: Sequence[str]) -> RegisterForm | None:
    """A register's form; None when everything that it asks for is written."""
    subjects: tuple[str, ...] = ()
    if register.rhythm != "when":
        written = [(one.register, one.subject, one.on) for one in registry.checks]
        order = list(registry.subjects.get(register.about, ()))
        due = [one for one in asked_on(register, registry.subjects, on) if not is_done(one, written)]
        due.sort(key=lambda one: order.index(one.subject) if one.subject else 0)
        if not due:
            return None
        subjects = tuple(_named(registry, register, one.subject) for one in due if one.subject)
    actions = registry.registers.actions
    return RegisterForm(
        name=Named(register.name_zh, register.name_en),
        rhythm=register.rhythm,
        due_by=register.due_by,
        who=Named(register.who_zh, register.who_en),
        signer=Named(register.signer_zh, register.signer_en) if register.signed else None,
        fields=tuple(_field(one) for one in register.fields),
        actions=tuple(Named(*actions[code]) for code in register.actions if code in actions),
        about=bool(register.about),
        subjects=subjects,
        lists=tuple(carriers) if register.lists == "carriers" else (),
        clause=register.clause,
    )


def _named(registry: Registry, register: Register, subject: str) -> str:
    """What people call the one that a row is about, with its own limits."""
    name = subject_name(registry.watch, register.about, subject, registry.gone)
    own = register_for(registry.watch, register, subject).fields
    limits = [one.limits for one in own if one.asks == "limits" and one.limits]
    return " ".join([name, *limits])


def _field(one: RegisterField) -> FormField:
    bounded = one.kind == "number" and one.least is not None and one.most is not None and one.most < 200
    return FormField(
        Named(one.name_zh, one.name_en),
        one.kind,
        one.limits if bounded else one.unit,
        tuple(Named(zh, en) for _, zh, en in one.choices),
    )


def _carriers(session: Session, desk: CheckDesk, on: date) -> list[str]:
    """Codes of the carriers that the published services of a date go out in."""
    services = services_between(session, desk, on, on)
    published = [found for one in services if (found := load_production(session, one.key)) is not None]
    used = carriers_of(session, [one.production_id for one in published])
    known = load_carriers(session, desk.kitchen.kitchen_id)
    return sorted(one.code for one in known if one.carrier_id in used)
