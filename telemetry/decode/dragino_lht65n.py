"""
Payloads of Dragino's LHT65N (and LHT65) over LoRaWAN, with the records it keeps without a network.

References
----------
"LHT65N LoRaWAN Temperature & Humidity Sensor Manual" at https://wiki.dragino.com, "Uplink Payload" and
"Datalog Feature"; https://github.com/dragino/dragino-end-node-decoder/tree/main/LHT65N.
"""

from telemetry.frames import Sheet, unix_instant
from telemetry.lorawan import EXTERNAL, payload_family
from telemetry.one_wire import doubt_of, is_lost
from telemetry.readings import WHOLE_DEVICE

_SIZE, _PRESENT_SIZES = 11, (11, 15)
_PORTS, _LOG_PORT, _STATUS_PORT = (None, 2, 3, 5), 3, 5
_STATUS_SIZE, _STATUS_MODELS = 7, (0x0B, 0x1A)
_COLLECTED = (0x01, 0x02, 0x03, 0x04)  # kinds of sensor
_TIMES_SET_FROM, _TIMES_FROM = 0x02, 0x54  # the years 1971 and 2014

# The external sensor's kinds: six bits of the seventh byte, four for clocked kinds and in records.
_ONE_WIRE = (0x01, 0x09)
_CLOCKED = (0x09, 0x0A)  # sent with the device's own time
_TEMPERATURES = (0x01, 0x02, 0x09, 0x0A, 0x0B, 0x10, 0x20)
_SHT31, _SHT31_IN_RECORDS, _SHT31_WITH_ID, _BUTTON = 0x0B, 0x0C, 0x10, 0x10
_HUMIDITIES = (_SHT31, _SHT31_WITH_ID)
_LUX = 0x05
_SILENT = (0x00, 0x04, 0x06, 0x07, 0x08, 0x0E, 0x0F)  # none, interrupt, voltage, pulses, motion, its serial
_KINDS = (*_TEMPERATURES, _LUX, *_SILENT)
_INSTEAD_OF_BUILT_IN = (0x0E, 0x0F, 0x10, 0x20)  # counts or a serial number stand in its place

_ASKED, _UNANSWERED = 0x40, 0x80
_FROM_MEMORY = _ASKED | _UNANSWERED

LOW_V = 2.55  # the manual's "BAT": Low up to here, Ultra Low up to 2.50 V
_ABSENT = b"\x7f\xff"
_HUMIDITY_ABSENT = 0xFFF


def note_payload(sheet: Sheet, payload: bytes, f_port: int | None) -> None:
    """
    Notes one payload: the present values, records from memory, or the device's status.

    Parameters
    ----------
    sheet
        Of the frame that carried it.
    payload
        Its bytes.
    f_port
        The port it came from; None is taken for the vendor's.
    """
    is_status = f_port is None and len(payload) == _STATUS_SIZE and payload[0] in _STATUS_MODELS
    if f_port not in _PORTS:
        sheet.find("format_unknown", f"port {f_port}")
    elif f_port == _STATUS_PORT or is_status:
        _note_status(sheet, payload)
    elif len(payload) < _SIZE:
        sheet.find("frame_truncated", payload.hex())
    elif not any(payload):  # the answer to a poll of hours without records
        sheet.find("frame_without_readings", payload[:_SIZE].hex())
    elif (is_log := f_port == _LOG_PORT or _is_log(payload)) and _is_collection(payload, f_port):
        sheet.find("format_unknown", f"port {f_port}: {payload[:20].hex()}")
    elif is_log:
        _note_log(sheet, payload)
    elif len(payload) in _PRESENT_SIZES and _kind(payload[6]) in _KINDS:
        _note_present(sheet, payload)
    else:
        sheet.find("format_unknown", payload[:20].hex())


FAMILY = payload_family("dragino-lht65n", "counter", note_payload)


def _kind(flags: int) -> int:
    """What is plugged in; a button that was pressed adds a bit, which alone is a kind of its own."""
    kind = flags & 0x3F
    return kind if kind == _SHT31_WITH_ID else kind & ~_BUTTON


def _is_log(payload: bytes) -> bool:
    """
    Whether it is records, asked for or sent for want of an acknowledgement.

    The uppermost bit of some firmware says that no probe is connected; then the probe's value says so too.
    """
    asked, unanswered = payload[6] & _ASKED, payload[6] & _UNANSWERED
    is_clocked = payload[6] & 0x0F in _CLOCKED
    return bool(asked or is_clocked or (unanswered and payload[7:9] != _ABSENT))


def _is_collection(payload: bytes, f_port: int | None) -> bool:
    """
    Whether it is temperatures in a row, without their instants.

    The upper byte of the third stands where a record has the highest of its time. Without the port a record
    of 1970 is taken for one of a clock that was never set.
    """
    first = 0 if f_port == _LOG_PORT else _TIMES_SET_FROM
    return payload[2] in _COLLECTED and first <= payload[7] < _TIMES_FROM


def _note_status(sheet: Sheet, payload: bytes) -> None:
    if len(payload) < _STATUS_SIZE:
        sheet.find("frame_truncated", payload.hex())
    else:
        _note_battery(sheet, int.from_bytes(payload[5:7], "big") / 1000)


def _note_present(sheet: Sheet, payload: bytes) -> None:
    kind = _kind(payload[6])
    _note_battery(sheet, (int.from_bytes(payload[:2], "big") & 0x3FFF) / 1000)
    if kind not in _INSTEAD_OF_BUILT_IN:
        _note_built_in(sheet, payload)
    _note_external(sheet, kind, payload[7:9])
    if kind in _HUMIDITIES:
        _note_humidity(sheet, EXTERNAL, payload[9:11])


def _note_battery(sheet: Sheet, volts: float) -> None:
    sheet.add("battery_voltage", volts)
    if volts <= LOW_V:
        sheet.add("battery_low", 1.0)


def _note_log(sheet: Sheet, payload: bytes) -> None:
    if len(payload) % _SIZE:
        sheet.find("format_unknown", payload[:20].hex())
        return
    for start in range(0, len(payload), _SIZE):
        entry = payload[start : start + _SIZE]
        if any(entry):
            told_at = unix_instant(int.from_bytes(entry[7:], "big"))
            record = sheet.record(told_at, is_live=not entry[6] & _FROM_MEMORY)
            _note_built_in(record, entry)
            kind = entry[6] & 0x0F
            _note_external(record, _SHT31 if kind == _SHT31_IN_RECORDS else kind, entry[:2])


def _note_built_in(sheet: Sheet, part: bytes) -> None:
    _note_temperature(sheet, WHOLE_DEVICE, part[2:4])
    _note_humidity(sheet, WHOLE_DEVICE, part[4:6])


def _note_external(sheet: Sheet, kind: int, told: bytes) -> None:
    if kind in _TEMPERATURES:
        _note_temperature(sheet, EXTERNAL, told, is_one_wire=kind in _ONE_WIRE)
    elif kind == _LUX:
        sheet.add("illuminance", int.from_bytes(told, "big"), probe=EXTERNAL)
    elif kind not in _KINDS:
        sheet.find("format_unknown", f"external sensor {kind:#04x}")


def _note_temperature(sheet: Sheet, probe: str, told: bytes, *, is_one_wire: bool = False) -> None:
    value = int.from_bytes(told, "big", signed=True) / 100
    if told == _ABSENT or (is_one_wire and is_lost(value)):
        sheet.find("value_sentinel", f"{probe} {told.hex()}")
    else:
        sheet.add("temperature", value, probe=probe, doubt=doubt_of(value) if is_one_wire else "")


def _note_humidity(sheet: Sheet, probe: str, told: bytes) -> None:
    raw = int.from_bytes(told, "big") & 0xFFF
    if raw == _HUMIDITY_ABSENT:
        sheet.find("value_sentinel", f"{probe} humidity {told.hex()}")
    else:
        sheet.add("humidity", raw / 10, probe=probe)
