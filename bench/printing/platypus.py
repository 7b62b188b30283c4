"""The invoice by ReportLab's Platypus."""

from base64 import b64decode
from io import BytesIO
from typing import Any

from reportlab.graphics.shapes import Circle, Drawing, PolyLine, Rect
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    HRFlowable,
    Image,
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
)
from reportlab.platypus import Table as ShortTable

from bench.printing.invoices import ACCENT, FONTS, Texts, texts
from billfold.domain.document import Document
from billfold.rendering.qr import qr_image

_WIDTH = A4[0] - 28 * mm
_GREY = HexColor("#666677")
_LINE = HexColor("#888899")
_ACCENT = HexColor(ACCENT)

registerFont(TTFont("PTSans", str(FONTS / "PTSans-Regular.ttf")))
registerFont(TTFont("PTSans-Bold", str(FONTS / "PTSans-Bold.ttf")))
registerFontFamily("PTSans", normal="PTSans", bold="PTSans-Bold")

_PLAIN = ParagraphStyle("plain", fontName="PTSans", fontSize=9, leading=11.7)
_BOLD = ParagraphStyle("bold", _PLAIN, fontName="PTSans-Bold")
_CELL = ParagraphStyle("cell", _PLAIN, fontSize=8.5, leading=11)
_HEAD = ParagraphStyle("head", _CELL, fontName="PTSans-Bold", alignment=TA_CENTER)
_CAPTION = ParagraphStyle("caption", _PLAIN, fontSize=7.5, leading=9.5, textColor=_GREY)
_CAPTION_CENTRED = ParagraphStyle("caption-centred", _CAPTION, alignment=TA_CENTER)
_CONTACTS = ParagraphStyle("contacts", _PLAIN, fontSize=8, alignment=TA_RIGHT)
_TITLE = ParagraphStyle("title", _BOLD, fontSize=15, leading=18)

_LINES_STYLE = [
    ("FONT", (0, 0), (-1, -1), "PTSans", 8.5, 11),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("ALIGN", (0, 0), (0, -1), "RIGHT"),
    ("ALIGN", (2, 0), (2, -1), "RIGHT"),
    ("ALIGN", (4, 0), (-1, -1), "RIGHT"),
    ("BACKGROUND", (0, 0), (-1, 0), HexColor("#eef1f5")),
    ("LEFTPADDING", (0, 0), (-1, -1), 1.5 * mm),
    ("RIGHTPADDING", (0, 0), (-1, -1), 1.5 * mm),
    ("TOPPADDING", (0, 0), (-1, -1), 1.1 * mm),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.1 * mm),
]
_BANK_STYLE = [
    ("GRID", (0, 0), (-1, -1), 0.25, HexColor("#333333")),
    ("FONT", (0, 0), (-1, -1), "PTSans", 9, 11.7),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    *(("SPAN", start, end) for start, end in (((0, 0), (1, 1)), ((2, 2), (2, 3)), ((3, 2), (3, 3)), ((0, 3), (1, 3)))),
]
_BARE_STYLE = [
    ("FONT", (0, 0), (-1, -1), "PTSans", 9, 11.7),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
]


def print_invoice(document: Document) -> bytes:
    """Print the document."""
    said = texts(document)
    buffer = BytesIO()
    margins = {"leftMargin": 16 * mm, "rightMargin": 12 * mm, "topMargin": 12 * mm, "bottomMargin": 16 * mm}
    SimpleDocTemplate(buffer, pagesize=A4, title=said.heading, **margins).build(
        _story(said), canvasmaker=lambda *given, **named: _CountedCanvas(*given, said=said, **named)
    )
    return buffer.getvalue()


class _CountedCanvas(Canvas):
    """The known recipe for "page X of Y": pages are kept, and finished when their number is known."""

    def __init__(self, *given: Any, said: Texts, **named: Any) -> None:
        super().__init__(*given, **named)
        self._said = said
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # The name is ReportLab's.
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._kept, start=1):
            self.__dict__.update(page)
            self._foot(f"{self._said.page}{number}{self._said.of}{len(self._kept)}")
            super().showPage()
        super().save()

    def _foot(self, numbered: str) -> None:
        self.setFont("PTSans", 7.5)
        self.setFillColor(_GREY)
        self.drawString(16 * mm, 8 * mm, self._said.heading)
        self.drawRightString(A4[0] - 12 * mm, 8 * mm, numbered)


def _story(said: Texts) -> list[Flowable]:
    return [
        ShortTable([[_logo(), Paragraph(said.contacts, _CONTACTS)]], [_WIDTH / 2] * 2, style=_BARE_STYLE),
        HRFlowable(width="100%", thickness=1.5, color=_ACCENT),
        Spacer(1, 3 * mm),
        _bank(said.bank),
        Spacer(1, 4 * mm),
        Paragraph(said.heading, _TITLE),
        HRFlowable(width="100%", thickness=1.5, color=_ACCENT),
        ShortTable(
            [[label, Paragraph(text, _PLAIN)] for label, text in said.parties],
            [42 * mm, _WIDTH - 42 * mm],
            style=_BARE_STYLE,
        ),
        Spacer(1, 2 * mm),
        _lines(said),
        KeepTogether(_closing(said)),
    ]


def _logo() -> Drawing:
    drawing = Drawing(60 * 34 / 24, 34)
    drawing.scale(34 / 24, 34 / 24)
    drawing.add(Rect(0, 0, 24, 24, rx=5, ry=5, fillColor=_ACCENT, strokeColor=None))
    drawing.add(PolyLine([5, 6, 12, 19, 19, 6], strokeColor=HexColor("#ffffff"), strokeWidth=3))
    drawing.add(Circle(42, 12, 9, fillColor=HexColor("#e07b20"), strokeColor=None))
    return drawing


def _bank(bank: dict[str, str]) -> Flowable:
    rows = [
        [
            [Paragraph(bank["name"], _PLAIN), Paragraph(bank["name_label"], _CAPTION)],
            "",
            bank["bic_label"],
            bank["bic"],
        ],
        ["", "", bank["account_label"], bank["corr_account"]],
        [bank["inn"], bank["kpp"], bank["account_label"], bank["account"]],
        [[Paragraph(bank["payee"], _PLAIN), Paragraph(bank["payee_label"], _CAPTION)], "", "", ""],
    ]
    return ShortTable(rows, [_WIDTH * part for part in (0.26, 0.26, 0.09, 0.39)], style=_BANK_STYLE)


def _lines(said: Texts) -> Flowable:
    rows: list[list[Any]] = [[Paragraph(column, _HEAD) for column in said.columns]]
    rows += [[line[0], Paragraph(line[1], _CELL), *line[2:]] for line in said.lines]
    style = [*_LINES_STYLE, ("GRID", (0, 0), (-1, len(rows) - 1), 0.25, _LINE)]
    for label, amount in said.totals:
        at = len(rows)
        rows.append([label, "", "", "", amount, ""])
        style += [("SPAN", (0, at), (3, at)), ("SPAN", (4, at), (5, at)), ("ALIGN", (0, at), (-1, at), "RIGHT")]
        style.append(("FONT", (0, at), (-1, at), "PTSans-Bold", 8.5, 11))
    return LongTable(rows, [_WIDTH * part for part in (0.05, 0.55, 0.08, 0.06, 0.12, 0.14)], style=style, repeatRows=1)


def _closing(said: Texts) -> list[Flowable]:
    png = BytesIO(b64decode(qr_image(said.qr_payload).partition(",")[2]))
    purpose = [Paragraph(said.purpose_label, _CAPTION), Paragraph(said.purpose, _PLAIN)]
    qr = [Image(png, 30 * mm, 30 * mm), Paragraph(said.qr_label, _CAPTION_CENTRED)]
    signatures = [
        cell
        for position, name in said.signatures
        for cell in (Paragraph(position, _PLAIN), "", Paragraph(name, _PLAIN))
    ]
    ruled = [*_BARE_STYLE, ("LINEBELOW", (1, 0), (1, 0), 0.5, _LINE), ("LINEBELOW", (4, 0), (4, 0), 0.5, _LINE)]
    return [
        Paragraph(said.summary, _PLAIN),
        Paragraph(said.words, _BOLD),
        ShortTable([[purpose, qr]], [_WIDTH - 32 * mm, 32 * mm], style=_BARE_STYLE),
        Spacer(1, 8 * mm),
        ShortTable([signatures], [_WIDTH * part for part in (0.2, 0.13, 0.17, 0.2, 0.13, 0.17)], style=ruled),
    ]
