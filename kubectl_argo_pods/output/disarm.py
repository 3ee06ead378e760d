"""Lines of strangers on a terminal: colours may pass, what could move the cursor or write the clipboard is shown."""

from __future__ import annotations

import re

RESET = b"\x1b[0m"
# Select Graphic Rendition (ECMA-48, 8.3.117): colours and the like, which a line may have as far as it goes.
_COLOR = rb"\x1b\[[0-9;:]*m"
# C0 controls but for the tab, DEL, and C1 controls as UTF-8 writes them.
_CONTROL = _COLOR + rb"|[\x00-\x08\x0a-\x1f\x7f]|\xc2[\x80-\x9f]"


def disarmed(line: bytes) -> bytes:
    """The line without control: `^[` for an escape that is no colour, as `cat -v` has it, `\\xff` for no text."""
    text = line if line.isascii() else line.decode("utf-8", "backslashreplace").encode()
    shown = re.sub(_CONTROL, _shown, text)
    return shown + RESET if re.search(_COLOR, shown) else shown


def _shown(match: re.Match[bytes]) -> bytes:
    found = match[0]
    if len(found) > 2:
        return found
    if len(found) == 2:
        return b"\\x%02x" % found[1]
    return b"^" + bytes([found[0] ^ 0x40])


def screen_lines(line: bytes) -> list[bytes]:
    """The lines that a terminal shows of one: a carriage return, as in a progress bar, begins a new one."""
    return line.rstrip(b"\r").split(b"\r") if b"\r" in line else [line]
