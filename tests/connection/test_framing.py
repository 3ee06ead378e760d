"""Bodies of answers, however the network cuts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_argo_pods.cluster.framing import Chunked, Framing, ProtocolError, Sized, UntilClosed


def chunked(chunks: list[bytes], extension: bytes = b"", trailers: bytes = b"") -> bytes:
    framed = [b"%x%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks]
    return b"".join([*framed, b"0\r\n", trailers, b"\r\n"])


def fed(body: Framing, data: bytes, size: int) -> bytes:
    """What a body gives of data that arrives in pieces of a size."""
    return b"".join(body.feed(data[start : start + size]) for start in range(0, len(data), size))


CHUNKS = st.lists(st.binary(min_size=1, max_size=40), max_size=6)


@given(CHUNKS, st.integers(1, 50), st.sampled_from([b"", b";name=value"]), st.sampled_from([b"", b"Trailer: 1\r\n"]))
def test_chunks_are_put_together_wherever_they_are_cut(
    chunks: list[bytes], size: int, extension: bytes, trailers: bytes
) -> None:
    body = Chunked()
    assert fed(body, chunked(chunks, extension, trailers), size) == b"".join(chunks)
    assert body.ended
    body.close()


@given(CHUNKS, st.data())
def test_chunks_that_break_off_are_an_error_after_all_that_came(chunks: list[bytes], data: st.DataObject) -> None:
    sent = chunked(chunks)
    cut = data.draw(st.integers(0, len(sent) - 1))
    body = Chunked()
    assert b"".join(chunks).startswith(fed(body, sent[:cut], 7))
    assert not body.ended
    with pytest.raises(ProtocolError, match="ended in the middle"):
        body.close()


@pytest.mark.parametrize("size", [b"xyz", b"-4", b"<html>"])
def test_what_is_no_chunk_is_an_error(size: bytes) -> None:
    with pytest.raises(ProtocolError, match="is not the size of a chunk"):
        Chunked().feed(size + b"\r\nrest")


def test_a_line_without_end_is_an_error() -> None:
    body = Chunked()
    with pytest.raises(ProtocolError, match="too long"):
        for _ in range(20):
            body.feed(b"0" * 4096)


def test_a_body_of_a_stated_size_ends_there() -> None:
    body = Sized(5)
    assert (body.feed(b"abc"), body.ended) == (b"abc", False)
    with pytest.raises(ProtocolError, match="2 bytes too early"):
        body.close()
    assert (body.feed(b"de"), body.ended) == (b"de", True)
    assert Sized(0).ended


def test_a_body_without_size_ends_with_its_connection() -> None:
    body = UntilClosed()
    assert (body.feed(b"abc"), body.ended) == (b"abc", False)
    body.close()
    assert body.ended
