"""What a statement's papers and tables show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api.reports.facts import Named
from api.reports.wording import Words
from orders.statements import said_days


@dataclass(frozen=True, slots=True)
class PaperLine:
    """
    One line of a statement, with the names that the ledger does not have.

    Parameters
    ----------
    line_no
        From 1.
    service_on
        Day of the meal or the grant.
    order_code
        Number of the order; empty for a grant.
    diner
        Name of who ate; empty where nobody in person did.
    diner_code
        The clerk's number of the diner.
    site
        Where.
    benefit
        What is paid for.
    amount_fen, minutes
        How much: fen, and time for a volunteer's account.
    revision
        Of the programme.
    held
        Whether it waits for a review and is not paid.
    adjusts
        Period and line of the closed statement that it corrects; empty for a line of the period itself.
    """

    line_no: int
    service_on: date
    order_code: str
    diner: str
    diner_code: str
    site: Named
    benefit: Named
    amount_fen: int
    revision: int
    held: bool
    adjusts: str
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class OtherOption:
    """
    What an unclear clause could also mean, and what that would change.

    Parameters
    ----------
    option
        The rule that it makes, in words.
    difference_fen
        The total with it less the total, fen.
    """

    option: Named
    difference_fen: int


@dataclass(frozen=True, slots=True)
class Assumption:
    """
    An unclear clause that decided the amount.

    Parameters
    ----------
    code, clause
        Its number in the programme, and the words of the plan.
    question
        What is unclear.
    chosen
        What is assumed.
    others
        The other options that give another amount.
    """

    code: str
    clause: str
    question: Named
    chosen: Named
    others: tuple[OtherOption, ...]


@dataclass(frozen=True, slots=True)
class SignatureBox:
    """
    A place for a signature.

    Parameters
    ----------
    party
        Whose.
    signed_by
        Name of who signed on screen; empty for nobody yet.
    signed_at
        When, None for not yet.
    """

    party: Named
    signed_by: str = ""
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """
    Something that a grant bought.

    Parameters
    ----------
    name, purpose
        What, and for which of the allowed purposes.
    cost_fen
        Price, fen.
    owner
        Whose it is.
    """

    name: str
    purpose: str
    cost_fen: int
    owner: Named


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """
    A statement, ready for print.

    Parameters
    ----------
    number
        Short form of its id, as people quote it.
    programme
        The plan's name.
    title
        What is settled: names of its benefits.
    payer, payee
        Who pays whom.
    period, from_on, to_on
        What it covers.
    due_on
        Last day to pay, None where the programme sets none.
    version, digest
        Which version, and SHA-256 of its lines.
    revisions
        Revisions of the programme that its lines name.
    lines
        In order.
    total_fen, held_fen
        Sums, fen.
    assumptions
        Unclear clauses that decided the amount.
    signatures
        Boxes, in order.
    checks
        Who else may check it.
    assets
        What a grant bought.
    state
        ``"draft"``, ``"submitted"`` ...
    zone
        Time zone of the print.
    printed_at
        Instant of the print.
    minutes
        Time for volunteers' accounts.
    fund
        Where the money lies, None where the programme does not say.
    defaults
        Keys of the programme that decide this statement and do not stand in the plan.
    default_words
        What these keys mean.
    effects_known
        Whether the other readings of unclear clauses were worked out.
    unsettled
        Days of the period that nobody had settled when it was made: it is only a part.
    """

    number: str
    programme: Named
    title: Named
    payer: Named
    payee: Named
    period: str
    from_on: date
    to_on: date
    due_on: date | None
    version: int
    digest: str
    revisions: tuple[int, ...]
    lines: Sequence[PaperLine]
    total_fen: int
    held_fen: int
    assumptions: tuple[Assumption, ...]
    signatures: tuple[SignatureBox, ...]
    checks: tuple[Named, ...]
    assets: tuple[Asset, ...]
    state: str
    zone: str
    printed_at: datetime
    minutes: int = 0
    fund: Named | None = None
    defaults: tuple[str, ...] = ()
    default_words: tuple[Named, ...] = ()
    effects_known: bool = True
    unsettled: tuple[date, ...] = ()

    @property
    def unsettled_days(self) -> str:
        """The days that it lacks, runs of them as their first and last."""
        return said_days(self.unsettled)

    @property
    def due_is_default(self) -> bool:
        """Whether the day to pay by is the system's default, since the plan sets none."""
        return any(key.endswith(".due") for key in self.defaults)

    @property
    def note_on_readings(self) -> str:
        """What to say where no unclear clause is listed."""
        if self.effects_known:
            return "No unclear clause of the plan changes this amount."
        return "What other readings of unclear clauses would give was not worked out."

    @property
    def persons(self) -> int:
        """How many people its lines name."""
        return len({line.diner_code for line in self.lines if line.diner_code})


def partial_text(paper: StatementPaper, words: Words) -> str:
    """That a statement is only a part, and which days it lacks; nothing of a whole one."""
    if not paper.unsettled:
        return ""
    return words("Partial: not settled when it was made: {days}", days=paper.unsettled_days)
