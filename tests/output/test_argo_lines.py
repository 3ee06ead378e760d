"""The lines of Argo's executor among those of a container; they are real ones, of v3.7.14."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_argo_pods.output.argo_lines import ArgoLinesOut, is_one

ARGO = [
    b'time="2026-11-24T10:21:23.427Z" level=info msg="capturing logs" argo=true',
    b'time="2026-11-24T10:21:23.448Z" level=info msg="sub-process exited" argo=true error="<nil>"',
    b'time="2026-11-24T10:21:23.449Z" level=info msg="/tmp/x -> /var/run/argo/outputs/parameters//tmp/x" argo=true',
    b'time="2026-11-24T10:21:23.517Z" level=info msg="main container(s) [main] exited, terminating side" argo=true',
    b'time=2026-11-24T10:21:23.448Z level=INFO msg="sub-process exited" argo=true error=<nil>',
    b'time="2026-11-24T10:21:23.448Z" level=warning msg="a \\"quoted\\" word" error="x" argo=true',
    b'{"argo":true,"level":"info","msg":"capturing logs","time":"2026-11-24T10:21:23.427Z"}',
]
OTHERS = [
    b"hello",
    b"",
    b"time flies",
    b'time="2026-11-24T10:21:22.621Z" level=info msg="Starting deadline monitor"',
    b'time="2026-11-24T10:21:22.621Z" level=info msg="my own line" argo=truest',
    b"no newline" + ARGO[0],
    b'the line: time="x" level=info msg="m" argo=true',
    b'time="2026" and "x" level=info msg="capturing logs" argo=true',
    b'time=" level=info msg="capturing logs" argo=true',
    b"--set argo=true",
    b'{"argo":true}',
    b'{"level":"info","msg":"\\"argo\\":true","time":""} and more',
    b"t",
    b"{",
]


@pytest.mark.parametrize("line", ARGO)
def test_a_line_of_argo_is_told(line: bytes) -> None:
    assert is_one(line)


@pytest.mark.parametrize("line", OTHERS)
def test_a_line_of_the_user_is_not_taken_for_one(line: bytes) -> None:
    assert not is_one(line)


LOGS = st.lists(st.sampled_from(ARGO + OTHERS), max_size=8)


@given(lines=LOGS, ends_with_newline=st.booleans(), cuts=st.lists(st.integers(1, 60), min_size=1, max_size=5))
def test_they_are_taken_out_wherever_the_bytes_are_cut(
    lines: list[bytes], ends_with_newline: bool, cuts: list[int]
) -> None:
    text = b"\n".join(lines) + (b"\n" if ends_with_newline and lines else b"")
    kept = [line for line in text.splitlines(keepends=True) if not is_one(line.rstrip(b"\n"))]
    out, printed, position = ArgoLinesOut(), [], 0
    while position < len(text):
        cut = cuts[position % len(cuts)]
        printed.append(out.passed(text[position : position + cut]))
        position += cut
    assert b"".join(printed) + out.rest() == b"".join(kept)


def test_what_cannot_become_one_is_not_held_back() -> None:
    out = ArgoLinesOut()
    assert [out.passed(chunk) for chunk in (b"pro", b"gress 10%", b"\rprogress 20%", b"\nti", b"tle")] == (
        [b"pro", b"gress 10%", b"\rprogress 20%", b"\n", b"title"]
    )
