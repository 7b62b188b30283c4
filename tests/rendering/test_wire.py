"""The wire: frames come out as they went in, and noise is no frame."""

from io import BytesIO

import pytest

from billfold.rendering.orders import ask, asked
from billfold.rendering.wire import BrokenWire, Frame, lengths, read_frame
from tests.factories import make_document, make_order


def test_a_frame_comes_out_as_it_went_in() -> None:
    frame = Frame({"status": "done", "pages": 3}, b"\x00%PDF\xff")

    assert read_frame(BytesIO(frame.encode())) == frame


def test_orders_come_out_as_they_went_in() -> None:
    orders = [make_order(make_document(lines=lines), seconds=lines) for lines in (1, 5)]

    assert asked(ask("trial", orders)) == ("trial", orders)


@pytest.mark.parametrize("cut", [0, 5, 12])
def test_a_closed_wire_ends_the_reading(cut: int) -> None:
    assert read_frame(BytesIO(Frame({"a": 1}, b"body").encode()[:cut])) is None


def test_noise_is_no_frame() -> None:
    with pytest.raises(BrokenWire):
        lengths(b"Segmenta")
