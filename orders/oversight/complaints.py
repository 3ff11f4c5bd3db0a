"""Complaints and wishes, from the hotline or elsewhere: due, assigned, solved, satisfied; and their rates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal, get_args

from orders.errors import Conflict

StepKind = Literal["verified", "unfounded", "assigned", "solved", "reopened", "satisfied", "unsatisfied"]
STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)
ComplaintState = Literal["open", "assigned", "solved", "closed"]

# What may follow in which state; "closed" is answered for by who complained, or unfounded.
_ALLOWED: dict[ComplaintState, frozenset[StepKind]] = {
    "open": frozenset({"verified", "unfounded", "assigned", "solved"}),
    "assigned": frozenset({"verified", "unfounded", "assigned", "solved"}),
    "solved": frozenset({"reopened", "satisfied", "unsatisfied"}),
    "closed": frozenset({"reopened"}),
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """
    What somebody asked for or complained of.

    Parameters
    ----------
    kind
        One of the kinds of the configuration.
    text
        In the person's words.
    channel
        How it came: the hotline's number, ``"site"``, ``"page"`` ...
    site_id
        Which site it is about, empty for none.
    place
        Where the person lives or wants a site: a street or community, empty when not said.
    received_on, due_on
        When it came, and until when it is to be solved.
    eaten_on, meal
        Which day's which meal it is about; None and empty when not said.
    """

    kind: str
    text: str
    channel: str
    site_id: str
    place: str
    received_on: date
    due_on: date
    eaten_on: date | None = None
    meal: str = ""

    def __post_init__(self) -> None:
        if self.due_on < self.received_on:
            raise ValueError(f"Due on {self.due_on}, before it came on {self.received_on}.")


@dataclass(frozen=True, slots=True)
class Step:
    """
    One thing done about a complaint.

    Parameters
    ----------
    kind
        What was done.
    note
        Findings, what was done, what the person said.
    to
        Who it is assigned to, empty otherwise.
    by, at, day_on
        Who did it, at which instant, on which local day.
    """

    kind: StepKind
    note: str
    to: str
    by: str
    at: datetime
    day_on: date


@dataclass(frozen=True, slots=True)
class Progress:
    """
    How a complaint stands after its steps.

    Parameters
    ----------
    state
        Open, assigned, solved, or closed by the person's answer or as unfounded.
    assigned_to
        Who has it, empty for nobody.
    verified
        Whether it was looked into and found so; False is unfounded, None not looked into.
    solved_on
        When it was solved, None while it is not.
    satisfied
        What the person said of the solution, None when not asked.
    """

    state: ComplaintState = "open"
    assigned_to: str = ""
    verified: bool | None = None
    solved_on: date | None = None
    satisfied: bool | None = None


@dataclass(frozen=True, slots=True)
class ComplaintRates:
    """
    How complaints were dealt with.

    Parameters
    ----------
    received
        All of them, the unfounded too.
    founded
        Those that were not found to be unfounded: what the solved are counted of.
    solved
        Solved of them.
    late
        Founded, past their due date and not solved in time.
    answered, satisfied
        Solved ones whose person was asked; of these, content.
    """

    received: int
    founded: int
    solved: int
    late: int
    answered: int
    satisfied: int

    @property
    def solved_ratio(self) -> Fraction | None:
        """Solved of the founded, None when there is none."""
        return Fraction(self.solved, self.founded) if self.founded else None

    @property
    def satisfied_ratio(self) -> Fraction | None:
        """Content of those asked, None when nobody was."""
        return Fraction(self.satisfied, self.answered) if self.answered else None


def due_on(received_on: date, days: int) -> date:
    """Until when a complaint is to be solved, calendar days after it came."""
    return received_on + timedelta(days=days)


def progress(steps: Iterable[Step]) -> Progress:
    """How a complaint stands after these steps, in the order in which they were taken."""
    now = Progress()
    for step in steps:
        now = _after(now, step)
    return now


def allowed_steps(now: Progress) -> frozenset[StepKind]:
    """What may be done next."""
    return _ALLOWED[now.state]


def require_step(now: Progress, kind: StepKind) -> None:
    """
    Refuses a step that the state does not allow.

    Raises
    ------
    Conflict
        With code ``complaint_step``.
    """
    if kind not in allowed_steps(now):
        raise Conflict("complaint_step", complaint_state=now.state, complaint_step=kind)


def is_late(complaint: Complaint, now: Progress, day_on: date) -> bool:
    """Whether a founded complaint was not solved by its due date; ``day_on`` is the present local day."""
    if now.verified is False:
        return False
    return (now.solved_on or day_on) > complaint.due_on


def rates(complaints: Sequence[tuple[Complaint, Progress]], day_on: date) -> ComplaintRates:
    """
    The rates of a set of complaints.

    Parameters
    ----------
    complaints
        Each with how it stands.
    day_on
        The present local day.

    References
    ----------
    docs/oversight.md, "Rates": what counts in which number.
    """
    founded = [(one, now) for one, now in complaints if now.verified is not False]
    asked = [now for _, now in founded if now.satisfied is not None]
    return ComplaintRates(
        received=len(complaints),
        founded=len(founded),
        solved=sum(now.solved_on is not None for _, now in founded),
        late=sum(is_late(one, now, day_on) for one, now in founded),
        answered=len(asked),
        satisfied=sum(now.satisfied is True for now in asked),
    )


def _after(now: Progress, step: Step) -> Progress:
    match step.kind:
        case "verified":
            return Progress(now.state, now.assigned_to, True)
        case "unfounded":
            return Progress("closed", now.assigned_to, False)
        case "assigned":
            return Progress("assigned", step.to, now.verified)
        case "solved":
            return Progress("solved", now.assigned_to, now.verified, step.day_on)
        case "reopened":
            return Progress("assigned" if now.assigned_to else "open", now.assigned_to)
        case "satisfied" | "unsatisfied":
            content = step.kind == "satisfied"
            return Progress("closed", now.assigned_to, now.verified, now.solved_on, content)
