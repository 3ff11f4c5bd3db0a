"""
Payloads of Milesight's EM300 series over LoRaWAN: channels one after another, with records from memory.

References
----------
https://github.com/Milesight-IoT/SensorDecoders/tree/main/em-series, folders em300-th, em300-mcs, em300-sld,
em300-zld, em300-mld, em300-di, em320-th and em320-th-v2.
"""

from collections.abc import Mapping

from telemetry.frames import Sheet, unix_instant
from telemetry.lorawan import payload_family

_BATTERY, _TEMPERATURE, _HUMIDITY, _MAGNET = 0x0175, 0x0367, 0x0468, 0x0600
_HISTORY, _HISTORY_OF_WATER = 0x20CE, 0x21CE
_TEMPERATURES = (_TEMPERATURE, 0x8367, 0x9367)  # beside the alarm that its limit or its jump set off
_HUMIDITY_TENTHS = 0x049A
_FAILED = {0xB367: "temperature", 0xB468: "humidity", 0xB49A: "humidity"}
_HISTORY_SIZES = (8, 13, 7, 9)  # most models, EM300-DI, EM320-TH, its second version
_OF_TENTHS = 9
_HUMIDITY_ABSENT, _TENTHS_ABSENT = 0xFF, 0xFFFF

# What follows each channel's id and type; those without a name above are passed over.
_SIZES: Mapping[int, int] = {
    _BATTERY: 1, _TEMPERATURE: 2, _HUMIDITY: 1, _MAGNET: 1, _HISTORY_OF_WATER: 18,
    0x0500: 1, 0x05C8: 4, 0x05E1: 8, 0x06E1: 8, 0x8500: 2, 0x85E1: 9, 0x86E1: 9,
    0x03ED: 1, 0x04EE: 1, 0x83ED: 2,
    _HUMIDITY_TENTHS: 2, 0x056B: 1, 0x059C: 1, 0x8367: 3, 0x9367: 5, 0x8468: 2, 0x9468: 3, 0x849A: 3,
    0x949A: 5, 0xB367: 2, 0xB468: 2, 0xB49A: 2,
    0xFF01: 1, 0xFF09: 2, 0xFF0A: 2, 0xFF0B: 1, 0xFF0F: 1, 0xFF16: 8, 0xFFFE: 1, 0xFFFF: 2,
}  # fmt: skip
_SETTING_SIZES: Mapping[int, int] = {
    0x02: 2, 0x03: 2, 0x06: 9, 0x10: 1, 0x17: 2, 0x27: 1, 0x28: 1, 0x35: 8, 0x4E: 2, 0x68: 1, 0x69: 1,
    0x6A: 3, 0x6D: 1, 0x79: 6, 0x92: 5, 0xA1: 7, 0xA2: 9, 0xA3: 2, 0xA4: 2, 0xC3: 1, 0xEA: 3,
}  # fmt: skip


def note_payload(sheet: Sheet, payload: bytes, f_port: int | None) -> None:
    """
    Notes one payload; the vendor uses any port.

    Parameters
    ----------
    sheet
        Of the frame that carried it.
    payload
        Its bytes.
    f_port
        The port it came from.
    """
    walks = [_channels(payload, size) for size in _HISTORY_SIZES]
    channels, rest = next((walk for walk in walks if not walk[1]), walks[0])
    for channel, content in channels:
        _note(sheet, channel, content)
    if rest:
        is_known = _size_of(int.from_bytes(rest[:2], "big"), 0) is not None or len(rest) < 2
        sheet.find("frame_truncated" if is_known else "format_unknown", rest[:20].hex())


FAMILY = payload_family("milesight-em300", "counter", note_payload)


def _channels(payload: bytes, history_size: int) -> tuple[list[tuple[int, bytes]], bytes]:
    """Channels with their content, and the rest that cannot be read."""
    channels, at = [], 0
    while at < len(payload):
        channel = int.from_bytes(payload[at : at + 2], "big")
        size = _size_of(channel, history_size)
        if size is None or at + 2 + size > len(payload):
            break
        channels.append((channel, payload[at + 2 : at + 2 + size]))
        at += 2 + size
    return channels, payload[at:]


def _size_of(channel: int, history_size: int) -> int | None:
    if channel == _HISTORY:
        return history_size
    if channel not in _SIZES and channel >> 8 in (0xFE, 0xFF):
        return _SETTING_SIZES.get(channel & 0xFF)
    return _SIZES.get(channel)


def _note(sheet: Sheet, channel: int, content: bytes) -> None:
    if channel == _BATTERY:
        sheet.add("battery", content[0])
    elif channel in _TEMPERATURES:
        sheet.add("temperature", _tenths(content))
    elif channel == _HUMIDITY:
        _note_humidity(sheet, content[0])
    elif channel == _HUMIDITY_TENTHS:
        _note_humidity_tenths(sheet, content)
    elif channel in _FAILED:
        sheet.find("value_sentinel", f"{_FAILED[channel]} error {content[0]}")
    elif channel == _MAGNET:
        sheet.add("open", content[0])
    elif channel in (_HISTORY, _HISTORY_OF_WATER):
        record = sheet.record(unix_instant(int.from_bytes(content[:4], "little")))
        if any(content[4:7]):
            record.add("temperature", _tenths(content[4:6]))
            if len(content) == _OF_TENTHS:
                _note_humidity_tenths(record, content[6:8])
            else:
                _note_humidity(record, content[6])
        else:  # models without these sensors send zeros
            record.find("value_sentinel", f"record {content.hex()}")


def _note_humidity(sheet: Sheet, raw: int) -> None:
    if raw == _HUMIDITY_ABSENT:
        sheet.find("value_sentinel", f"humidity {raw}")
    else:
        sheet.add("humidity", raw / 2)


def _note_humidity_tenths(sheet: Sheet, content: bytes) -> None:
    raw = int.from_bytes(content, "little")
    if raw == _TENTHS_ABSENT:
        sheet.find("value_sentinel", f"humidity {raw}")
    else:
        sheet.add("humidity", raw / 10)


def _tenths(content: bytes) -> float:
    return int.from_bytes(content[:2], "little", signed=True) / 10
