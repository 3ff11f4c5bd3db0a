"""Amounts in Chinese capitals, as they stand on papers that are signed for money."""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def capital_yuan(amount_fen: int) -> str:
    """
    An amount as banks write it: ``3260.05`` yuan is ``人民币叁仟贰佰陆拾元零伍分``.

    Parameters
    ----------
    amount_fen
        Fen; below 10^16 yuan; a negative one starts with ``负``.

    References
    ----------
    支付结算办法, 附件一: 正确填写票据和结算凭证的基本规定.
    """
    yuan, part = divmod(abs(amount_fen), 100)
    jiao, fen = divmod(part, 10)
    text = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif fen and yuan:
        text += "零"
    text += f"{DIGITS[fen]}分" if fen else "整"
    if not amount_fen:
        text = "零元整"
    return f"人民币{'负' if amount_fen < 0 else ''}{text}"


def _whole(number: int) -> str:
    """A whole number above 0, with one zero for every gap."""
    text, gap = "", False
    for power in range(len(GROUPS) - 1, -1, -1):
        group = number // 10_000**power % 10_000
        if not group:
            gap = gap or bool(text)
            continue
        ends_in_zero = number // 10_000 ** (power + 1) % 10 == 0
        if text and (gap or group < 1000 or ends_in_zero):
            text += DIGITS[0]
        text, gap = text + _group(group) + GROUPS[power], False
    return text


def _group(number: int) -> str:
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += (DIGITS[0] if gap and text else "") + DIGITS[digit] + PLACES[place]
            gap = False
        else:
            gap = True
    return text
