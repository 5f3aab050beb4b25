"""Frames are followed wherever the wire cuts them."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.wire.websocket_frames import GOING_AWAY, FrameReader, close_frame

TEXT, BINARY, PING = 1, 2, 9


def frame(opcode: int, size: int, *, masked: bool) -> bytes:
    """A frame as RFC 6455 §5.2 draws it."""
    mask = 0x80 if masked else 0
    if size < 126:
        length = bytes((mask | size,))
    elif size < 65_536:
        length = bytes((mask | 126,)) + size.to_bytes(2, "big")
    else:
        length = bytes((mask | 127,)) + size.to_bytes(8, "big")
    return bytes((0x80 | opcode,)) + length + (b"mask" if masked else b"") + bytes(size)


FRAMES = st.builds(
    frame,
    st.sampled_from((TEXT, BINARY, PING)),
    st.sampled_from((0, 1, 125, 126, 127, 65_535, 65_536, 70_000)),
    masked=st.booleans(),
)


@given(st.lists(FRAMES, max_size=6), st.data())
def test_it_knows_where_every_frame_ends(frames: list[bytes], data: st.DataObject) -> None:
    wire = b"".join(frames)
    ends = {sum(map(len, frames[:count])) for count in range(len(frames) + 1)}
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=8)))
    followed, begun = FrameReader(), 0
    for cut in (*cuts, len(wire)):
        followed.feed(wire[begun:cut])
        begun = cut
        assert followed.between == (cut in ends)
    assert not followed.closed


@given(st.lists(FRAMES, min_size=1, max_size=4))
def test_it_stops_after_the_first_frame_where_it_is_asked_to(frames: list[bytes]) -> None:
    assert FrameReader().feed_one(b"".join(frames)) == len(frames[0])


def test_a_close_is_seen_once_it_has_passed_whole() -> None:
    for closing in (close_frame(GOING_AWAY), close_frame(GOING_AWAY, b"mask"), frame(8, 0, masked=False)):
        followed = FrameReader()
        followed.feed(frame(TEXT, 4, masked=True) + closing[:-1])
        assert not followed.closed
        followed.feed(closing[-1:])
        ended = (followed.closed, followed.between)
        assert ended == (True, True)


def test_a_close_says_why_and_is_masked_by_a_client_only() -> None:
    assert close_frame(GOING_AWAY) == b"\x88\x02\x03\xe9"
    masked = close_frame(GOING_AWAY, b"abcd")
    assert masked[:6] == b"\x88\x82abcd"
    assert bytes(byte ^ key for byte, key in zip(masked[6:], b"abcd", strict=False)) == b"\x03\xe9"
