"""Websocket frames: whole whatever pieces they come in, and refused where they are none."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_argo_pods.cluster.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    TEXT,
    Decoder,
    Frame,
    FrameError,
    encoded,
)

SIZES = [0, 1, 125, 126, 127, 65535, 65536, 200_000]


def sent(opcode: int, payload: bytes, *, last: bool = True) -> bytes:
    """A frame as a server sends it (RFC 6455, section 5.2)."""
    first, size = opcode | (0x80 if last else 0), len(payload)
    if size < 126:
        return bytes([first, size]) + payload
    if size < 1 << 16:
        return bytes([first, 126]) + size.to_bytes(2, "big") + payload
    return bytes([first, 127]) + size.to_bytes(8, "big") + payload


def unmasked(frame: bytes) -> bytes:
    """What a server makes of a client's frame: the same without its mask."""
    length = frame[1] & 0x7F
    begin = {126: 4, 127: 10}.get(length, 2)
    assert frame[1] & 0x80
    key, payload = frame[begin : begin + 4], frame[begin + 4 :]
    plain = bytes(byte ^ key[index % 4] for index, byte in enumerate(payload))
    return frame[:1] + bytes([length]) + frame[2:begin] + plain


def messages(pieces: list[bytes]) -> list[Frame]:
    decoder, found = Decoder(), []
    for piece in pieces:
        decoder.feed(piece)
        while frame := decoder.message():
            found.append(frame)
    return found


@pytest.mark.parametrize("size", SIZES)
def test_what_is_sent_is_masked_and_otherwise_what_is_received(size: int) -> None:
    payload = os.urandom(size)
    frame = encoded(BINARY, payload)
    assert unmasked(frame) == sent(BINARY, payload)
    assert messages([unmasked(frame)]) == [Frame(BINARY, True, payload)]
    assert encoded(BINARY, payload) != frame


STREAM = [
    (BINARY, b"\x01one"),
    (PING, b"?"),
    (BINARY, b"x" * 130),
    (TEXT, b""),
    (BINARY, b"y" * 70_000),
    (CLOSE, b"\x03\xe8"),
]


@given(cuts=st.lists(st.integers(0, 70_300), max_size=12))
def test_it_does_not_matter_in_which_pieces_they_come(cuts: list[int]) -> None:
    whole = b"".join(sent(opcode, payload) for opcode, payload in STREAM)
    places = [0, *sorted(cuts), len(whole)]
    pieces = [whole[begin:end] for begin, end in zip(places, places[1:], strict=False)]
    assert [(frame.opcode, frame.payload) for frame in messages(pieces)] == STREAM


def test_a_message_in_parts_is_one_and_control_frames_may_come_between() -> None:
    parts = [
        sent(BINARY, b"a", last=False),
        sent(CONTINUATION, b"b", last=False),
        sent(PING, b""),
        sent(CONTINUATION, b"c"),
    ]
    assert [(frame.opcode, frame.payload) for frame in messages(parts)] == [(PING, b""), (BINARY, b"abc")]


@pytest.mark.parametrize(
    "received",
    [
        pytest.param(b"HTTP/1.1 500", id="HTTP"),
        pytest.param(b"\xf2\x00", id="bits that mean nothing"),
        pytest.param(b"\x83\x00", id="a kind that there is not"),
        pytest.param(b"\x82\x80aaaa", id="masked by a server"),
        pytest.param(b"\x82\x7f" + (1 << 40).to_bytes(8, "big"), id="longer than any"),
        pytest.param(sent(CONTINUATION, b"a"), id="a part without a beginning"),
        pytest.param(sent(BINARY, b"a", last=False) + sent(BINARY, b"b"), id="a beginning within another"),
    ],
)
def test_what_is_no_frame_is_refused(received: bytes) -> None:
    with pytest.raises(FrameError):
        messages([received])
