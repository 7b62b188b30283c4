"""What a corrective tax invoice says beside its lines: both states of each line, and by how much it grew or fell."""

import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class CorrectedOriginal(BaseModel):
    """The invoice that is corrected (line 1б)."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {
                "number": "Номер исправляемого документа.",
                "date": "Дата исправляемого документа.",
                "revision": "Номер его исправления; 0 — исправлений не было.",
                "revised_on": "Дата его исправления.",
            }
        }
    )

    number: str = Field(description="Its number.")
    date: datetime.date = Field(description="Its date.")
    revision: int = Field(default=0, description="Which revision of its number it is; 0 for the first.")
    revised_on: datetime.date | None = Field(default=None, description="When it was revised.")


class Change(BaseModel):
    """By how much columns 5, 8 and 9 grew, or by how much they fell: above zero, or null where they did not."""

    model_config = ConfigDict(
        json_schema_extra={"ru": {"net": "Без налога.", "tax": "Сумма налога.", "gross": "С налогом."}}
    )

    net: Decimal | None = Field(default=None, description="Without tax.")
    tax: Decimal | None = Field(default=None, description="The tax.")
    gross: Decimal | None = Field(default=None, description="With tax.")


class LineState(BaseModel):
    """A line as it was or as it is now (row А or Б)."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {
                "net": "Стоимость без налога.",
                "tax": "Сумма налога.",
                "gross": "Стоимость с налогом.",
                "quantity": "Количество.",
                "price": "Цена единицы без налога.",
                "tax_rate": "Ставка в процентах; пусто — без НДС.",
            }
        }
    )

    net: Decimal = Field(description="The value without tax.")
    tax: Decimal = Field(description="The tax.")
    gross: Decimal = Field(description="The value with tax.")
    quantity: Decimal = Field(description="The quantity.")
    price: Decimal = Field(description="The price of one unit without tax.")
    tax_rate: Decimal | None = Field(description="The rate in percent; null is without VAT.")


class Correction(BaseModel):
    """A corrected line: rows А, Б, В and Г."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {
                "position": "Номер строки в исходном документе.",
                "description": "Что поставлено.",
                "unit": "Единица измерения.",
                "unit_code": "Код единицы.",
                "before": "До изменения (А).",
                "after": "После изменения (Б).",
                "increase": "Увеличение (В).",
                "decrease": "Уменьшение (Г).",
            }
        }
    )

    position: int = Field(description="Its number in the corrected invoice.")
    description: str = Field(description="What was supplied.")
    unit: str = Field(description="The unit of the quantities.")
    unit_code: str = Field(description="The code of the unit.")
    before: LineState = Field(description="Before the change (А).")
    after: LineState = Field(description="After the change (Б).")
    increase: Change = Field(description="By how much it grew (В).")
    decrease: Change = Field(description="By how much it fell (Г).")


class CorrectiveTaxInvoiceDetails(BaseModel):
    """What the form says beside the lines."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {
                "original": "Исправляемый документ.",
                "corrections": "Исправленные строки.",
                "increase": "Всего увеличение (сумма строк В).",
                "decrease": "Всего уменьшение (сумма строк Г).",
                "currency_name": "Название валюты на языке документа.",
                "currency_code": "Цифровой код валюты.",
            }
        }
    )

    original: CorrectedOriginal | None = Field(default=None, description="The invoice that is corrected.")
    corrections: list[Correction] = Field(default_factory=list, description="The corrected lines.")
    increase: Change = Field(default_factory=Change, description="All increases (the sum of rows В).")
    decrease: Change = Field(default_factory=Change, description="All decreases (the sum of rows Г).")
    currency_name: str = Field(default="", description="The name of the currency in the document's language.")
    currency_code: str = Field(default="", description="The digits of the currency in ISO 4217.")
