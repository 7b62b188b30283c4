"""Document types as the managers' face shows them, made once from what the plugins declare."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import strawberry
from strawberry import field
from strawberry.scalars import JSON

from billfold.plugin_api.catalogue import Variable, variables
from billfold.plugin_api.document_type import DocumentType as DeclaredType
from billfold.plugin_api.document_type import PeriodKind
from billfold.plugin_host.trying import tried_document
from billfold.schema.context import Info
from billfold.schema.reads import read_whole
from billfold.schema.resolvers import resolver

strawberry.enum(
    PeriodKind,
    description="What a document of a type can be asked for: a PERIOD of days, an AMOUNT, the contract as it is on a "
    "day (INSTANT), or the CORRECTION of another document.",
)


@strawberry.type(description="A title in one language.")
class LocalizedText:
    locale: str = field(description="The language, such as `ru`.")
    text: str = field(description="The title.")


@strawberry.type(description="The operator's settings for one document type of one enterprise.")
class DocumentRule:
    type: strawberry.Private[str]
    enterprise: strawberry.ID = field(description="The id of the enterprise.")
    mask: str = field(description="The mask that numbers are made by.")
    prefix: str = field(description="What {PREFIX} stands for in the mask.")
    reset: str = field(description="When the counter starts anew: never, year, quarter, month or day.")
    scope: str = field(description="Which documents share a counter: enterprise, type or contract.")
    start: int = field(description="The first counter of a series.")
    mode: str = field(description="Whether numbers may leave gaps: gapless or unique.")
    is_visible: bool = field(description="Whether clients may see documents of the type at all.")
    is_automatic: bool = field(description="Whether documents are made by schedule.")
    schedule_day: int = field(description="The day of the month on which they are made.")
    schedule_time: str = field(description="The time on the wall of the enterprise, such as 06:00.")
    schedule_shift: str = field(
        description="Where a document's date goes that falls on a day off: none, next or previous."
    )
    schedule_period: str = field(
        description="Which days they are for: previous_month, current_month or since_last_cut."
    )
    backdating: str = field(
        description="Which dates of the past a document may bear: allowed, chronological or refused."
    )
    days_ahead: int = field(description="How many days after today a document may be dated.")
    delivery: str = field(description="To whom a new document is mailed: client, contacts or nobody.")
    template: str = field(description="The template that replaces the plugin's, or empty.")
    payment_terms_days: int | None = field(description="Days to pay in; null takes the contract's.")
    prints_facsimile: bool = field(description="Whether signatures and the stamp are printed as pictures.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Tell whether a row is a rule."""
        return bool(obj.__class__.type_name == cls.__name__)


@strawberry.type(description="A variable that the templates of a document type may use.")
class TemplateVariable:
    name: str = field(description="The name, such as `document.seller.inn`; `document.lines[].net` is of each line.")
    type: str = field(description="What it is: text, number, money, date, period, list, group, and so on.")
    sample: str = field(description="A sample of it, or empty.")
    is_optional: bool = field(description="Whether it may be missing.")
    descriptions: list[LocalizedText] = field(description="What it is, in Russian and English.")


@strawberry.type(description="A type of document that a plugin declares.")
class DocumentType:
    key: str = field(description="The key, such as `invoice`.")
    titles: list[LocalizedText] = field(description="The title in each language.")
    is_payable: bool = field(description="Whether documents of the type are to be paid.")
    period_kinds: list[PeriodKind] = field(description="What a document of the type can be asked for.")
    is_installed: bool = field(description="Whether its plugin is installed; documents outlive it.")
    details_schema: JSON | None = field(description="The JSON Schema of `details`, so that a form can be drawn.")
    corrects: list[str] = field(description="The keys of the types that documents of this one correct.")

    @resolver("What the templates of the type may use, with samples; empty where its plugin is not installed.")
    def variables(self, info: Info) -> list[TemplateVariable]:
        plugins = info.context.parts.plugins
        if self.key not in plugins.document_types:
            return []
        sample = tried_document(plugins, self.key, "ru")
        return [_variable(one) for one in variables(plugins.document_type(self.key), sample)]

    @resolver("The title in a language, or in English.")
    def title(
        self,
        locale: Annotated[str, strawberry.argument(description="The language, such as `ru`.")] = "en",
    ) -> str:
        by_locale = {each.locale: each.text for each in self.titles}
        return by_locale.get(locale) or by_locale.get("en") or self.key

    @resolver("The rules that enterprises have for the type; one is written with its first document.")
    async def rules(self, info: Info) -> list[DocumentRule]:
        rules = await read_whole(info, DocumentRule, "{t}.enterprise_id, {t}.type")
        return [rule for rule in rules if rule.type == self.key]


def document_types(declared: Mapping[str, DeclaredType]) -> dict[str, DocumentType]:
    """Make the types of the plugins, by key."""
    return {key: _installed(type_) for key, type_ in sorted(declared.items())}


def finder(known: Mapping[str, DocumentType]) -> Callable[[str], DocumentType]:
    """Give the function that finds a type; one whose plugin is gone has its key for a title."""
    return lambda key: known.get(key) or _gone(key)


def _installed(type_: DeclaredType) -> DocumentType:
    return DocumentType(
        key=type_.key,
        titles=[LocalizedText(locale=locale, text=text) for locale, text in sorted(type_.titles.items())],
        is_payable=type_.is_payable,
        period_kinds=sorted(type_.period_kinds),
        is_installed=True,
        details_schema=JSON(type_.details.model_json_schema()) if type_.details else None,
        corrects=sorted(type_.corrects),
    )


def _variable(one: Variable) -> TemplateVariable:
    return TemplateVariable(
        name=one.name,
        type=one.type,
        sample=one.sample,
        is_optional=one.is_optional,
        descriptions=[LocalizedText(locale=locale, text=text) for locale, text in sorted(one.descriptions.items())],
    )


def _gone(key: str) -> DocumentType:
    titles = [LocalizedText(locale="en", text=key)]
    return DocumentType(
        key=key,
        titles=titles,
        is_payable=False,
        period_kinds=[],
        is_installed=False,
        details_schema=None,
        corrects=[],
    )
