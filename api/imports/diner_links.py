"""What a roster says of a diner beside the facts: ID number, telephone, programme."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.imports.cells import Record, RowProblem
from api.imports.names import nearest
from api.imports.report import Applied, Context, RowRefused
from orders.codes import Coded
from orders.credentials import Credential, phone_number
from orders.enrolment import Enrolment, from_roster, overlapping
from orders.errors import BadInput
from orders.identity import IdNumber, read_id_number
from orders.store.credentials import load_credentials, revoke_credential, save_credentials
from orders.store.enrolments import load_enrolments, save_enrolments
from orders.store.identities import load_identities, save_identity
from orders.store.programmes import load_programmes


@dataclass(frozen=True, slots=True)
class Links:
    """
    What one row says.

    Parameters
    ----------
    line
        Of the row.
    digest, last_four
        Of the ID number, empty when the row gives none.
    phone
        The telephone's digits, empty when the row gives none that can be looked up.
    drops_phone
        Whether the telephone's cell was emptied.
    programme_id, from_on
        Enrolled in what, since when; empty when the row gives none.
    """

    line: int
    digest: str = ""
    last_four: str = ""
    phone: str = ""
    drops_phone: bool = False
    programme_id: str = ""
    from_on: date | None = None


class LinkRegister:
    """
    Reads rows' links against what is known, and keeps those of good rows.

    Parameters
    ----------
    context
        Open transaction and keys.
    codes
        Diner id to code of every diner.
    """

    def __init__(self, context: Context, codes: Mapping[str, str]) -> None:
        self._context = context
        self._codes = codes
        self._identities = load_identities(context.session)
        self._holders = {digest: diner_id for diner_id, (digest, _) in self._identities.items()}
        self._lines: dict[str, int] = {}
        self._phones: dict[str, list[Credential]] = {}
        for one in load_credentials(context.session, None, "phone", good_only=True):
            self._phones.setdefault(one.diner_id, []).append(one)
        self._enrolments = load_enrolments(context.session)
        self._programmes = load_programmes(context.session, context.today_on)

    def read(self, record: Record, diner_id: str) -> Links:
        """
        What a row says.

        Raises
        ------
        RowRefused
            When the ID number cannot be or is another person's, or no programme has that name.
        """
        read = self._id_number(record, diner_id)
        programme_id = str(record.values.get("programme") or "")
        if programme_id and programme_id not in self._programmes:
            offered = nearest([programme_id], self._programmes)
            raise RowRefused("programme", "row_programme_unknown", offered=offered)
        from_on = record.values.get("programme_from")
        keys = self._context.keys
        return Links(
            line=record.line,
            digest=read.digest(keys.identity) if read and keys else "",
            last_four=read.last_four if read else "",
            phone=_phone(record),
            drops_phone="phone" in record.values and record.values["phone"] is None,
            programme_id=programme_id,
            from_on=from_on if isinstance(from_on, date) else None,
        )

    def changes(self, diner_id: str, links: Links) -> bool:
        """Whether a row says something that is not known yet."""
        digest = self._identities.get(diner_id, ("", ""))[0]
        held = {one.number_or_digest for one in self._phones.get(diner_id, [])}
        enrolled = {
            one.programme_id for one in self._enrolments.get(diner_id, ()) if one.state != "withdrawn"
        }
        return (
            links.digest not in ("", digest)
            or (bool(links.phone) and links.phone not in held)
            or (bool(links.programme_id) and links.programme_id not in enrolled)
        )

    def keep(self, kept: Sequence[tuple[str, Links, str]]) -> None:
        """
        Keeps the links of good rows, once the diners are there.

        Parameters
        ----------
        kept
            Diner id, what the row says, and the telephone that the roster gave before.
        """
        context = self._context
        fresh = []
        for diner_id, links, phone_before in kept:
            if links.digest and links.digest != self._identities.get(diner_id, ("", ""))[0]:
                save_identity(
                    context.session,
                    diner_id,
                    links.digest,
                    links.last_four,
                    recorded_at=context.now_at,
                    recorded_by=context.author,
                )
            fresh += self._phone_of(diner_id, links, phone_before)
        save_credentials(context.session, fresh)
        enrolled = [self._enrolment(diner_id, links) for diner_id, links, _ in kept if links.programme_id]
        new = [one for one in enrolled if one is not None]
        save_enrolments(context.session, new, recorded_at=context.now_at, evidence="import")

    def list_overlaps(self, rows: Mapping[str, Links], applied: Applied) -> None:
        """Lists, by line, the diners of these rows whose programme waits for a decision."""
        if not any(links.programme_id for links in rows.values()):
            return
        known = load_enrolments(self._context.session)
        for diner_id, links in rows.items():
            own = known.get(diner_id, ())
            for new in own:
                other = overlapping(own, new)
                if new.state == "disputed" and new.programme_id == links.programme_id and other:
                    applied.overlaps.append(_overlap(links, new, other))

    def _enrolment(self, diner_id: str, links: Links) -> Enrolment | None:
        first_on = links.from_on or self._context.today_on
        said = Enrolment(self._context.ids.new(), diner_id, links.programme_id, first_on)
        return from_roster(self._enrolments.get(diner_id, ()), said)

    def _id_number(self, record: Record, diner_id: str) -> IdNumber | None:
        text = record.values.get("id_number")
        if not text:
            return None
        if self._context.keys is None:
            raise ValueError("A file with ID numbers needs the house's keys.")
        try:
            read = read_id_number(str(text), self._context.today_on)
        except BadInput as refusal:
            raise RowRefused("id_number", refusal.code, **refusal.params) from refusal
        if read.born_on != record.values["born_on"]:
            raise RowRefused("born_on", "born_on_differs", born_on=read.born_on.isoformat())
        digest = read.digest(self._context.keys.identity)
        holder = self._holders.get(digest, diner_id)
        if holder != diner_id:
            raise RowRefused("id_number", "already_registered", diner=self._codes.get(holder, "-"))
        first = self._lines.setdefault(digest, record.line)
        if first != record.line:
            raise RowRefused("id_number", "row_id_twice", line=first)
        return read

    def _phone_of(self, diner_id: str, links: Links, phone_before: str) -> list[Credential]:
        """The new telephone; the one that the roster gave before is revoked when it changed."""
        context = self._context
        held = {one.number_or_digest: one for one in self._phones.get(diner_id, [])}
        before = held.get(_digits(phone_before))
        if before and (links.drops_phone or (links.phone and links.phone != before.number_or_digest)):
            revoke_credential(context.session, before.credential_id, context.now_at, "replaced")
        if not links.phone or links.phone in held:
            return []
        return [Credential(context.ids.new(), "phone", diner_id, links.phone, context.now_at)]


def masked(record: Record) -> Record:
    """The row with its ID number cut to the last four, as reports may show it."""
    cell = record.cells.get("id_number", "")
    cells = {**record.cells, "id_number": f"…{cell[-4:]}"} if len(cell) > 4 else record.cells
    return Record(record.line, record.values, cells)


def _phone(record: Record) -> str:
    return _digits(str(record.values.get("phone") or ""))


def _digits(text: str) -> str:
    """A telephone's digits, empty for a cell that is none, such as one with an extension."""
    try:
        return phone_number(text)
    except BadInput:
        return ""


def _overlap(links: Links, new: Enrolment, other: Enrolment) -> RowProblem:
    said = Coded("row_enrolled_elsewhere", {"programme": other.programme_id, "wanted": new.programme_id})
    return RowProblem(links.line, "programme", links.programme_id, said)
