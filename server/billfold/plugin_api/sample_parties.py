"""Sample parties: invented sellers and buyers of every kind, with all the requisites that the kind has."""

from datetime import date

from billfold.domain.document import BankDetails, BrandTheme, ContractReference, Party, PartyKind, Signer

SAMPLE_BRAND = BrandTheme(
    code="sample",
    name="Пример Связь",
    email="billing@primer.example",
    phone="+7 495 000-00-01",
    website="primer.example",
)
SAMPLE_CONTRACT = ContractReference("17/2025", date(2025, 3, 15), "RUB")


def sample_seller(kind: PartyKind = PartyKind.COMPANY) -> Party:
    """Give a seller with a bank: a company with two signers, or a sole proprietor, who signs alone."""
    bank = BankDetails("ПАО СБЕРБАНК", "044525225", "40702810200000000001", "30101810400000000225")
    if kind is PartyKind.SOLE_PROPRIETOR:
        return Party(
            code="sample-sole-seller",
            kind=kind,
            name="ИП Орлов Сергей Петрович",
            inn="500100732259",
            ogrn="304500116000157",
            ogrn_on=date(2004, 6, 8),
            address="141400, Московская обл., г. Химки, ул. Примерная, д. 2",
            bank=bank,
            director=Signer("", "Орлов Сергей Петрович"),
            electronic_address="2BM-500100732259-2012052808220682662630000000001",
        )
    return Party(
        code="sample-seller",
        kind=PartyKind.COMPANY,
        name="ООО «Пример Связь»",
        inn="7700000016",
        kpp="770001001",
        ogrn="1027700000019",
        address="101000, г. Москва, ул. Примерная, д. 1",
        email="billing@primer.example",
        phone="+7 495 000-00-01",
        bank=bank,
        director=Signer("", "Иванов Иван Иванович", "приказ № 1 от 11.01.2021"),
        accountant=Signer("", "Морозова Елена Сергеевна"),
        electronic_address="2BM-7700000016-2012052808220682662630000000002",
    )


def sample_buyer(kind: PartyKind = PartyKind.COMPANY) -> Party:
    """Give a buyer of the kind."""
    return {
        PartyKind.COMPANY: _company,
        PartyKind.SOLE_PROPRIETOR: _sole_proprietor,
        PartyKind.PERSON: _person,
        PartyKind.FOREIGN: _foreign,
    }[kind]()


def _company() -> Party:
    return Party(
        code="sample",
        kind=PartyKind.COMPANY,
        name="ООО «Покупатель»",
        inn="7700000023",
        kpp="770001001",
        ogrn="1027700000020",
        address="119021, г. Москва, ул. Клиентская, д. 5",
        email="accounts@pokupatel.example",
        electronic_address="2BM-7700000023-2012052808220682662630000000003",
    )


def _sole_proprietor() -> Party:
    return Party(
        code="sample-sole",
        kind=PartyKind.SOLE_PROPRIETOR,
        name="ИП Морозова Анна Ивановна",
        inn="770000000156",
        ogrn="304770000000019",
        ogrn_on=date(2004, 3, 1),
        address="111612, г. Москва, ул. Клиентская, д. 1",
        electronic_address="2BM-770000000156-2012052808220682662630000000004",
    )


def _person() -> Party:
    return Party(
        code="sample-person",
        kind=PartyKind.PERSON,
        name="Андреева Полина Олеговна",
        address="146857, г. Москва, ул. Клиентская, д. 2",
        email="polina@andreeva.example",
    )


def _foreign() -> Party:
    return Party(
        code="sample-foreign",
        kind=PartyKind.FOREIGN,
        name="Silknet JSC / სილქნეტი",
        inn="204566978",
        address="95 Tsinamdzghvrishvili St, Tbilisi",
        country="GE",
        electronic_address="0088:5790000436057",
    )
