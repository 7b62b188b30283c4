"""Sheets: filters, labels, the order of directories, and what a hostile template may not do."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from billfold.domain.document import BrandTheme
from billfold.domain.errors import OperatorError, TemplateFailed
from billfold.domain.periods import Period
from billfold.rendering.sandbox import Sandbox
from billfold.rendering.sheets import Sheets
from tests.factories import make_buyer, make_document

Write = Callable[[str], Path]


@pytest.fixture
def fill(write_template: Write, templates: Path) -> Callable[..., str]:
    def fill(source: str, locale: str = "ru", currency: str = "RUB", **values: object) -> str:
        sandbox = Sandbox([write_template(source), templates])
        return sandbox.fill("own.html", values, locale=locale, currency=currency).replace("\u00a0", " ")

    return fill


@pytest.mark.parametrize(
    ("source", "value", "locale", "currency", "printed"),
    [
        ("{{ v | money }}", Decimal(12200), "ru", "RUB", "12 200,00"),
        ("{{ v | money }}", Decimal("-1220.5"), "ru", "RUB", "-1 220,50"),
        ("{{ v | money }}", Decimal("1234.5"), "en", "USD", "1,234.50"),
        ("{{ v | money }}", Decimal(1234), "en", "JPY", "1,234"),
        ("{{ v | money }}", Decimal("1234.5"), "en", "KWD", "1,234.500"),
        ("{{ v | money }}", Decimal("1234.5"), "xx", "USD", "1,234.50"),
        ("{{ v | money_in_currency }}", Decimal("12200"), "ru", "RUB", "12 200,00 руб."),
        ("{{ v | money_in_currency }}", Decimal("12200"), "ru", "USD", "12 200,00 USD"),
        ("{{ v | money_in_currency('EUR') }}", Decimal("12200"), "en", "USD", "EUR 12,200.00"),
        ("{{ v | unit_price }}", Decimal("900"), "ru", "RUB", "900,00"),
        ("{{ v | unit_price }}", Decimal("0.00450"), "ru", "RUB", "0,0045"),
        ("{{ v | unit_price }}", Decimal("2"), "en", "JPY", "2"),
        ("{{ v | quantity }}", Decimal("1.000"), "ru", "RUB", "1"),
        ("{{ v | quantity }}", Decimal("60000"), "ru", "RUB", "60 000"),
        ("{{ v | quantity }}", Decimal("128.50"), "en", "RUB", "128.5"),
        ("{{ v | date }}", date(2026, 11, 1), "ru", "RUB", "1 ноября 2026 г."),
        ("{{ v | date }}", date(2026, 11, 1), "en", "RUB", "1 November 2026"),
        ("{{ v | short_date }}", date(2026, 11, 1), "ru", "RUB", "01.11.2026"),
        ("{{ v | short_date }}", date(2026, 11, 1), "en", "RUB", "1 Nov 2026"),
        ("{{ v | period }}", Period(date(2026, 10, 1), date(2026, 11, 1)), "ru", "RUB", "октябрь 2026 г."),
        ("{{ v | period }}", Period(date(2026, 10, 1), date(2026, 11, 1)), "en", "RUB", "October 2026"),
        ("{{ v | period }}", Period(date(2026, 10, 1), date(2026, 10, 5)), "ru", "RUB", "01.10.2026–04.10.2026"),
        ("{{ v | period }}", Period(date(2026, 10, 1), date(2026, 10, 2)), "ru", "RUB", "01.10.2026"),
        ("{{ v | vat_rate }}", Decimal("22.00"), "ru", "RUB", "22%"),
        ("{{ v | vat_rate }}", None, "ru", "RUB", "Без НДС"),
        ("{{ v | vat_rate }}", Decimal(0), "ru", "RUB", "0%"),
        ("{{ v | in_words }}", Decimal("12200"), "ru", "RUB", "Двенадцать тысяч двести рублей 00 копеек"),
    ],
)
def test_filters_write_for_the_locale(
    fill: Callable[..., str], source: str, value: object, locale: str, currency: str, printed: str
) -> None:
    assert fill(source, locale, currency, v=value) == printed


def test_numbers_and_dates_do_not_break_at_a_lines_end(write_template: Write, templates: Path) -> None:
    sandbox = Sandbox([write_template("{{ v | money }} {{ d | date }}"), templates])

    text = sandbox.fill("own.html", {"v": Decimal(12200), "d": date(2026, 11, 1)}, locale="ru", currency="RUB")

    assert text == "12\u00a0200,00 1\u00a0ноября\u00a02026\u00a0г."


def test_labels_are_in_the_language_of_the_document(fill: Callable[..., str]) -> None:
    assert fill("{{ t('column.amount') }}", "ru") == "Сумма"
    assert fill("{{ t('column.amount') }}", "en-GB") == "Amount"


def test_a_language_without_labels_is_english(fill: Callable[..., str]) -> None:
    assert fill("{{ t('column.amount') }}", "ka") == "Amount"


def test_a_missing_label_fails_by_name(fill: Callable[..., str]) -> None:
    with pytest.raises(TemplateFailed, match=r"own\.html failed: Label 'no\.such' is not in labels/ru\.toml"):
        fill("{{ t('no.such') }}")


def test_a_label_without_its_value_fails(fill: Callable[..., str]) -> None:
    with pytest.raises(TemplateFailed, match="cannot be filled"):
        fill("{{ t('party.inn') ~ t('party.inn', other=1) }}")


def test_a_label_cannot_reach_into_objects(fill: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "ru.toml").write_text('evil = "{value.__class__.__mro__}"')

    assert "BrandTheme" not in fill("{{ t('evil', value=v) }}", v=BrandTheme("code", "name"))


def test_an_operator_renames_a_single_label(fill: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "ru.toml").write_text('[column]\namount = "Стоимость"')

    assert fill("{{ t('column.amount') }} {{ t('column.price') }}") == "Стоимость Цена"


def test_labels_that_are_not_toml_are_the_operators_to_mend(fill: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "ru.toml").write_text("column = ")

    with pytest.raises(OperatorError, match=r"Labels ru\.toml cannot be read"):
        fill("{{ t('column.amount') }}")


def test_the_operators_template_comes_before_the_shipped_one(tmp_path: Path, templates: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "summary.html").write_text("<p>Наш магазин</p>")

    sheet = Sheets([tmp_path, templates]).fill("invoice/invoice.html", make_document())

    assert "Наш магазин" in sheet.html
    assert "Всего наименований" not in sheet.html


def test_what_clients_write_is_escaped(templates: Path) -> None:
    document = make_document(buyer=make_buyer(name='<img src="http://evil.example/">'))

    sheet = Sheets([templates]).fill("invoice/invoice.html", document)

    assert "&lt;img src=&#34;http://evil.example/&#34;&gt;" in sheet.html
    assert "<img src=" not in sheet.html.replace('<img class="logo" src="data:', "").replace('<img src="data:', "")


def test_a_preview_brings_its_styles_along(templates: Path) -> None:
    page = Sheets([templates]).preview("invoice/invoice.html", make_document())

    assert "<style>" in page
    assert "table-layout: fixed" in page


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ document.__class__ }}",
        "{{ t.__globals__ }}",
        "{{ figures.__globals__['__builtins__'] }}",
        "{{ '{0.__class__}'.format(document) }}",
        "{{ cycler }}",
        "{{ lipsum() }}",
        "{{ namespace(a=1) }}",
        "{{ range(100000000) | list }}",
        "{{ document.details.update({'a': 1}) }}",
        "{{ document | safe }}",
        "{{ document | pprint }}",
        "{% include '../../pyproject.toml' %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ self.__init__ }}",
    ],
)
def test_a_hostile_template_fails(write_template: Write, templates: Path, source: str) -> None:
    sheets = Sheets([write_template(source), templates])

    with pytest.raises(TemplateFailed, match=r"^Template own\.html failed: "):
        sheets.fill("own.html", make_document())


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "\n{{ document.nummer }}",
            "Template own.html failed: 'billfold.domain.document.Document object' has no attribute 'nummer' "
            "(own.html, line 2).",
        ),
        ("{{ nobody }}", "Template own.html failed: 'nobody' is undefined (own.html, line 1)."),
        (
            "{% include 'parts/none.html' %}",
            "Template own.html failed: parts/none.html is not in the template directories.",
        ),
        ("{{ 1 / 0 }}", "Template own.html failed: division by zero (own.html, line 1)."),
    ],
)
def test_a_failure_names_template_reason_and_line(
    write_template: Write, templates: Path, source: str, message: str
) -> None:
    sheets = Sheets([write_template(source), templates])

    with pytest.raises(TemplateFailed) as failure:
        sheets.fill("own.html", make_document())

    assert failure.value.message == message


def test_what_was_refused_of_one_object_is_refused_of_the_next(write_template: Write, templates: Path) -> None:
    sandbox = Sandbox([write_template("{{ v.count(1) }}{% if v[0] == 2 %}{{ v.append(1) }}{% endif %}"), templates])

    assert sandbox.fill("own.html", {"v": [1, 1]}, locale="ru") == "2"
    for _ in range(2):
        with pytest.raises(TemplateFailed, match="access to attribute 'append' of 'list' object is unsafe"):
            sandbox.fill("own.html", {"v": [2]}, locale="ru")


def test_a_template_that_is_not_jinja_fails(write_template: Write, templates: Path) -> None:
    with pytest.raises(TemplateFailed, match=r"Template own\.html failed: "):
        Sheets([write_template("{% if %}"), templates]).fill("own.html", make_document())


def test_a_template_that_is_not_there_fails(templates: Path) -> None:
    with pytest.raises(TemplateFailed, match=r"none\.html is not in the template directories"):
        Sheets([templates]).fill("none.html", make_document())
