"""``holdchain stock``: what came in, what is left, what went where, what to buy."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, service_here
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened
from api.cli.stock_trace import trace

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.stock.desk import StockDesk
    from kitchen.lots import Declaration

LotArgument = Annotated[str, typer.Argument(metavar="LOT", help="The lot's code.")]
KgOption = Annotated[str, typer.Option(help="Kilograms, as bought.")]
ReasonOption = Annotated[str, typer.Option(help="Why.")]
DayOption = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last date of use.")]
FromOption = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First date (default: today).")
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Lots and stock: received, issued, counted, bought.", no_args_is_help=True)
    group.command("supplier")(supplier)
    group.command("receive")(receive_)
    group.command("list")(list_)
    group.command("lots")(lots)
    group.command("issue")(issue)
    group.command("take")(take)
    group.command("waste")(waste_)
    group.command("hold")(hold)
    group.command("purchase")(purchase)
    group.command("trace")(trace)
    app.add_typer(group, name="stock")


def supplier(
    code: Annotated[
        str | None, typer.Argument(help="The kitchen's code for it; lists all when missing.")
    ] = None,
    name: Annotated[str, typer.Option(help="Its name.")] = "",
    contact: Annotated[str, typer.Option(help="Whom to ask for.")] = "",
    phone: Annotated[str, typer.Option(help="Telephone.")] = "",
    licence: Annotated[list[str] | None, typer.Option(help="kind:number:last day; several.")] = None,
    group: Annotated[list[str] | None, typer.Option(help="Food group it is asked for; several.")] = None,
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Keeps a supplier with its licences, or lists them.

    Example: holdchain stock supplier S01 --name "Market" --licence "food:JY145:2028-06-30" --group red_meat
    """
    from api.stock.documents import supplier_document
    from api.stock.suppliers import keep_supplier, licences_of
    from kitchen.receiving import Supplier
    from kitchen.store.suppliers import load_suppliers

    licences = licences_of(tuple(licence or ()))
    with _desk(data, kitchen) as (session, desk):
        if code is not None:
            told = Supplier("", code, name, contact, phone, licences, frozenset(group or ()))
            keep_supplier(session, desk, told)
        known = load_suppliers(session, desk.kitchen.kitchen_id).values()
    out = Out(json)
    for one in known:
        out.line(f"{one.code}  {one.name}  {one.contact} {one.phone}  {len(one.licences)}")
    out.result({"suppliers": [supplier_document(one) for one in known]})


def receive_(
    food: Annotated[str, typer.Argument(help="Code of the food.")],
    supplier: Annotated[str, typer.Option(help="Code of the supplier.")],
    kg: KgOption,
    expires: DayOption = None,
    temperature: Annotated[
        float | None, typer.Option(help="Of the surface at receipt, degrees Celsius.")
    ] = None,
    paper: Annotated[list[str] | None, typer.Option(help="kind=number; several.")] = None,
    storage: Annotated[str, typer.Option(help="ambient, chilled or frozen; empty = as usual.")] = "",
    supplier_lot: Annotated[str, typer.Option(help="The supplier's own lot number.")] = "",
    photo: Annotated[list[Path] | None, typer.Option(help="Picture of goods or papers; several.")] = None,
    contains: Annotated[str | None, typer.Option(help="Allergens of the label, with blanks between.")] = None,
    may_contain: Annotated[str, typer.Option(help="Allergens it may contain.")] = "",
    hold: Annotated[bool, typer.Option("--hold", help="Take it in held when something is wrong.")] = False,
    refuse: Annotated[bool, typer.Option("--refuse", help="Send it back, and write that down.")] = False,
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Takes a delivery in as a lot; what is wrong is named.

    Example: holdchain stock receive pork-lean-leg --supplier S01 --kg 20 --expires 2026-11-25
    --temperature 3.5 --paper lot_certificate=C1 --paper animal_quarantine=Q1 --paper meat_inspection=I1
    """
    from api.stock.desk import milligrams
    from api.stock.documents import delivery_document
    from api.stock.receive import Receipt, receive
    from kitchen.receiving import STORAGES

    if storage and storage not in STORAGES:
        raise typer.BadParameter(f"one of {', '.join(STORAGES)}", param_hint="--storage")
    if hold and refuse:
        raise typer.BadParameter("--hold or --refuse", param_hint="--refuse")
    told = Receipt(
        food_code=food,
        supplier_code=supplier,
        mg=milligrams(kg),
        papers=_papers(paper or []),
        temperature_c=temperature,
        expires_on=expires.date() if expires else None,
        storage=next((one for one in STORAGES if one == storage), None),
        supplier_lot=supplier_lot,
        declared=_declared(contains, may_contain),
        photos=tuple(_picture(path) for path in photo or ()),
        when_wanting="hold" if hold else "refuse" if refuse else "ask",
    )
    with _desk(data, kitchen) as (session, desk):
        kept = receive(session, desk, told)
    facts = delivery_document(kept, cli_language())
    out = Out(json)
    kg, verdict = f"{kept.lot.received_mg / 1_000_000:.3f}", _word(f"verdict.{kept.verdict}")
    _say(out, "{code}: {kg} kg, {verdict}", code=facts["code"], kg=kg, verdict=verdict)
    for one in facts["wanting"]:
        out.line(f"  {one['words']}")
    out.result(facts)


def list_(
    every: Annotated[bool, typer.Option("--all", help="Lots that are used up, too.")] = False,
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Lists what is left, first expired first. Example: holdchain stock list"""
    from api.stock.documents import lot_document
    from api.stock.views import list_lots

    with _desk(data, kitchen) as (session, desk):
        found = list_lots(session, desk, every=every)
    documents = [lot_document(one, cli_language()) for one in found]
    out = Out(json)
    for one in documents:
        words = _word(f"lot.{one['state']}" if one["state"] != "ok" else f"expiry.{one['expiry']}")
        left_kg = f"{one['left_g'] / 1000:.3f} kg"
        out.line(f"{one['code']}  {one['expires_on'] or '-'}  {left_kg}  {one['food']}  {words}")
    out.result({"lots": documents})


def lots(
    lot: LotArgument, kitchen: KitchenOption = None, data: DataOption = None, json: JsonOption = False
) -> None:
    """Tells everything about a lot, and the batches it went into. Example: holdchain stock lots L0001"""
    from api.stock.desk import need_lot
    from api.stock.documents import lot_file_document
    from api.stock.views import lot_file

    with _desk(data, kitchen) as (session, desk):
        file = lot_file(session, desk, need_lot(session, desk, lot))
    facts = lot_file_document(file, cli_language())
    out = Out(json)
    out.line(f"{facts['code']}  {facts['food']}  {facts['supplier']}  {facts['left_g'] / 1000:.3f} kg")
    for one in facts["moves"]:
        kind = _word(f"move.{one['kind']}")
        out.line(f"  {one['at']}  {kind}  {one['delta_g'] / 1000:+.3f} kg  {one['reason']}")
    for one in facts["batches"]:
        out.line(f"  {one['service']}  {one['batch']}  {one['g'] / 1000:.3f} kg")
    out.result(facts)


def issue(
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    show: Annotated[bool, typer.Option("--show", help="Only show the pick list.")] = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Hands a published service its food, first expired first. Example: holdchain stock issue --show"""
    from api.day.hand_out import hand_out
    from api.people import OPERATOR
    from api.stock.desk import StockDesk, need_kitchen
    from api.stock.documents import picks_document
    from api.stock.views import pick_list
    from orders.errors import NotFound

    with opened(data) as house:
        service = service_here(house, kitchen, date, meal)
        with house.database.begin() as session:
            owner = need_kitchen(session, service.kitchen_id)
            desk = StockDesk(owner, OPERATOR, house.clock.now(), house.ids, house.settings.data)
            if not show:
                hand_out(session, desk, service)
            picks = pick_list(session, desk, service)
    if picks is None:
        raise NotFound("plan", service.key)
    facts = picks_document(picks, cli_language())
    out = Out(json)
    for batch in facts["batches"]:
        out.line(f"{batch['batch']}  {batch['dish']}")
        for line in batch["lines"]:
            done = _word("Handed out") if line["issued"] else _word("To hand out")
            out.line(f"  {line['lot']}  {line['food']}  {line['g'] / 1000:.3f} kg  {done}")
    for one in facts["short"]:
        _say(out, "Short: {food} {kg} kg", food=one["food"], kg=f"{one['g'] / 1000:.3f}")
    out.result(facts)


def take(
    count: Annotated[list[str], typer.Argument(help="LOT=kilograms counted; several.")],
    reason: ReasonOption = "",
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Writes down what was counted. Example: holdchain stock take L0001=12.5 L0002=0 --reason "weighed" """
    from api.stock.moves import take_stock

    counted = {code: _counted_mg(kg) for code, _, kg in (one.partition("=") for one in count)}
    with _desk(data, kitchen) as (session, desk):
        differences = take_stock(session, desk, counted, reason)
    out = Out(json)
    for code, mg in differences.items():
        out.line(f"{code}  {mg / 1_000_000:+.3f} kg")
    out.result({"differences": [{"lot": code, "g": mg / 1000} for code, mg in differences.items()]})


def waste_(
    lot: LotArgument,
    kg: KgOption,
    reason: ReasonOption,
    back: Annotated[bool, typer.Option("--return", help="It goes back to the supplier.")] = False,
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Throws some of a lot away, or sends it back.

    Example: holdchain stock waste L0001 --kg 2 --reason "bruised"
    """
    from api.stock.desk import milligrams
    from api.stock.moves import send_back, waste

    with _desk(data, kitchen) as (session, desk):
        act = send_back if back else waste
        kept = act(session, desk, lot, milligrams(kg), reason)
    out = Out(json)
    _say(out, "{code}: {kg} kg left", code=kept.code, kg=f"{kept.left_mg / 1_000_000:.3f}")
    out.result({"lot": kept.code, "left_g": kept.left_mg / 1000})


def hold(
    lot: LotArgument,
    reason: ReasonOption,
    release: Annotated[bool, typer.Option("--release", help="Set it free again.")] = False,
    destroy: Annotated[bool, typer.Option("--destroy", help="What is left was destroyed.")] = False,
    by: Annotated[str, typer.Option(help="The person who decides or destroys, by name.")] = "",
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Holds a lot and the food of it, and names what stands still; sets it free; or writes down its end.

    Example: holdchain stock hold L0001 --reason "complaint of C03"
    """
    from api.stock.desk import need_lot
    from api.stock.documents import batches_document
    from api.stock.holding import destroy_lot, hold_lot, release_lot, touched

    if release and destroy:
        raise typer.BadParameter("--release or --destroy", param_hint="--destroy")
    with _desk(data, kitchen) as (session, desk):
        if release:
            release_lot(session, desk, lot, reason, by)
        elif destroy:
            destroy_lot(session, desk, lot, reason, by)
        else:
            hold_lot(session, desk, lot, reason, by)
        kept = need_lot(session, desk, lot)
        batches = batches_document(touched(session, kept.lot_id))
    out = Out(json)
    _say(out, "{code}: {state}", code=kept.code, state=_word(f"lot.{kept.state}"))
    for one in batches:
        out.line(f"  {one['service']}  {one['batch']}  {one['g'] / 1000:.3f} kg")
        if one["on_hold"]:
            boxes, sites = " ".join(one["boxes"]) or "–", ", ".join(one["sites"]) or "–"
            _say(out, "    On hold: boxes {boxes}; for {sites}", boxes=boxes, sites=sites)
    out.result({"lot": kept.code, "state": kept.state, "batches": batches})


def purchase(
    from_on: FromOption = None,
    days: Annotated[int, typer.Option(min=1, max=31, help="How many dates.")] = 3,
    papers: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write the list as PDF files here.")
    ] = None,
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Says what the coming services lack, by supplier. Example: holdchain stock purchase --days 2"""
    from api.day.asked import asked_of
    from api.stock.documents import purchase_document
    from api.stock.paper import print_purchase
    from api.stock.purchase import purchase_plan
    from api.words import LANGUAGES

    with _desk(data, kitchen) as (session, desk):
        plan = purchase_plan(session, desk, asked_of, from_on.date() if from_on else None, days)
    out, facts = Out(json), purchase_document(plan, cli_language())
    for one in facts["suppliers"]:
        out.line(one["name"] or _word("No supplier known"))
        for line in one["lines"]:
            out.line(f"  {line['needed_on']}  {line['order_g'] / 1000:.1f} kg  {line['food']}")
    for need in plan.needs:
        out.line(f"{need.service.key}  {sum(need.portions.values())}")
        for purpose, portions in need.extras.items():
            out.line(f"  {_word(f'purpose:{purpose}')}  {portions}")
    for finding in facts["findings"]:
        out.line(finding["words"])
    if papers is not None:
        papers.mkdir(parents=True, exist_ok=True)
        for language in LANGUAGES:
            (papers / f"purchase-list.{language}.pdf").write_bytes(print_purchase(plan, desk, language).pdf)
    out.result(facts)


@contextmanager
def _desk(data: Path | None, kitchen: str | None) -> "Iterator[tuple[Session, StockDesk]]":
    """One transaction at the store room of the kitchen that is meant."""
    from api.cli.choosing import kitchen_here
    from api.people import OPERATOR
    from api.stock.desk import StockDesk

    with opened(data) as house:
        owner = kitchen_here(house, kitchen)
        desk = StockDesk(owner, OPERATOR, house.clock.now(), house.ids, house.settings.data)
        with house.database.begin(lock=f"stock/{owner.kitchen_id}") as session:
            yield session, desk


def _papers(texts: list[str]) -> dict[str, str]:
    for text in texts:
        if "=" not in text:
            raise typer.BadParameter("kind=number", param_hint="--paper")
    return {kind.strip(): number.strip() for kind, _, number in (text.partition("=") for text in texts)}


def _declared(contains: str | None, may_contain: str) -> "Declaration | None":
    from api.stock.receive import declaration

    if contains is None and not may_contain:
        return None
    return declaration(frozenset((contains or "").split()), frozenset(may_contain.split()), frozenset())


def _picture(path: Path) -> bytes:
    from orders.errors import BadInput

    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput("import_no_file", file=str(path)) from error


def _counted_mg(kg: str) -> int:
    from api.stock.desk import counted_mg

    return counted_mg(kg)


def _word(text: str) -> str:
    from api.words import gettext

    return gettext(text, cli_language())


def _say(out: Out, template: str, **facts: Any) -> None:
    out.line(_word(template).format(**facts))
