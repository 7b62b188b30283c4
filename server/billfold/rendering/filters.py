"""Filters and functions of the templates: the only ones they have beyond a short list of Jinja's own.

Each takes the locale and the currency from the sheet that is being filled, so a template writes `{{ amount | money }}`.
An amount, a rate or a date may also come as text, as it lies in a document's details.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from jinja2 import pass_context
from jinja2.runtime import Context

from billfold.domain.document import Document, DocumentLine
from billfold.domain.errors import TemplateFailed
from billfold.domain.periods import Period
from billfold.domain.words import amount_in_words
from billfold.plugin_api.net_prices import net_price
from billfold.rendering import locales
from billfold.rendering.figures import figures
from billfold.rendering.purposes import payment_purpose
from billfold.rendering.qr import payment_payload, qr_image

# A loop over more than this is a mistake or an attack.
_LONGEST_RANGE = 10_000

JINJA_FILTERS = frozenset(
    {
        "abs", "batch", "capitalize", "default", "e", "escape", "first", "groupby", "indent", "int", "items", "join",
        "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "select",
        "selectattr", "slice", "sort", "string", "sum", "title", "trim", "truncate", "unique", "upper", "wordwrap",
    }
)  # fmt: skip


@pass_context
def money(context: Context, amount: Decimal | str) -> str:
    """Write an amount without its currency: `12 200,00`."""
    return locales.format_amount(Decimal(amount), context["currency"], context["locale"])


@pass_context
def money_in_currency(context: Context, amount: Decimal | str, currency: str = "") -> str:
    """Write an amount with its currency: `12 200,00 руб.`, `USD 1,234.50`."""
    code = currency or context["currency"]
    number = locales.format_amount(Decimal(amount), code, context["locale"])
    return translate(context, "currency.order", amount=number, currency=currency_sign(context, code))


@pass_context
def currency_sign(context: Context, code: str) -> str:
    """Give the short word of a currency, such as `руб.`, or its code where the labels have none."""
    return str(context["labels"].find(f"currency.{code}", context["locale"]) or code)


@pass_context
def unit_price(context: Context, price: Decimal | str) -> str:
    """Write a unit price with as many digits as it needs: `900,00`, `0,0045`."""
    return locales.format_unit_price(Decimal(price), context["currency"], context["locale"])


@pass_context
def net_price_of(context: Context, line: DocumentLine) -> Decimal:
    """Give a line's price of one unit without tax, as tax documents show it: `{{ line | net_price | unit_price }}`."""
    return net_price(line, context["currency"])


@pass_context
def quantity(context: Context, number: Decimal | str) -> str:
    """Write a quantity without idle zeros: `1`, `1,5`, `60 000`."""
    return locales.format_quantity(Decimal(number), context["locale"])


@pass_context
def long_date(context: Context, day: date | str) -> str:
    """Write a date in words: `1 ноября 2026 г.`."""
    return locales.format_long_date(_day(day), context["locale"])


@pass_context
def short_date(context: Context, day: date | str) -> str:
    """Write a date briefly: `01.11.2026`."""
    return locales.format_short_date(_day(day), context["locale"])


def _day(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day


@pass_context
def period(context: Context, days: Period) -> str:
    """Write a period: `октябрь 2026 г.`, `01.10.2026–04.10.2026`."""
    return locales.format_period(days, context["locale"])


@pass_context
def vat_rate(context: Context, rate: Decimal | str | None) -> str:
    """Write a rate: `22%`, or the words for "without VAT"."""
    if rate is None:
        return str(context["labels"].text("vat.without", context["locale"], {}))
    return f"{locales.format_quantity(Decimal(rate), context['locale'])}%"


@pass_context
def in_words(context: Context, amount: Decimal | str) -> str:
    """Spell an amount: `Двенадцать тысяч двести рублей 00 копеек`."""
    return amount_in_words(Decimal(amount), context["currency"], context["locale"])


@pass_context
def translate(context: Context, key: str, /, **values: object) -> str:
    """Give the label of the sheet's language: `{{ t("bank.bic") }}`."""
    return str(context["labels"].text(key, context["locale"], values))


def payment_qr(document: Document, due: Decimal | str | None = None) -> str | None:
    """Give the picture of the payment QR as a `data:` URI, or None where none may be printed.

    It asks for the document's sum, or for `due` where less is left to pay of it.
    """
    payload = payment_payload(document, None if due is None else Decimal(due))
    return qr_image(payload) if payload else None


def bounded_range(*bounds: int) -> range:
    """Give a range of at most 10,000 numbers; raises TemplateFailed for a longer one."""
    numbers = range(*bounds)
    if len(numbers) > _LONGEST_RANGE:
        raise TemplateFailed(f"range() of {len(numbers)} numbers is above {_LONGEST_RANGE}: loop over less.")
    return numbers


FILTERS: dict[str, Callable[..., object]] = {
    "money": money,
    "money_in_currency": money_in_currency,
    "currency_sign": currency_sign,
    "unit_price": unit_price,
    "net_price": net_price_of,
    "quantity": quantity,
    "date": long_date,
    "short_date": short_date,
    "period": period,
    "vat_rate": vat_rate,
    "in_words": in_words,
    "payment_purpose": payment_purpose,
}

FUNCTIONS: dict[str, Callable[..., object]] = {
    "t": translate,
    "figures": figures,
    "payment_qr": payment_qr,
    "range": bounded_range,
}
