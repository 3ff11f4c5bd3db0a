"""What a calibrated hand probe can have read."""

from orders.errors import BadInput

LIKELY_C = (-40.0, 110.0)


def likely_core(core_c: float) -> float:
    """
    The core as measured, degrees Celsius.

    Raises
    ------
    BadInput
        When no food has such a core, or it is no number at all.
    """
    if not LIKELY_C[0] <= core_c <= LIKELY_C[1]:
        raise BadInput("core_not_possible", core_c=str(core_c))
    return core_c
