"""Refusals that a user can act on. Only `api.errors` turns one into words and a status."""

from orders.codes import Coded


class MealError(Exception):
    """
    A refusal with a stable code and the facts its sentence needs.

    Parameters
    ----------
    code
        Stable name of the refusal, for example ``"cut_off_not_reached"``.
    params
        What the sentence names: ids, instants, counts.
    """

    reasons: tuple[Coded, ...] = ()
    """What else there is to say: each thing that is lacking, where several are."""

    def __init__(self, code: str, **params: str | int | float) -> None:
        super().__init__(f"{code}: {params}" if params else code)
        self.code = code
        self.params = params

    @property
    def coded(self) -> Coded:
        """The refusal as code and parameters, ready for translation."""
        return Coded(self.code, dict(self.params))


class NotFound(MealError):
    """Something named does not exist."""

    def __init__(self, kind: str, ref: str) -> None:
        super().__init__("not_found", kind=kind, ref=ref)


class Conflict(MealError):
    """The state of things does not allow the act, or somebody else was first."""


class ServiceClosed(MealError):
    """The programme has no service on this date; names the next date that has."""

    def __init__(self, service_on: str, reason: str, next_on: str) -> None:
        super().__init__("service_closed", service_on=service_on, reason=reason, next_on=next_on)


class BadInput(MealError):
    """What was sent cannot be used as it is; the sentence says what would be right."""


class Forbidden(MealError):
    """This person's role does not allow the act."""
