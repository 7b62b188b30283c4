"""Cases: made-up facts of every kind that a plugin meets, each with a name to tell it by."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from billfold.domain.charging import Charge
from billfold.domain.document import BrandTheme, ContractReference, Document, Party, PartyKind, TaxRegime
from billfold.domain.money import ZERO
from billfold.domain.periods import Period
from billfold.domain.tax import EXEMPTION_GROUNDS
from billfold.plugin_api.document_type import DocumentType, PeriodKind
from billfold.plugin_api.facts import DocumentFacts
from billfold.plugin_api.sample_parties import sample_buyer, sample_seller
from billfold.plugin_api.samples import sample_facts

Case = tuple[str, DocumentFacts]

# German stands for every language that has no labels.
LOCALES = ("en", "ru", "de")
LINE_COUNTS = (0, 1, 100, 1_000)
LONG_NAME = "Общество с ограниченной ответственностью «Производственно-коммерческое объединение дальней связи» " * 2
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}{% raw %} «ёлочки» \"&amp;' 🧾 مرحبا \u202eabc\u202c"
HOSTILE_MARKS = ("<script>alert(1)", "</script>49")


def locales(declared: DocumentType) -> Iterator[Case]:
    """Give each language, and each thing that a document can be asked for."""
    for locale in LOCALES:
        for kind in _kinds(declared):
            yield f"{kind.value}, {locale}", sample_facts(declared, locale, lines=3, kind=kind)


def lines(declared: DocumentType, most: int) -> Iterator[Case]:
    """Give no line, one, and as many as a type may have, up to 1,000."""
    for kind in _kinds(declared):
        for count in LINE_COUNTS:
            if count <= most:
                yield f"{kind.value}, {count} lines", sample_facts(declared, "ru", lines=count, kind=kind)


def totals(declared: DocumentType) -> Iterator[Case]:
    """Give sums of nothing, below zero, without tax, and in currencies of no and of three decimals."""
    for kind in _kinds(declared):
        facts = sample_facts(declared, "ru", lines=3, kind=kind)
        name = kind.value
        yield f"{name}, total of zero", _charged(facts, _nought)
        yield f"{name}, total below zero", _charged(facts, _negative)
        yield f"{name}, without tax", _without_tax(facts)
        yield f"{name}, JPY", _in_currency(facts, "JPY")
        yield f"{name}, KWD", _in_currency(facts, "KWD")


def parties(declared: DocumentType) -> Iterator[Case]:
    """Give every kind of seller with every kind of buyer."""
    for seller in (PartyKind.COMPANY, PartyKind.SOLE_PROPRIETOR):
        for buyer in PartyKind:
            for locale in ("ru", "en"):
                facts = sample_facts(declared, locale)
                yield (
                    f"{seller.value} to {buyer.value}, {locale}",
                    replace(facts, seller=sample_seller(seller), buyer=sample_buyer(buyer)),
                )


def bare(declared: DocumentType) -> Iterator[Case]:
    """Give parties and a brand of which nothing is known but the name, and no day to pay by."""
    for kind in _kinds(declared):
        for locale in ("ru", "en"):
            facts = sample_facts(declared, locale, lines=2, kind=kind)
            for buyer in PartyKind:
                yield (
                    f"{kind.value}, bare {buyer.value}, {locale}",
                    replace(
                        facts,
                        seller=Party("seller", PartyKind.COMPANY, "ООО «Связь»"),
                        buyer=Party("buyer", buyer, "Client"),
                        brand=BrandTheme("brand", "Brand"),
                        due_date=None,
                    ),
                )


def names(declared: DocumentType) -> Iterator[Case]:
    """Give names of 200 characters, and such as attack a page: tags, braces, quotes, other scripts, line ends."""
    for kind in _kinds(declared):
        facts = sample_facts(declared, "ru", lines=4, kind=kind)
        yield f"{kind.value}, long names", _named(facts, LONG_NAME[:200])
        yield f"{kind.value}, hostile names", _named(facts, HOSTILE)
        lined = f"{HOSTILE}\nsecond line"
        yield f"{kind.value}, free requisites", replace(facts, buyer=replace(facts.buyer, credential=lined))


def sample(declared: DocumentType, locale: str, *, lines: int = 3) -> Iterator[DocumentFacts]:
    """Give what most types make a document of: the first is to be taken that a type says anything of."""
    facts = sample_facts(declared, locale, lines=lines)
    for buyer in (PartyKind.COMPANY, PartyKind.PERSON, PartyKind.FOREIGN):
        yield replace(facts, buyer=sample_buyer(buyer))


def exported(declared: DocumentType) -> Iterator[DocumentFacts]:
    """Give what formats take: domestic documents, one between countries in EUR, and one with hostile names."""
    for kind in _kinds(declared):
        for lines in (1, 3):
            yield sample_facts(declared, "ru", lines=lines, kind=kind)
        facts = sample_facts(declared, "en", kind=kind)
        yield replace(
            _in_currency(facts, "EUR"),
            seller=replace(sample_seller(), electronic_address="0088:7300010000001"),
            buyer=sample_buyer(PartyKind.FOREIGN),
        )
        yield _named(sample_facts(declared, "ru", kind=kind), HOSTILE)


def years(document: Document) -> Iterator[Document]:
    """Give a document over years, quarters, months, days and contracts whose numbers look alike."""
    for on in (date(2026, 1, 15), date(2026, 4, 15), date(2026, 11, 1), date(2026, 11, 2), date(2027, 11, 1)):
        first = on.replace(day=1)
        period = Period((first - timedelta(days=1)).replace(day=1), first) if document.period else None
        for contract in ("1", "11", "17/2025"):
            reference = ContractReference(contract, date(2025, 3, 15), "RUB")
            yield replace(document, issue_date=on, period=period, contract=reference)


def _kinds(declared: DocumentType) -> list[PeriodKind]:
    return [kind for kind in PeriodKind if kind in declared.period_kinds]


def _charged(facts: DocumentFacts, change: Callable[[Charge], Charge]) -> DocumentFacts:
    return replace(facts, charges=tuple(change(charge) for charge in facts.charges))


def _nought(charge: Charge) -> Charge:
    return replace(charge, unit_price=ZERO, net=ZERO, tax=ZERO, gross=ZERO)


def _negative(charge: Charge) -> Charge:
    return replace(charge, unit_price=-charge.unit_price, net=-charge.net, tax=-charge.tax, gross=-charge.gross)


def _without_tax(facts: DocumentFacts) -> DocumentFacts:
    regime = TaxRegime.USN_EXEMPT
    note = EXEMPTION_GROUNDS.get(regime, {}).get(facts.locale, "")
    untaxed = _charged(facts, lambda charge: replace(charge, tax_rate=None, net=charge.gross, tax=ZERO))
    return replace(untaxed, tax_note=note, tax_regime=regime)


def _in_currency(facts: DocumentFacts, currency: str) -> DocumentFacts:
    whole = _charged(facts, lambda charge: _whole(replace(charge, currency=currency)))
    return replace(whole, currency=currency, contract=replace(facts.contract, currency=currency))


def _whole(charge: Charge) -> Charge:
    net, tax = charge.net.to_integral_value(), charge.tax.to_integral_value()
    return replace(charge, unit_price=net + tax, quantity=Decimal(1), net=net, tax=tax, gross=net + tax)


def _named(facts: DocumentFacts, name: str) -> DocumentFacts:
    return replace(
        facts,
        seller=replace(facts.seller, name=name, address=name),
        buyer=replace(facts.buyer, name=name, address=name),
        brand=replace(facts.brand, name=name),
        # Numbers are entered by the operator's people, and hold no signs that cannot be seen.
        contract=replace(facts.contract, number=name[:100].split("\u202e")[0].strip()),
        charges=tuple(_renamed(charge, name) for charge in facts.charges),
        description=name,
        subscriptions=tuple(
            replace(one, service=replace(one.service, names={"": name})) for one in facts.subscriptions
        ),
        usage=tuple(replace(one, destination=name) for one in facts.usage),
    )


def _renamed(charge: Charge, name: str) -> Charge:
    return replace(charge, service=replace(charge.service, names={"": name}), destination=name)
