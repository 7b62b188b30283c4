"""Usage tables: what was used in a document's period, record by record, as a CSV file and as XLSX sheets."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Context, Decimal
from functools import reduce

from billfold.domain.document import Document
from billfold.domain.lifecycle import FileKind
from billfold.domain.money import ZERO
from billfold.domain.periods import Period, next_month
from billfold.plugin_api.facts import AttachmentFacts, UsageRecord
from billfold.plugin_api.files import Attachment, Cell, Column, Table, TableFormat
from billfold.plugin_api.wording import wording

# A sheet holds 1,048,576 rows: so many records, and room for the head and the sums.
SHEET_RECORDS = 1_000_000
_MEDIA_TYPES = {
    TableFormat.CSV: "text/csv",
    TableFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_COLUMNS = {
    "used_at": 26,
    "service": 32,
    "destination": 32,
    "quantity": 12,
    "unit": 8,
    "unit_price": 14,
    "amount": 16,
    "late": 16,
    "id": 38,
}
# A product of a price and a quantity has up to 52 digits, more than the usual context keeps.
_EXACT = Context(prec=100)


def usage_tables(document: Document, facts: AttachmentFacts) -> tuple[Attachment, ...]:
    """Give the usage of the document's period as one CSV file and as XLSX, in several parts where it is long.

    Nothing where nothing was used. The rows are made while the host writes them; each table reads the usage anew. The
    last rows give the exact sum, and where the document's lines charge this usage, the rounding and the sum of the
    lines: with tax or without it, as the prices were entered. Instants are aware, in the zone of the enterprise.
    """
    if facts.usage_count == 0:
        return ()
    parts = -(-facts.usage_count // SHEET_RECORDS)
    whole = _attachment(document, facts, TableFormat.CSV, (1, 1))
    return whole, *(_attachment(document, facts, TableFormat.XLSX, (part, parts)) for part in range(1, parts + 1))


def _attachment(
    document: Document, facts: AttachmentFacts, table_format: TableFormat, part: tuple[int, int]
) -> Attachment:
    title = wording(document.locale, "usage.title")
    dated = f"{title} {_dates(document.period)}" if document.period else title
    number, parts = part
    is_last = number == parts
    table = Table(
        format=table_format,
        title=_named(document, title, part),
        columns=_columns(document.locale, facts.timezone),
        rows=_rows(document, facts, (number - 1) * SHEET_RECORDS, None if is_last else number * SHEET_RECORDS),
    )
    name = f"{_named(document, dated, part)}.{table_format}"
    return Attachment(FileKind.STATISTICS, name, _MEDIA_TYPES[table_format], table)


def _named(document: Document, name: str, part: tuple[int, int]) -> str:
    number, parts = part
    return name if parts == 1 else wording(document.locale, "usage.part", name=name, part=number)


def _dates(period: Period) -> str:
    """Write a whole month as 2026-10, anything else by its first and last day: a file's name sorts by it."""
    if period.start.day == 1 and period.until == next_month(period.start):
        return f"{period.start:%Y-%m}"
    return f"{period.start}_{period.last_day}"


def _columns(locale: str, timezone: str) -> tuple[Column, ...]:
    return tuple(Column(wording(locale, f"usage.{name}", timezone=timezone), width) for name, width in _COLUMNS.items())


def _rows(document: Document, facts: AttachmentFacts, first: int, end: int | None) -> Iterator[Sequence[Cell]]:
    """Give the records from `first` up to `end`; with no end all that follow, and below them the sums of all."""
    sums = _Sums()
    for place, record in enumerate(facts.usage()):
        if end is not None and place >= end:
            return
        sums.add(record)
        if place >= first:
            yield _row(record, document.locale)
    yield from sums.rows(document)


def _row(record: UsageRecord, locale: str) -> Sequence[Cell]:
    return (
        record.used_at,
        record.service.name(locale),
        record.destination,
        _plain(record.quantity),
        record.service.unit_name(locale),
        _plain(record.unit_price),
        _plain(record.amount),
        wording(locale, "usage.is_late") if record.is_late else "",
        record.external_id,
    )


def _closing_rows(locale: str, key: str, amount: Decimal, charged: Decimal | None) -> Iterator[Sequence[Cell]]:
    """Give an exact sum, and where the lines charge it the rounding and the sum of the lines."""
    yield _closing_row(wording(locale, key), amount)
    if charged is None:
        return
    rounding = _EXACT.subtract(charged, amount)
    if rounding:
        yield _closing_row(wording(locale, "usage.rounding"), rounding)
    yield _closing_row(wording(locale, "usage.charged"), charged)


def _closing_row(text: str, amount: Decimal | None = None) -> Sequence[Cell]:
    return None, text, None, None, None, None, _plain(amount), None, None


def _plain(number: Decimal | None) -> Decimal | None:
    """Give the number without idle zeros and without an exponent."""
    if number is None:
        return None
    short = number.normalize(_EXACT)
    return short.quantize(Decimal(1), context=_EXACT) if int(short.as_tuple().exponent) > 0 else short


class _Sums:
    """Adds up the records that pass: their exact amounts, and their quantities by what lines are charged by."""

    def __init__(self) -> None:
        self._amounts: dict[bool, Decimal] = defaultdict(lambda: ZERO)
        self._quantities: dict[tuple[str, Decimal, bool], Decimal] = defaultdict(lambda: ZERO)
        self._is_rated = False

    def add(self, record: UsageRecord) -> None:
        if record.unit_price is None or record.amount is None:
            self._is_rated = True
            return
        self._amounts[record.tax_included] = _EXACT.add(self._amounts[record.tax_included], record.amount)
        self._quantities[record.service.code, record.unit_price, record.tax_included] += record.quantity

    def rows(self, document: Document) -> Iterator[Sequence[Cell]]:
        """Give the sums with the rounding, apart for prices with tax and without it, and a note on the price list."""
        charged = None if self._is_rated else self._charged(document)
        # Where no VAT is charged, it makes no difference whether a price would hold it.
        kinds = {"sum": (False, True)} if document.tax_note else {"without_tax": (False,), "with_tax": (True,)}
        for key, kind in kinds.items():
            amounts = [self._amounts[tax_included] for tax_included in kind if tax_included in self._amounts]
            if amounts:
                amount = reduce(_EXACT.add, amounts)
                total = None if charged is None else sum((charged[one] for one in kind), ZERO)
                yield from _closing_rows(document.locale, f"usage.{key}", amount, total)
        if self._is_rated:
            yield _closing_row(wording(document.locale, "usage.rated"))

    def _charged(self, document: Document) -> Mapping[bool, Decimal] | None:
        """Give what the document's lines charge for the usage, or None where they do not charge just this usage."""
        quantities: dict[tuple[str, Decimal, bool], Decimal] = defaultdict(lambda: ZERO)
        charged = {True: ZERO, False: ZERO}
        for line in document.lines:
            level = (line.service, line.unit_price, line.tax_included)
            if level in self._quantities:
                quantities[level] += line.quantity
                charged[line.tax_included] += line.gross if line.tax_included else line.net
        # What was used and taken back makes no line.
        used = {level: quantity for level, quantity in self._quantities.items() if quantity}
        return charged if quantities == used else None
