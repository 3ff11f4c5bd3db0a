"""``holdchain diner``: registering people, their facts, cards, family and programmes."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.choosing import diner_here
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlmodel import Session

    from api.house import House
    from api.register.finding import WholePerson

CodeArgument = Annotated[str, typer.Argument(metavar="DINER", help="The diner's code, as P00001.")]
FromOption = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="First day.")
]
ToOption = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="Last day.")
]
EvidenceOption = Annotated[str, typer.Option(help="The paper it rests on, with its number.")]
ApprovedOption = Annotated[str, typer.Option("--approved-by", help="Who approved it.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="People: register, facts, cards, family, programmes.", no_args_is_help=True)
    group.command("register")(register_)
    group.command("show")(show)
    group.command("fact")(fact)
    group.command("bind")(bind_)
    group.command("enrol")(enrol_)
    cards = typer.Typer(help="QR meal cards, card numbers, telephones.", no_args_is_help=True)
    cards.command("issue")(issue)
    cards.command("revoke")(revoke_)
    cards.command("print")(print_)
    group.add_typer(cards, name="card")
    app.add_typer(group, name="diner")


def register_(
    name: Annotated[str, typer.Argument(help="As on the ID card.")],
    site: Annotated[str, typer.Option(help="Code of the canteen.")],
    id_number: Annotated[
        str, typer.Option(help="Eighteen characters; - asks for it, so that no shell remembers it.")
    ] = "",
    born_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of birth, without an ID number.")
    ] = None,
    delivery: Annotated[str, typer.Option(help="dine_in or volunteer.")] = "dine_in",
    phone: Annotated[str, typer.Option(help="Telephone.")] = "",
    hukou: Annotated[str, typer.Option(help="Household registration, six digits.")] = "",
    residence: Annotated[str, typer.Option(help="District or street, as the programme writes it.")] = "",
    programme: Annotated[str, typer.Option(help="Enrol from today (default: the kitchen's own).")] = "",
    evidence: EvidenceOption = "",
    approved_by: ApprovedOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Registers somebody. Example: holdchain diner register 张三 --site C01 --id-number -"""
    from api.people import OPERATOR
    from api.register.people import DELIVERIES, NewDiner, register_diner
    from api.register.secret import people_keys

    if delivery not in DELIVERIES:
        raise typer.BadParameter(f"one of {', '.join(DELIVERIES)}", param_hint="--delivery")
    if id_number == "-":
        id_number = typer.prompt("ID number", hide_input=True, err=True)
    new = NewDiner(
        name=name,
        site_id=site,
        id_number=id_number,
        born_on=_day(born_on),
        delivery=delivery,
        phone=phone,
        hukou=hukou,
        residence=residence,
        programme_id=programme,
        evidence=evidence,
        approved_by=approved_by,
    )
    with opened(data) as house:
        keys = people_keys(house.settings.data)
        with house.database.begin() as session:
            diner = register_diner(session, OPERATOR, house.clock.now(), house.ids, keys, new)
        _say(house, diner.diner_id, json)


def show(code: CodeArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Shows what the register has about a diner. Example: holdchain diner show P00001"""
    with opened(data) as house:
        _say(house, diner_here(house, code), json)


def fact(
    code: CodeArgument,
    name: Annotated[str, typer.Argument(metavar="FACT", help="As programmes name it: flag, residence ...")],
    value: Annotated[str, typer.Argument(help="As programmes write it: loses_ability, 450202 ...")],
    from_on: FromOption = None,
    to_on: ToOption = None,
    evidence: EvidenceOption = "",
    approved_by: ApprovedOption = "",
    correct: Annotated[
        int | None, typer.Option(help="Position of the entry that this one puts right.")
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Notes a dated fact. Example: holdchain diner fact P00001 flag loses_ability --evidence 评估表12号"""
    from api.people import OPERATOR
    from api.register.facts import Learnt, correct_fact, learn_fact

    learnt = Learnt(name, value, _day(from_on), _day(to_on), evidence, approved_by)

    def act(house: "House", session: "Session", diner_id: str) -> None:
        now_at = house.clock.now()
        if correct is None:
            learn_fact(session, OPERATOR, now_at, house.ids, diner_id, learnt)
        else:
            correct_fact(session, OPERATOR, now_at, house.ids, diner_id, correct, learnt)

    _act(data, code, json, act)


def bind_(
    code: CodeArgument,
    login: Annotated[str, typer.Argument(help="Who will act; a new login is added.")],
    relation: Annotated[str, typer.Option(help="self, family or agent.")] = "family",
    consent: Annotated[
        str, typer.Option(help="in_person, signed_form, phone_call or guardian.")
    ] = "in_person",
    name: Annotated[str, typer.Option(help="Of a new user; the login where it is missing.")] = "",
    to_on: ToOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Lets a user act for a diner. Example: holdchain diner bind P00001 daughter --consent signed_form"""
    from api.people import OPERATOR
    from api.register.family import NewBinding, bind
    from orders.bindings import CONSENTS, RELATIONS

    if relation not in RELATIONS:
        raise typer.BadParameter(f"one of {', '.join(RELATIONS)}", param_hint="--relation")
    if consent not in CONSENTS:
        raise typer.BadParameter(f"one of {', '.join(CONSENTS)}", param_hint="--consent")
    new = NewBinding(login, relation, consent, name, to_on=_day(to_on))

    def act(house: "House", session: "Session", diner_id: str) -> None:
        bind(session, OPERATOR, house.clock.now(), house.ids, diner_id, new)

    _act(data, code, json, act)


def enrol_(
    code: CodeArgument,
    programme: Annotated[str, typer.Argument(help="Id of a programme in force.")],
    from_on: FromOption = None,
    to_on: ToOption = None,
    evidence: EvidenceOption = "",
    approved_by: ApprovedOption = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Enrols a diner. Example: holdchain diner enrol P00001 changping-2023 --from 2027-01-01"""
    from api.people import OPERATOR
    from api.register.enrolling import enrol

    def act(house: "House", session: "Session", diner_id: str) -> None:
        enrol(
            session,
            OPERATOR,
            house.clock.now(),
            house.ids,
            diner_id,
            programme,
            from_on=_day(from_on),
            to_on=_day(to_on),
            evidence=evidence,
            approved_by=approved_by,
        )

    _act(data, code, json, act)


def issue(
    code: CodeArgument,
    card: Annotated[str, typer.Option(help="Number of a card that the person has.")] = "",
    phone: Annotated[str, typer.Option(help="A telephone.")] = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Issues a QR card in place of the last, or notes a number. Example: holdchain diner card issue P00001"""
    from api.people import OPERATOR
    from api.register.cards import issue_number, issue_qr
    from api.register.secret import people_keys

    def act(house: "House", session: "Session", diner_id: str) -> None:
        now_at = house.clock.now()
        if not card and not phone:
            keys = people_keys(house.settings.data)
            issue_qr(session, OPERATOR, now_at, house.ids, keys, diner_id)
        if card:
            issue_number(session, OPERATOR, now_at, house.ids, diner_id, "card", card)
        if phone:
            issue_number(session, OPERATOR, now_at, house.ids, diner_id, "phone", phone)

    _act(data, code, json, act)


def revoke_(
    code: CodeArgument,
    reason: Annotated[str, typer.Option(help="lost, damaged, handed_back, mistyped or replaced.")] = "lost",
    kind: Annotated[str, typer.Option(help="qr, card or phone: every good one of the kind.")] = "qr",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Ends a lost card at once. Example: holdchain diner card revoke P00001 --reason lost"""
    from api.people import OPERATOR
    from api.register.cards import REASONS, revoke
    from orders.credentials import CREDENTIAL_KINDS
    from orders.errors import NotFound
    from orders.store.credentials import load_credentials

    if reason not in REASONS:
        raise typer.BadParameter(f"one of {', '.join(REASONS)}", param_hint="--reason")
    if kind not in CREDENTIAL_KINDS:
        raise typer.BadParameter(f"one of {', '.join(CREDENTIAL_KINDS)}", param_hint="--kind")

    def act(house: "House", session: "Session", diner_id: str) -> None:
        good = load_credentials(session, [diner_id], kind, good_only=True)
        if not good:
            raise NotFound("card", code)
        for one in good:
            revoke(session, OPERATOR, house.clock.now(), one.credential_id, reason)

    _act(data, code, json, act)


def print_(
    out: Annotated[Path, typer.Option(metavar="FILE", help="The PDF to write.")] = Path("meal-cards.pdf"),
    site: Annotated[str, typer.Option(help="Everybody of this canteen; who has no card gets one.")] = "",
    diner: Annotated[list[str] | None, typer.Option(help="A diner's code; repeat it.")] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Prints QR meal cards, eight on an A4 sheet. Example: holdchain diner card print --site C01"""
    from api.people import OPERATOR
    from api.register.cards import cards_of, issue_missing
    from api.register.secret import people_keys
    from api.reports.meal_cards import render
    from api.words import say
    from orders.codes import Coded

    if bool(site) == bool(diner):
        raise typer.BadParameter("either --site or --diner")
    with opened(data) as house:
        keys = people_keys(house.settings.data)
        ids = [diner_here(house, code) for code in diner or []]
        with house.database.begin() as session:
            now_at = house.clock.now()
            if site:
                ids = issue_missing(session, OPERATOR, now_at, house.ids, keys, site)
            cards = cards_of(session, OPERATOR, now_at, keys, ids)
    printed = render(cards, cli_language())
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(printed.pdf)
    voice = Out(json)
    counts: dict[str, str | int | float] = {"file": str(out), "count": len(cards), "pages": printed.pages}
    voice.line(say(Coded("cards_printed" if cards else "cards_none", counts), cli_language()))
    voice.result({"file": str(out), "cards": len(cards), "pages": printed.pages})


def _act(data: Path | None, code: str, json: bool, act: "Callable[[House, Session, str], None]") -> None:
    with opened(data) as house:
        diner_id = diner_here(house, code)
        with house.database.begin(lock=f"diner/{diner_id}") as session:
            act(house, session, diner_id)
        _say(house, diner_id, json)


def _say(house: "House", diner_id: str, json: bool) -> None:
    from api.people import OPERATOR
    from api.register.documents import person_document
    from api.register.finding import whole_person

    with house.database.read() as session:
        whole = whole_person(session, OPERATOR, house.clock.now(), diner_id)
    out = Out(json)
    for line in _lines(whole):
        out.line(line)
    out.result(person_document(whole))


def _lines(whole: "WholePerson") -> list[str]:
    diner = whole.diner
    last_four = f"  …{whole.last_four}" if whole.last_four else ""
    lines = [f"{diner.code}  {diner.name}  {diner.born_on}  {whole.site}{last_four}"]
    for one in whole.history:
        if one.stands:
            fact = one.fact
            days = f"{fact.from_on or '…'} – {fact.to_on or '…'}"
            lines.append(f"  [{one.position}] {fact.fact} = {fact.value}  {days}  {fact.evidence}")
    lines += [f"  {one.programme_id}  {one.state}" for one in whole.enrolments]
    lines += [f"  {one.kind} {one.shown}  {one.reason}".rstrip() for one in whole.credentials]
    lines += [f"  {whole.logins[one.user_id][0]}  {one.relation}" for one in whole.bindings]
    return lines


def _day(instant: datetime | None) -> "date | None":
    return None if instant is None else instant.date()
