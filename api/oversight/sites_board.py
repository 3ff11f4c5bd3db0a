"""A site's notice board: each of the programme's notices with what is kept of it, the missing ones named."""

from collections.abc import Callable
from datetime import date, datetime

from sqlmodel import Session

from api.oversight.rules import local_day
from api.oversight.site_defaults import NoticeKind
from api.oversight.sites_views import SiteView, site_view
from api.permissions import Actor, ensure
from api.reports.facts import Named
from api.reports.notice_facts import BoardItem, BoardLine, NoticeBoard
from orders.codes import Coded
from orders.errors import NotFound
from orders.oversight.licences import Licence, best_of
from orders.oversight.supply import licences_wanted

Filled = tuple[tuple[BoardLine, ...], tuple[Coded, ...]]
NARROW_LINES, NARROW_CHARACTERS = 8, 160
MISSING = Coded("board_missing")


def notice_board(session: Session, actor: Actor, site_id: str, now_at: datetime) -> NoticeBoard:
    """
    What hangs on a site's wall today.

    Raises
    ------
    NotFound
        When the site is not on file or its programme is not in force.
    """
    ensure(actor, "site.read", site_id=site_id)
    view = site_view(session, actor, site_id, local_day(session, now_at))
    if view.ruled is None:
        raise NotFound("programme", view.file.programme_id)
    rules, defaults = view.ruled.rules, view.ruled.defaults
    return NoticeBoard(
        site_name=view.file.name,
        programme=view.ruled.name,
        operator=view.file.operator,
        address=view.file.address,
        grade=view.grade,
        printed_on=view.day_on,
        items=tuple(_item(view, title, defaults.kind_of(title)) for title in rules.notices),
        defaulted="notices" in view.ruled.defaulted,
    )


def _item(view: SiteView, title: str, kind: NoticeKind) -> BoardItem:
    fill: dict[str, Callable[[SiteView], Filled]] = {
        "licence": _licence,
        "health": _health,
        "prices": _prices,
        "elderly_prices": _elderly_prices,
        "phone": _phone,
        "supply": _supply,
    }
    lines, lacks = fill[kind.kind](view) if kind.kind in fill else _text(view, title)
    return BoardItem(Named(title, kind.en), lines, lacks, _is_narrow(lines))


def _is_narrow(lines: tuple[BoardLine, ...]) -> bool:
    """Whether a notice is short enough to stand beside another."""
    written = sum(len(line.text) for line in lines if isinstance(line.text, str))
    return len(lines) <= NARROW_LINES and written <= NARROW_CHARACTERS


def _licence(view: SiteView) -> Filled:
    lines, lacks = [], []
    for kind in licences_wanted(view.supplies):
        best = best_of([one for _, one in view.licences if one.kind == kind], view.day_on)
        if best is None:
            lacks.append(Coded("lacks_licence", {"licence": kind}))
            continue
        lines += [BoardLine(best.holder), BoardLine(Coded("board_number", {"number": best.number}))]
        if best.to_on is not None:
            lines.append(BoardLine(Coded("board_until", {"to_on": best.to_on.isoformat()})))
        lacks += _over(best, view.day_on, best.holder)
    return tuple(lines), tuple(lacks)


def _health(view: SiteView) -> Filled:
    working = [row for row in view.people if row.person.works_on(view.day_on)]
    if not working:
        return (), (MISSING,)
    lines, lacks = [], []
    for row in working:
        if row.certificate is None:
            lacks.append(Coded("board_no_certificate", {"name": row.person.name}))
            continue
        lines.append(_shown(row.certificate))
        lacks += _over(row.certificate, view.day_on, row.person.name)
    return tuple(lines), tuple(lacks)


def _prices(view: SiteView) -> Filled:
    lines = tuple(BoardLine(one.name, one.price_fen) for one in view.prices)
    return lines, () if lines else (MISSING,)


def _elderly_prices(view: SiteView) -> Filled:
    lines = tuple(
        BoardLine(one.name, one.elderly_fen, one.price_fen)
        for one in view.prices
        if one.elderly_fen is not None
    )
    return lines, () if lines else (MISSING,)


def _phone(view: SiteView) -> Filled:
    lines = [BoardLine(view.file.phone)] if view.file.phone.strip() else []
    if view.ruled is not None and view.ruled.rules.hotline:
        lines.append(BoardLine(Coded("board_hotline", {"number": view.ruled.rules.hotline})))
    return tuple(lines), () if view.file.phone.strip() else (MISSING,)


def _supply(view: SiteView) -> Filled:
    lines = []
    for one in view.supplies:
        cook = one.supplier or view.file.operator
        params = {"meal": one.meal, "supply_form": one.form, "supplier": cook}
        lines.append(BoardLine(Coded("board_supply", params)))
    for stop in view.stops:
        halt = {
            "weekday": str(stop.weekday),
            "opens": f"{stop.opens:%H:%M}",
            "closes": f"{stop.closes:%H:%M}",
            "place": stop.place,
        }
        lines.append(BoardLine(Coded("board_halt", halt)))
    return tuple(lines), () if lines else (MISSING,)


def _text(view: SiteView, title: str) -> Filled:
    written = (line.strip() for line in view.notices.get(title, "").splitlines())
    lines = tuple(BoardLine(line) for line in written if line)
    return lines, () if lines else (MISSING,)


def _shown(one: Licence) -> BoardLine:
    if one.to_on is None:
        return BoardLine(Coded("board_paper", {"holder": one.holder, "number": one.number}))
    to_on = one.to_on.isoformat()
    return BoardLine(Coded("board_paper_until", {"holder": one.holder, "number": one.number, "to_on": to_on}))


def _over(one: Licence, day_on: date, name: str) -> tuple[Coded, ...]:
    if one.to_on is not None and one.to_on < day_on:
        return (Coded("board_expired", {"name": name, "to_on": one.to_on.isoformat()}),)
    if one.from_on > day_on:
        return (Coded("board_not_yet", {"name": name, "from_on": one.from_on.isoformat()}),)
    return ()
