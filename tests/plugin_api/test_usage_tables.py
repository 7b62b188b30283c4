"""Usage tables: the records of a document's period as rows, their sums, and long usage in parts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from billfold.plugin_api import (
    AttachmentFacts,
    Cell,
    Document,
    FileKind,
    Period,
    ServiceReference,
    Table,
    TableFormat,
    UsageRecord,
    usage_tables,
)
from tests.factories import OCTOBER, make_document, make_line

MOSCOW = ZoneInfo("Europe/Moscow")
SMS = ServiceReference("sms", {"": "Передача SMS-сообщений", "en": "SMS delivery"}, "шт", "796")
NOTE = "Записи без цены оценены по прайс-листу за месяц в целом: их стоимость указана в документах за период."


def make_record(**overrides: Any) -> UsageRecord:
    """Make one use: 3 messages at 2.4045 with tax."""
    values: dict[str, Any] = {
        "used_at": datetime(2026, 10, 5, 9, 30, tzinfo=UTC).astimezone(MOSCOW),
        "service": SMS,
        "destination": "250-01 МТС, Россия",
        "quantity": Decimal("3.00000000000"),
        "unit_price": Decimal("2.40450000000"),
        "tax_included": True,
        "amount": Decimal("7.2135000000000000000000"),
        "external_id": "sms-1",
    }
    return UsageRecord(**{**values, **overrides})


def make_usage(*records: UsageRecord, count: int | None = None) -> AttachmentFacts:
    return AttachmentFacts("Europe/Moscow", len(records) if count is None else count, lambda: iter(records))


def rows_of(document: Document, *records: UsageRecord) -> list[Sequence[Cell]]:
    """Give the rows of the CSV file."""
    return list(table_of(document, make_usage(*records)).rows)


def table_of(document: Document, facts: AttachmentFacts, place: int = 0) -> Table:
    content = usage_tables(document, facts)[place].content
    assert isinstance(content, Table)
    return content


def sums_of(rows: Iterable[Sequence[Cell]]) -> Mapping[Cell, Cell]:
    """Give the amounts below the records by their words."""
    return {row[1]: row[6] for row in rows if row[0] is None}


def make_sheets_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a sheet hold two records; the module is shadowed by its function of the same name."""
    monkeypatch.setattr(import_module("billfold.plugin_api.usage_tables"), "SHEET_RECORDS", 2)


def sms_line(position: int = 1, **overrides: Any) -> Any:
    values: dict[str, Any] = {"price": Decimal("2.4045"), "quantity": Decimal(3), "service": "sms"}
    return make_line(position, **{**values, **overrides})


def test_without_usage_there_is_no_file() -> None:
    assert usage_tables(make_document(), make_usage()) == ()


@pytest.mark.parametrize(
    ("locale", "names"),
    [
        ("ru", ["Детализация 2026-10.csv", "Детализация 2026-10.xlsx"]),
        ("en", ["Usage 2026-10.csv", "Usage 2026-10.xlsx"]),
    ],
)
def test_there_are_a_csv_and_an_xlsx_named_in_the_documents_language(locale: str, names: list[str]) -> None:
    attachments = usage_tables(make_document(locale=locale), make_usage(make_record()))

    assert [one.name for one in attachments] == names
    assert [one.kind for one in attachments] == [FileKind.STATISTICS, FileKind.STATISTICS]
    assert attachments[0].media_type == "text/csv"
    assert attachments[1].media_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert [one.content.format for one in attachments if isinstance(one.content, Table)] == [
        TableFormat.CSV,
        TableFormat.XLSX,
    ]


def test_a_period_that_is_no_month_is_named_by_its_days() -> None:
    days = Period(date(2026, 10, 1), date(2026, 10, 16))

    attachments = usage_tables(make_document(period=days), make_usage(make_record()))

    assert attachments[0].name == "Детализация 2026-10-01_2026-10-15.csv"


def test_the_columns_are_titled_and_tell_the_zone() -> None:
    table = table_of(make_document(), make_usage(make_record()))

    assert table.title == "Детализация"
    assert [column.title for column in table.columns] == [
        "Дата и время (Europe/Moscow)",
        "Услуга",
        "Направление",
        "Количество",
        "Ед.",
        "Цена",
        "Сумма",
        "Отметка",
        "Идентификатор",
    ]


def test_a_record_is_a_row_without_idle_zeros() -> None:
    row = rows_of(make_document(), make_record())[0]

    assert row == (
        datetime(2026, 10, 5, 12, 30, tzinfo=MOSCOW),
        "Передача SMS-сообщений",
        "250-01 МТС, Россия",
        Decimal(3),
        "шт",
        Decimal("2.4045"),
        Decimal("7.2135"),
        "",
        "sms-1",
    )
    assert [str(row[place]) for place in (3, 5, 6)] == ["3", "2.4045", "7.2135"]


def test_a_round_number_is_written_without_an_exponent() -> None:
    row = rows_of(make_document(), make_record(quantity=Decimal("60000.000")))[0]

    assert str(row[3]) == "60000"


def test_an_english_table_is_english() -> None:
    row = rows_of(make_document(locale="en"), make_record(is_late=True))[0]

    assert (row[1], row[4], row[7]) == ("SMS delivery", "pc", "past period")


def test_late_usage_is_marked() -> None:
    assert rows_of(make_document(), make_record(is_late=True))[0][7] == "прошлый период"


def test_the_sums_close_with_the_rounding_to_what_is_charged() -> None:
    records = [make_record(external_id=str(place)) for place in range(3)]

    rows = rows_of(make_document((sms_line(quantity=Decimal(9)),)), *records)

    assert rows[3:] == [
        (None, "Итого по ценам с НДС", None, None, None, None, Decimal("21.6405"), None, None),
        (None, "Округление", None, None, None, None, Decimal("-0.0005"), None, None),
        (None, "Всего по документу", None, None, None, None, Decimal("21.64"), None, None),
    ]


def test_without_a_rounding_there_is_no_row_of_it() -> None:
    record = make_record(quantity=Decimal(2000), amount=Decimal("4809.0000"))

    rows = rows_of(make_document((sms_line(quantity=Decimal(2000)),)), record)

    assert sums_of(rows) == {"Итого по ценам с НДС": Decimal(4809), "Всего по документу": Decimal("4809.00")}


def test_prices_without_tax_are_summed_apart_and_close_with_the_net() -> None:
    net = make_record(unit_price=Decimal("1.005"), tax_included=False, quantity=Decimal(1), amount=Decimal("1.005"))
    lines = (sms_line(), sms_line(2, price=Decimal("1.005"), quantity=Decimal(1), tax_included=False))

    rows = rows_of(make_document(lines), make_record(), net)

    assert [(row[1], row[6]) for row in rows[2:]] == [
        ("Итого по ценам без НДС", Decimal("1.005")),
        ("Округление", Decimal("0.005")),
        ("Всего по документу", Decimal("1.01")),
        ("Итого по ценам с НДС", Decimal("7.2135")),
        ("Округление", Decimal("-0.0035")),
        ("Всего по документу", Decimal("7.21")),
    ]


def test_a_seller_without_vat_has_one_plain_sum() -> None:
    lines = (sms_line(rate=None), sms_line(2, rate=None, tax_included=False))

    rows = rows_of(make_document(lines, tax_note="УСН"), make_record(), make_record(tax_included=False))

    assert [(row[1], row[6]) for row in rows[2:]] == [
        ("Итого", Decimal("14.427")),
        ("Округление", Decimal("-0.007")),
        ("Всего по документу", Decimal("14.42")),
    ]


def test_a_document_that_does_not_charge_this_usage_has_the_sum_alone() -> None:
    rows = rows_of(make_document((sms_line(quantity=Decimal(4)),)), make_record())

    assert sums_of(rows) == {"Итого по ценам с НДС": Decimal("7.2135")}


def test_usage_that_was_taken_back_makes_no_line_and_still_closes() -> None:
    other = make_record(unit_price=Decimal(5), quantity=Decimal(1), amount=Decimal(5))
    back = make_record(unit_price=Decimal(5), quantity=Decimal(-1), amount=Decimal(-5))

    rows = rows_of(make_document((sms_line(),)), make_record(), other, back)

    assert sums_of(rows)["Всего по документу"] == Decimal("7.21")


def test_usage_rated_by_a_price_list_has_no_amounts_and_a_note() -> None:
    rated = make_record(unit_price=None, amount=None)

    rows = rows_of(make_document((sms_line(),)), rated)

    assert (rows[0][5], rows[0][6]) == (None, None)
    assert rows[1:] == [(None, NOTE, None, None, None, None, None, None, None)]


def test_where_a_price_list_rates_some_the_sum_of_the_others_is_not_closed() -> None:
    rated = make_record(unit_price=None, amount=None)

    rows = rows_of(make_document((sms_line(),)), make_record(), rated)

    assert sums_of(rows) == {"Итого по ценам с НДС": Decimal("7.2135"), NOTE: None}


def test_a_long_exact_sum_loses_no_digit() -> None:
    amount = Decimal("123456789012345678901234567890.0000000000001")

    rows = rows_of(make_document(), make_record(amount=amount), make_record(amount=amount))

    assert sums_of(rows)["Итого по ценам с НДС"] == Decimal("246913578024691357802469135780.0000000000002")


def test_rows_are_made_only_while_they_are_taken() -> None:
    read = []

    def usage() -> Iterator[UsageRecord]:
        for place in range(3):
            read.append(place)
            yield make_record()

    table = table_of(make_document(), AttachmentFacts("Europe/Moscow", 3, usage))
    before = list(read)
    next(iter(table.rows))

    assert before == []
    assert read == [0]


def test_a_long_usage_is_one_csv_and_several_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    make_sheets_small(monkeypatch)
    facts = make_usage(*(make_record(external_id=str(place)) for place in range(5)))
    document = make_document((sms_line(quantity=Decimal(15)),))

    attachments = usage_tables(document, facts)
    rows = [list(one.content.rows) for one in attachments if isinstance(one.content, Table)]

    assert [one.name for one in attachments] == [
        "Детализация 2026-10.csv",
        "Детализация 2026-10, часть 1.xlsx",
        "Детализация 2026-10, часть 2.xlsx",
        "Детализация 2026-10, часть 3.xlsx",
    ]
    assert [[row[8] for row in part if row[8]] for part in rows] == [
        ["0", "1", "2", "3", "4"],
        ["0", "1"],
        ["2", "3"],
        ["4"],
    ]
    assert [sums_of(part) == {} for part in rows] == [False, True, True, False]
    assert sums_of(rows[3])["Всего по документу"] == Decimal("36.07")


def test_a_full_sheet_begins_no_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    make_sheets_small(monkeypatch)

    attachments = usage_tables(make_document(period=OCTOBER), make_usage(make_record(), make_record()))

    assert [one.name for one in attachments] == ["Детализация 2026-10.csv", "Детализация 2026-10.xlsx"]
