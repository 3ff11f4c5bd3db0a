"""Initials of Chinese names, so that ``zs`` finds 张三, by the order of GB 2312 and a list for the rest."""

# First character of each letter's block in the first level of GB 2312, which is sorted by pinyin.
BLOCKS = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"),
    (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"),
    (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"),
    (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
LEVEL_END = 0xD7F9
# Characters of names outside that level.
OTHERS_BY_LETTER = {
    "b": "犇", "c": "岑谌婵嫦", "d": "邸", "h": "𬭎晖", "j": "郏嵇骏菁", "k": "堃邝阚",
    "l": "骆郦栾琳璐霖蕾", "m": "缪旻淼", "p": "逄", "q": "覃亓邱裘麴琦琪骞茜", "r": "阮芮蓉蕊",
    "s": "甡晟", "t": "滕庹婷", "w": "邬隗薇", "x": "禤郗邢璇娴曦昕旭鑫馨霞萱",
    "y": "妟䶮闫晏鄢鄞幺瑛瑜瑶媛烨熠焱彧毓芸", "z": "昝喆翟臧",
}  # fmt: skip
OTHERS = {one: letter for letter, found in OTHERS_BY_LETTER.items() for one in found}
# As a surname read otherwise than in most words.
SURNAMES = {"单": "s", "仇": "q", "解": "x", "区": "o", "查": "z", "曾": "z", "朴": "p", "盖": "g", "尉": "y"}


def initials(name: str) -> str:
    """Latin initials of a name: ``"zs"`` of 张三; letters stay, what is not known is left out."""
    found = [initial(character) for character in name]
    if name[:1] in SURNAMES:
        found[0] = SURNAMES[name[0]]
    return "".join(found)


def initial(character: str) -> str:
    """The initial of one character, empty when it is not known."""
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    if character in OTHERS:
        return OTHERS[character]
    try:
        high, low = character.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return ""
    code = high << 8 | low
    if not BLOCKS[0][0] <= code <= LEVEL_END:
        return ""
    return next(letter for start, letter in reversed(BLOCKS) if code >= start)
