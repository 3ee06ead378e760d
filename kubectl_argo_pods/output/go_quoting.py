"""Quoted text as Go's strconv reads it, with single quotes allowed too (client-go's UnquoteExtend)."""

from __future__ import annotations

_SIMPLE = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92}
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}


def unquote(quoted: str) -> str:
    """The text between two equal quotes; raises ValueError. Bytes that are no UTF-8 become U+FFFD."""
    mark = quoted[0]
    text = quoted[1:-1]
    if len(quoted) < 2 or quoted[-1] != mark:
        raise ValueError
    if "\\" not in text and mark not in text:
        return text
    parts: list[bytes] = []
    place = 0
    while place < len(text):
        if text[place] == mark:
            raise ValueError
        if text[place] == "\\":
            value, place = _escape(text, place + 1, mark)
            parts.append(value)
        else:
            parts.append(text[place].encode("utf-8", "replace"))
            place += 1
    return b"".join(parts).decode("utf-8", "replace")


def _escape(text: str, place: int, mark: str) -> tuple[bytes, int]:
    """The bytes of the escape whose letter is at `place`, and the place behind it."""
    letter = text[place : place + 1]
    if letter in _SIMPLE:
        return bytes([_SIMPLE[letter]]), place + 1
    if letter and letter == mark:
        return letter.encode(), place + 1
    if letter in _HEX_DIGITS:
        digits = text[place + 1 : place + 1 + _HEX_DIGITS[letter]]
        return _code(digits, _HEX_DIGITS[letter], 16, letter == "x"), place + 1 + len(digits)
    digits = text[place : place + 3]
    return _code(digits, 3, 8, True), place + 3


def _code(digits: str, length: int, base: int, is_byte: bool) -> bytes:
    if len(digits) != length or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
        raise ValueError
    code = int(digits, base)
    if is_byte:
        return bytes([code])
    return chr(code).encode()
