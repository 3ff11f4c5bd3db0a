"""
What a DS18B20 says when it measured nothing, the same in every family that carries one.

References
----------
DS18B20 datasheet, "Operation, measuring temperature": the register holds 85 deg C at power-on. -127 is
``DEVICE_DISCONNECTED_C`` of the library that most firmware reads it with
(https://github.com/milesburton/Arduino-Temperature-Control-Library).
"""

from telemetry.readings import Doubt

POWER_ON_C = 85.0
DISCONNECTED_C = -127.0


def doubt_of(value: object) -> Doubt:
    """``"power_on"`` for exactly 85 deg C: the sensor may have just started, or be that warm."""
    return "power_on" if value == POWER_ON_C else ""


def is_lost(value: object) -> bool:
    """Whether a temperature is the one that stands for a sensor that does not answer, in any unit it came."""
    return isinstance(value, int | float) and -128 < value < -126 and abs(value - DISCONNECTED_C) < 1e-6
