"""What a line of a stranger can do to a terminal: be coloured, and nothing else."""

from __future__ import annotations

import re
from itertools import takewhile
from unicodedata import category, combining

import pyte
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kubectl_argo_pods.output.disarm import disarmed, screen_lines

CASES = {
    "plain text": (b"one\ttwo", b"one\ttwo"),
    "text that is not ASCII": ("größe ☃ 東京".encode(), "größe ☃ 東京".encode()),
    "a colour, which ends with its line": (b"\x1b[31mred", b"\x1b[31mred\x1b[0m"),
    "a colour of 24 bits": (b"\x1b[38;2;1;2;3mx\x1b[0m", b"\x1b[38;2;1;2;3mx\x1b[0m\x1b[0m"),
    "the cursor is moved": (b"\x1b[2Aup", b"^[[2Aup"),
    "the screen is cleared": (b"\x1b[2J\x1b[H", b"^[[2J^[[H"),
    "the clipboard is written": (b"\x1b]52;c;ZXZpbA==\x07", b"^[]52;c;ZXZpbA==^G"),
    "the title is set": (b"\x1b]0;evil\x1b\\", b"^[]0;evil^[\\"),
    "a private mode": (b"\x1b[?1049h", b"^[[?1049h"),
    "a device is asked": (b"\x1bP+q544e\x1b\\", b"^[P+q544e^[\\"),
    "NUL, backspace, bell, DEL": (b"a\x00\x08\x07\x7f", b"a^@^H^G^?"),
    "the 8 bit form of an escape": ("\x9b2J".encode(), b"\\x9b2J"),
    "a byte that is no text": (b"caf\xe9 \x9b2J", b"caf\\xe9 \\x9b2J"),
}


@pytest.mark.parametrize(("line", "shown"), CASES.values(), ids=CASES)
def test_what_is_shown(line: bytes, shown: bytes) -> None:
    assert disarmed(line) == shown


def begins_with_a_mark(text: str) -> bool:
    without_width = takewhile(lambda char: category(char) in ("Mn", "Me", "Cf"), re.sub(r"\x1b\[[\d;]*m", "", text))
    return any(map(combining, without_width))


@given(
    line=st.binary(max_size=60) | st.text("\x1b[]\x9b;0123456789ABCDHJKmhlsu?\r\x07 x\\", max_size=40).map(str.encode)
)
def test_no_line_touches_anything_but_its_own_place(line: bytes) -> None:
    screen = pyte.Screen(200, 3)
    screen.set_title("mine")
    stream = pyte.ByteStream(screen)
    fed = disarmed(line.replace(b"\n", b"").replace(b"\r", b"")[:40])
    # A mark without a letter before it is this screen's own affair: it sets it on the end of the line above.
    assume(not begins_with_a_mark(fed.decode()))
    stream.feed(b"above\r\n" + fed)
    assert (screen.display[0].rstrip(), screen.cursor.y, screen.display[2].strip()) == ("above", 1, "")
    assert (screen.title, screen.mode) == ("mine", pyte.Screen(200, 3).mode)


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        pytest.param(b"one", [b"one"], id="none"),
        pytest.param(b"one\r", [b"one"], id="the line ends of Windows"),
        pytest.param(b"10%\r20%\r30%", [b"10%", b"20%", b"30%"], id="a progress bar"),
        pytest.param(b"", [b""], id="an empty line"),
    ],
)
def test_a_carriage_return_hides_nothing(line: bytes, lines: list[bytes]) -> None:
    assert screen_lines(line) == lines
