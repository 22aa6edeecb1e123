"""Frames come out the same in whatever pieces the bytes come in."""

from hypothesis import given, settings
from hypothesis import strategies as st

from beamclaim.listener.frames import END, START, BrokenFrame, FrameReader

BODIES = st.lists(st.binary(max_size=60).filter(lambda b: b"\x0b" not in b and b"\x1c" not in b), max_size=6)


@given(BODIES, st.lists(st.integers(1, 40), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None)
def test_pieces_make_no_difference(bodies: list[bytes], steps: list[int]) -> None:
    data = b"".join(START + body + END + b"\r\n" for body in bodies)
    frames, found, at = FrameReader(1000), list[bytes | BrokenFrame](), 0
    for number in range(len(data)):
        step = steps[number % len(steps)]
        found += frames.feed(data[at : at + step])
        at += step
    assert found == bodies
    assert len(frames) == 0 and not frames.is_open


@given(st.binary(max_size=200), st.integers(1, 50))
@settings(max_examples=100, deadline=None)
def test_any_bytes_end_in_messages_or_in_a_close(data: bytes, step: int) -> None:
    frames = FrameReader(64)
    for at in range(0, len(data), step):
        for frame in frames.feed(data[at : at + step]):
            if isinstance(frame, BrokenFrame):
                assert len(frame.head) <= 64
                assert len(frames) == 0
                return
            else:
                assert len(frame) <= 64
        assert len(frames) <= 64 + step + 2
