"""Bank statements written for tests: each key may be told or left out, in the order that banks write them."""

ACCOUNT = "40702810200000000001"
PAYER_ACCOUNT = "40702810500000000002"
PAYER_INN = "7707083893"

_HEAD = ("1CClientBankExchange", "ВерсияФормата=1.03", "Кодировка=Windows", "Отправитель=Банк", "Получатель=Учёт")


def payment(**changes: str) -> str:
    """Give the section of a payment of 2200.00 to ACCOUNT; a key told as "-" is left out."""
    keys = {
        "Номер": "315",
        "Дата": "30.10.2026",
        "Сумма": "2200.00",
        "ПлательщикСчет": PAYER_ACCOUNT,
        "Плательщик": f"ИНН {PAYER_INN} ООО «Юпитер Логистик»",
        "ПлательщикИНН": PAYER_INN,
        "Плательщик1": "ООО «Юпитер Логистик»",
        "ПолучательСчет": ACCOUNT,
        "ДатаПоступило": "31.10.2026",
        "ПолучательИНН": "7700000016",
        "НазначениеПлатежа": "За услуги связи",
        **changes,
    }
    cells = (f"{key}={value}" for key, value in keys.items() if value != "-")
    return "\n".join(("СекцияДокумент=Платежное поручение", *cells, "КонецДокумента"))


def balances(account: str = ACCOUNT, **changes: str) -> str:
    """Give the section of an account that took 2200.00 in."""
    keys = {
        "ДатаНачала": "31.10.2026",
        "ДатаКонца": "31.10.2026",
        "РасчСчет": account,
        "НачальныйОстаток": "100.00",
        "ВсегоПоступило": "2200.00",
        "ВсегоСписано": "0.00",
        "КонечныйОстаток": "2300.00",
        **changes,
    }
    cells = (f"{key}={value}" for key, value in keys.items() if value != "-")
    return "\n".join(("СекцияРасчСчет", *cells, "КонецРасчСчет"))


def statement_text(*sections: str, end: str = "КонецФайла") -> str:
    """Give the text of a whole file."""
    return "\n".join((*_HEAD, *sections, end))


def statement_file(*sections: str) -> bytes:
    """Give the bytes of a whole file, as most banks write it."""
    return statement_text(*sections).replace("\n", "\r\n").encode("cp1251")
