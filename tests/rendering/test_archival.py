"""Archival PDFs: what PDF/A asks for beyond what the printer does by itself."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from billfold.rendering.archival import Glyphs
from billfold.rendering.press import Press
from tests.factories import make_brand, make_document, make_line, make_order

PNG = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+"
    "FABJADveWkH6oAAAAAElFTkSuQmCC"
)


def test_a_character_without_a_glyph_is_replaced(templates: Path) -> None:
    assert Glyphs([templates]).drawable("<p>Чай 茶 🚀</p>") == "<p>Чай \ufffd \ufffd</p>"


def test_what_is_not_drawn_is_left_out(templates: Path) -> None:
    assert Glyphs([templates]).drawable("a\x07b\n\tc") == "ab\n\tc"


def test_letters_of_the_fonts_stay(templates: Path) -> None:
    page = "<p>«Ёлочки» № 5, Ä ß ç, სილქნეტი, қазақ\u00a0тілі — € ₽</p>"

    assert Glyphs([templates]).drawable(page) == page


def test_without_fonts_of_its_own_a_page_stays(tmp_path: Path) -> None:
    assert Glyphs([tmp_path]).drawable("<p>茶</p>") == "<p>茶</p>"


async def test_an_archival_page_is_printed_with_replacements(press: Press) -> None:
    order = make_order(make_document((make_line(description="Чай 茶"),)))

    printed = await press.print(replace(order, variant="pdf/a-3b"))

    assert "Чай \ufffd" in text_of(printed.pdf)


async def test_images_are_not_interpolated(press: Press) -> None:
    order = make_order(make_document(brand=make_brand(logo=PNG)))

    printed = await press.print(replace(order, variant="pdf/a-3b"))

    images = PdfReader(BytesIO(printed.pdf)).pages[0]["/Resources"]["/XObject"].values()
    told = [image.get_object().get("/Interpolate") for image in images]
    # The picture and its mask.
    assert told == [False, False]


def text_of(pdf: bytes) -> str:
    return PdfReader(BytesIO(pdf)).pages[0].extract_text().replace("\u00a0", " ")
