"""A synthetic operator's books, of the shape that an ordinary operator's have; the same for the same seed.

Three enterprises of two brands, 300 clients with 350 contracts, 360 subscriptions, and usage of October 2026 by a third
of the contracts: a few use most of it, as in life. Everybody is invented, with valid check digits.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from billfold.domain.document import Party
from tests.factories import make_seller, make_sole_seller

PERIOD = "2026-10"
CLIENTS, CONTRACTS, SUBSCRIPTIONS, USERS = 300, 350, 360, 116
_SEED = 20261001
_START = datetime(2026, 9, 30, 21, tzinfo=UTC)
_MONTH_SECONDS = 31 * 86_400
_INN_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_SHARES = {"sever": 180, "volna": 90, "orlov": 30}
_SERVICES = (
    ("internet-100", "Доступ в интернет 100 Мбит/с", "мес", "362", "subscription", "2200.00"),
    ("internet-500", "Доступ в интернет 500 Мбит/с", "мес", "362", "subscription", "5500.00"),
    ("vpbx", "Виртуальная АТС, рабочее место", "мес", "362", "subscription", "390.00"),
    ("colo-1u", "Размещение оборудования, 1U", "мес", "362", "subscription", "3900.00"),
    ("sms", "Передача SMS-сообщений", "шт", "796", "usage", ""),
    ("voice", "Местная и междугородная связь", "мин", "355", "usage", ""),
    ("install", "Подключение линии", "шт", "796", "one_off", ""),
)
_NETWORKS = (
    "250-01 МТС, Россия",
    "250-02 МегаФон, Россия",
    "250-20 t2, Россия",
    "250-99 Билайн, Россия",
    "234-10 O2, UK",
    "257-01 A1, Беларусь",
    "262-01 Telekom, Deutschland",
    "282-01 Silknet, საქართველო",
    "283-01 Team, Հայաստան",
    "310-260 T-Mobile, USA",
    "401-01 Beeline, Қазақстан",
    "434-04 Beeline, Oʻzbekiston",
)
_SMS_PRICES = ("0.9045", "2.4045", "4.777")


def write_books(folder: Path, usage_rows: int) -> None:
    """Write all CSV files of the operator, with so many rows of usage."""
    random = Random(_SEED)
    contracts = _contracts(random)
    _write(folder / "brands.csv", "code,name,currency,email,phone,website,mail_subject,mail_signature", _brands())
    _write(
        folder / "enterprises.csv",
        "code,brand,legal_name,kind,inn,kpp,ogrn,address,bank_name,bic,account,corr_account,director,accountant,"
        "tax_regime,timezone,country",
        _enterprises(),
    )
    services = (service[:5] for service in _SERVICES)
    _write(folder / "services.csv", "code,name,unit_name,unit_okei,kind", services)
    _write(
        folder / "clients.csv",
        "code,kind,company,company_credential,inn,kpp,address,country,email,locale,enterprise,invoice_dates,"
        "send_stats,send_invoices,bank_account,bank_bic",
        _clients(random),
    )
    contacts = ([_client(at), "Ирина Лебедева", "accounting", f"buh.{_client(at)}@client.example"] for at in range(190))
    _write(folder / "contacts.csv", "client,name,role,email", contacts)
    _write(
        folder / "contracts.csv",
        "number,client,enterprise,signed_on,valid_to,currency,billing,payment_terms_days,opening_balance",
        contracts,
    )
    subscriptions = _subscriptions(random, contracts)
    _write(
        folder / "subscriptions.csv", "contract,service,started_on,ended_on,price,tax_included,quantity", subscriptions
    )
    _write(
        folder / f"usage-{PERIOD}.csv",
        "external_id,contract,service,occurred_at,quantity,unit_price,tax_included,destination,party",
        _usage(random, contracts, usage_rows),
    )


def _write(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)


def _brands() -> Iterator[list[str]]:
    for code, name in (("sever", "Север Связь"), ("volna", "Волна SMS")):
        mail, site = f"billing@{code}.example", f"https://{code}.example"
        yield [code, name, "RUB", mail, "+7 495 000-00-01", site, "Документы за {period}", f"С уважением, {name}"]


def _enterprises() -> Iterator[list[str]]:
    yield _enterprise("sever", "sever", make_seller(name="ООО «Север Связь»"), "vat")
    yield _enterprise("volna", "volna", make_seller(name="ООО «Волна»"), "vat")
    yield _enterprise("orlov", "sever", make_sole_seller(), "usn-exempt")


def _enterprise(code: str, brand: str, seller: Party, regime: str) -> list[str]:
    bank, director, accountant = seller.bank, seller.director, seller.accountant
    assert bank is not None
    assert director is not None
    signers = [director.name, accountant.name if accountant else ""]
    requisites = [seller.kind.value, seller.inn, seller.kpp, seller.ogrn, seller.address]
    details = [bank.name, bank.bic, "" if seller.kpp == "" else bank.account, bank.corr_account]
    return [code, brand, seller.name, *requisites, *details, *signers, regime, "Europe/Moscow", "RU"]


def _client(at: int) -> str:
    return f"c{at % CLIENTS + 1:04}"


def _clients(random: Random) -> Iterator[list[object]]:
    homes = [code for code, count in _SHARES.items() for _ in range(count)]
    for at in range(CLIENTS):
        code = _client(at)
        kind, name, inn, kpp = _identity(random, at)
        address = f"1{at:05}, г. Москва, ул. Клиентская, д. {at + 1}"
        dates = random.choice(("", "1", "last", "1,15"))
        yield [code, kind, name, "", inn, kpp, address, "RU", f"{code}@client.example", "ru", homes[at], dates,
               "true", "true" if at % 3 else "false", "", ""]  # fmt: skip


def _identity(random: Random, at: int) -> tuple[str, str, str, str]:
    if at % 5 == 0:
        return "person", f"Андреева Полина {at}", "", ""
    digits = [7, 7, *(random.randrange(10) for _ in range(7))]
    control = sum(digit * weight for digit, weight in zip(digits, _INN_WEIGHTS, strict=True)) % 11 % 10
    return "company", f"ООО «Юпитер {at}»", "".join(map(str, [*digits, control])), "770101001"


def _contracts(random: Random) -> list[list[object]]:
    homes = [code for code, count in _SHARES.items() for _ in range(count)]
    rows: list[list[object]] = []
    for at in range(CONTRACTS):
        signed = date(2022, 1, 1) + timedelta(days=random.randrange(1_600))
        billing, terms = random.choice(("postpaid", "postpaid", "prepaid")), random.choice((5, 7, 10, 14))
        balance = f"{random.randrange(-400_000, 600_000) / 100:.2f}"
        number = f"{at + 1}/{signed.year}"
        rows.append([number, _client(at), homes[at % CLIENTS], signed, "", "RUB", billing, terms, balance])
    return rows


def _subscriptions(random: Random, contracts: Sequence[Sequence[object]]) -> Iterator[list[object]]:
    sold = [service for service in _SERVICES if service[4] == "subscription"]
    for at in range(SUBSCRIPTIONS):
        contract, service = contracts[at % CONTRACTS], sold[(at // CONTRACTS + at) % len(sold)]
        started = date(2026, 10, 1 + random.randrange(31)) if random.random() < 0.1 else contract[3]
        yield [contract[0], service[0], started, "", service[5], "true", 1 + at % 3 if service[0] == "vpbx" else 1]


def _usage(random: Random, contracts: Sequence[Sequence[object]], rows: int) -> Iterator[list[object]]:
    users = random.sample(contracts, USERS)
    weights = [1 / (rank + 2) for rank in range(USERS)]
    for number, contract in enumerate(random.choices(users, weights, k=rows)):
        at = _START + timedelta(seconds=random.randrange(_MONTH_SECONDS))
        said = [f"u-{number:08}", contract[0]]
        if random.random() < 0.25:
            party = f"7495{random.randrange(10_000_000):07}"
            yield [*said, "voice", at.isoformat(), random.randrange(1, 61), "1.20", "true", "Москва", party]
            continue
        network = random.randrange(len(_NETWORKS))
        price, party = _SMS_PRICES[network % len(_SMS_PRICES)], f"79{random.randrange(1_000_000_000):09}"
        yield [*said, "sms", at.isoformat(), random.randrange(1, 7), price, "true", _NETWORKS[network], party]
