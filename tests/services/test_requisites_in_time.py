"""Requisites in time: a document takes those of its date, whoever changes them and whenever."""

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from billfold.database.connection import writing
from billfold.database.enterprises import SignerRole
from billfold.database.requisites import put_due_in_force
from billfold.domain.access import OPERATOR
from billfold.domain.clock import FixedClock
from billfold.domain.document import Document, Signer, TaxRegime
from billfold.domain.errors import IllegalState, InvalidInput
from billfold.domain.periods import month
from billfold.domain.snapshot import from_json
from billfold.services import clients, documents, enterprises
from billfold.services.parts import Parts
from billfold.services.working import sweep
from tests.services.asking import contract, rows, value
from tests.services.test_parties import id_of

# The clock of `books` stands at noon of 1 November 2026 in the enterprises' zones.
VERSIONS = "SELECT valid_from, name, address FROM client_requisites WHERE client_id = $1 ORDER BY valid_from"
ROW = "SELECT requisites_from, name, address FROM clients WHERE id = $1"
OLD_NAME, OLD_ADDRESS = "ООО «Бухта Роз»", "236006, г. Калининград, ул. Садовая Гряда, д. 21"


async def issue(parts: Parts, day: date | None, number: str = "Я-101") -> Document:
    document_id = await documents.issue_for_amount(
        parts,
        OPERATOR,
        type="invoice",
        contract_id=await contract(number),
        amount=Decimal("1220.00"),
        issue_date=day,
    )
    return from_json(await value("SELECT snapshot FROM documents WHERE id = $1", document_id))


async def rename(parts: Parts, valid_from: date | None = None, **fields: object) -> UUID:
    client_id = await id_of("clients", "bukhta-roz")
    return await clients.update_client(parts, OPERATOR, client_id=client_id, fields=fields, valid_from=valid_from)


def at(parts: Parts, *instant: int) -> Parts:
    return dataclasses.replace(parts, clock=FixedClock(datetime(*instant, tzinfo=UTC)))  # type: ignore[misc,arg-type]


async def test_documents_take_the_requisites_of_their_date(books: Parts) -> None:
    await rename(books, date(2026, 10, 20), name="ООО «Роза Ветров»", kpp="391201001")

    before, after = await issue(books, date(2026, 10, 19)), await issue(books, date(2026, 10, 20))

    assert (before.buyer.name, before.buyer.kpp) == (OLD_NAME, "390001001")
    assert (after.buyer.name, after.buyer.kpp) == ("ООО «Роза Ветров»", "391201001")
    assert (after.buyer.address, after.buyer.inn) == (OLD_ADDRESS, "3900000111")


async def test_a_change_holds_since_today_in_the_zone_of_the_enterprise(books: Parts) -> None:
    # 23:30 UTC on 31 October is 1 November there.
    client_id = await rename(at(books, 2026, 10, 31, 23, 30), name="ООО «Новое»")

    assert await rows(VERSIONS, client_id) == [
        {"valid_from": date(1900, 1, 1), "name": OLD_NAME, "address": OLD_ADDRESS},
        {"valid_from": date(2026, 11, 1), "name": "ООО «Новое»", "address": OLD_ADDRESS},
    ]
    assert await rows(ROW, client_id) == [
        {"requisites_from": date(2026, 11, 1), "name": "ООО «Новое»", "address": OLD_ADDRESS}
    ]


async def test_a_second_change_of_a_day_corrects_the_first(books: Parts) -> None:
    await rename(books, name="ООО «Новое»")

    client_id = await rename(books, name="ООО «Новейшее»")

    assert [row["name"] for row in await rows(VERSIONS, client_id)] == [OLD_NAME, "ООО «Новейшее»"]


async def test_the_same_requisites_again_make_no_version(books: Parts) -> None:
    client_id = await rename(books, name=OLD_NAME, email="x@y.example")

    assert len(await rows(VERSIONS, client_id)) == 1
    assert await value("SELECT email FROM clients WHERE id = $1", client_id) == "x@y.example"


async def test_a_day_before_the_rows_own_corrects_that_version_alone(books: Parts) -> None:
    await rename(books, date(2026, 10, 1), name="ООО «Октябрь»")

    client_id = await rename(books, date(2026, 9, 1), address="Сентябрьская, 9")

    assert [tuple(row.values()) for row in await rows(VERSIONS, client_id)] == [
        (date(1900, 1, 1), OLD_NAME, OLD_ADDRESS),
        (date(2026, 9, 1), OLD_NAME, "Сентябрьская, 9"),
        (date(2026, 10, 1), "ООО «Октябрь»", OLD_ADDRESS),
    ]
    assert await value("SELECT name FROM clients WHERE id = $1", client_id) == "ООО «Октябрь»"


async def test_a_day_to_come_waits_for_the_sweep(books: Parts) -> None:
    client_id = await rename(books, date(2026, 12, 1), name="ООО «Декабрь»")

    await sweep(at(books, 2026, 11, 30, 20))
    early = await value("SELECT name FROM clients WHERE id = $1", client_id)
    await sweep(at(books, 2026, 11, 30, 22, 30))
    await sweep(at(books, 2026, 11, 30, 22, 30))

    assert early == OLD_NAME
    assert await rows(ROW, client_id) == [
        {"requisites_from": date(2026, 12, 1), "name": "ООО «Декабрь»", "address": OLD_ADDRESS}
    ]
    assert len(await rows(VERSIONS, client_id)) == 2


async def test_a_document_of_a_day_to_come_takes_what_holds_then(books: Parts) -> None:
    await rename(books, date(2026, 12, 1), name="ООО «Декабрь»")

    assert (await issue(books, date(2026, 12, 1))).buyer.name == "ООО «Декабрь»"
    assert (await issue(books, None)).buyer.name == OLD_NAME
    assert (await issue(at(books, 2026, 12, 1, 9), None)).buyer.name == "ООО «Декабрь»"


async def test_a_change_of_today_lasts_beyond_a_change_to_come(books: Parts) -> None:
    await rename(books, date(2026, 12, 1), name="ООО «Декабрь»")

    client_id = await rename(books, address="Новая, 1")

    assert [tuple(row.values()) for row in await rows(VERSIONS, client_id)][1:] == [
        (date(2026, 11, 1), OLD_NAME, "Новая, 1"),
        (date(2026, 12, 1), "ООО «Декабрь»", "Новая, 1"),
    ]


async def test_what_electronic_exchange_needs_has_a_history(books: Parts) -> None:
    given = {"ogrn": "1027700132195", "ogrn_on": date(2002, 8, 26), "electronic_address": "2BM-39"}
    await rename(books, date(2026, 10, 20), **given)
    # Later versions that say nothing of it get what is told for earlier days.
    await rename(books, date(2026, 12, 1), name="ООО «Декабрь»")
    await rename(books, ogrn_on=date(2002, 8, 27), electronic_address="2BM-40")

    days = (date(2026, 10, 19), date(2026, 10, 20), date(2026, 11, 1), date(2026, 12, 1))
    buyers = [(await issue(books, day)).buyer for day in days]

    assert [(buyer.ogrn_on, buyer.electronic_address) for buyer in buyers] == [
        (None, ""),
        (date(2002, 8, 26), "2BM-39"),
        (date(2002, 8, 27), "2BM-40"),
        (date(2002, 8, 27), "2BM-40"),
    ]


async def test_a_day_of_registration_reaches_later_versions_that_have_none(books: Parts) -> None:
    await rename(books, date(2026, 12, 1), name="ООО «Декабрь»")

    client_id = await rename(books, ogrn="1027700132195", ogrn_on=date(2002, 8, 26))
    await sweep(at(books, 2026, 12, 1, 9))

    assert await value("SELECT ogrn_on FROM clients WHERE id = $1", client_id) == date(2002, 8, 26)
    told = await rows(
        "SELECT valid_from, ogrn_on FROM client_requisites WHERE client_id = $1 ORDER BY valid_from", client_id
    )
    assert [(row["valid_from"], row["ogrn_on"]) for row in told] == [
        (date(1900, 1, 1), None),
        (date(2026, 11, 1), date(2002, 8, 26)),
        (date(2026, 12, 1), date(2002, 8, 26)),
    ]


async def test_requisites_do_not_change_in_closed_books(books: Parts) -> None:
    # The books of the seller are closed, whoever else bills the client by default.
    await value("UPDATE enterprises SET closed_until = '2026-10-01' WHERE code = 'yantar-net' RETURNING 1")
    vetrova = await id_of("enterprises", "vetrova")
    await value("UPDATE clients SET enterprise_id = $1 WHERE code = 'bukhta-roz' RETURNING 1", vetrova)

    with pytest.raises(IllegalState, match="closed until 2026-10-01") as refusal:
        await rename(books, date(2026, 9, 30), name="ООО «Прошлое»", email="a@b.example")

    assert refusal.value.field == "validFrom"
    assert await value("SELECT count(*) FROM client_requisites WHERE name = 'ООО «Прошлое»'") == 0
    assert await value("SELECT count(*) FROM clients WHERE email = 'a@b.example'") == 0
    await rename(books, date(2026, 10, 1), name="ООО «Прошлое»")


@pytest.mark.parametrize(
    ("day", "fields"), [(date(2026, 10, 1), {"email": "a@b.example"}), (date(1812, 9, 7), {"name": "ООО «Бородино»"})]
)
async def test_a_day_that_says_nothing_is_refused(books: Parts, day: date, fields: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await rename(books, day, **fields)

    assert refusal.value.field == "validFrom"
    assert await value("SELECT count(*) FROM audit_events") == 0


async def _own(parts: Parts, code: str = "yantar-net") -> dict[str, Any]:
    return {"parts": parts, "viewer": OPERATOR, "enterprise_id": await id_of("enterprises", code)}


async def test_the_seller_has_requisites_in_time_too(books: Parts) -> None:
    await enterprises.update_enterprise(
        **await _own(books), fields={"legal_name": "ООО «Янтарь Плюс»"}, valid_from=date(2026, 10, 20)
    )

    assert (await issue(books, date(2026, 10, 19))).seller.name == "ООО «Янтарь Нет»"
    assert (await issue(books, date(2026, 10, 20))).seller.name == "ООО «Янтарь Плюс»"


async def test_a_due_version_of_an_enterprise_is_put_into_force(books: Parts) -> None:
    own = await _own(books)
    await enterprises.update_enterprise(**own, fields={"address": "Новая, 1"}, valid_from=date(2026, 12, 1))

    async with writing() as connection:
        count = await put_due_in_force(connection, datetime(2026, 12, 1, 12, tzinfo=UTC))

    assert count == 1
    assert await value("SELECT address FROM enterprises WHERE id = $1", own["enterprise_id"]) == "Новая, 1"


async def test_the_account_of_the_currency_and_day_is_printed(books: Parts) -> None:
    own = await _own(books)
    account = {"bank_name": "ПАО СБЕРБАНК", "bic": "044525225", "account": "40702810200000000001"}
    await enterprises.set_bank_account(**own, valid_from=date(2026, 10, 20), currency="RUB", fields=account)
    await enterprises.set_bank_account(**own, valid_from=date(2026, 10, 1), currency="USD", fields=account)

    before, after = await issue(books, date(2026, 10, 19)), await issue(books, date(2026, 10, 20))

    assert before.seller.bank is not None
    assert before.seller.bank.account == "40702810400000000104"
    assert after.seller.bank is not None
    assert (after.seller.bank.name, after.seller.bank.bic) == ("ПАО СБЕРБАНК", "044525225")
    assert (after.seller.bank.account, after.seller.bank.corr_account) == ("40702810200000000001", "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"account": "40702810300000000001"}, "account"),
        ({"corr_account": "30101810400000000224"}, "corrAccount"),
        ({"bic": ""}, "bic"),
        ({"account": None}, "account"),
    ],
)
async def test_an_account_that_cannot_be_is_refused(books: Parts, changes: dict[str, object], field: str) -> None:
    account = {"bic": "044525225", "account": "40702810200000000001", **changes}

    with pytest.raises(InvalidInput) as refusal:
        await enterprises.set_bank_account(
            **await _own(books), valid_from=date(2026, 10, 1), currency="RUB", fields=account
        )

    assert refusal.value.field == field
    assert await value("SELECT count(*) FROM bank_accounts") == 0


async def test_who_signs_is_who_signs_on_the_day(books: Parts) -> None:
    own = await _own(books)
    deputy = {"name": "Ким Е. С.", "position": "Заместитель директора", "authority": "доверенность № 5"}
    await enterprises.set_signer(
        **own, valid_from=date(2026, 10, 10), valid_until=date(2026, 10, 20), role=SignerRole.DIRECTOR, fields=deputy
    )

    signers = [(await issue(books, date(2026, 10, day))).seller.director for day in (9, 10, 19, 20)]

    assert signers[1] == signers[2] == Signer("Заместитель директора", "Ким Е. С.", "доверенность № 5")
    assert signers[0] == signers[3]
    assert signers[0] is not None
    assert signers[0].position == ""


async def test_the_same_again_is_no_event(books: Parts) -> None:
    own = await _own(books)

    for _ in range(2):
        await enterprises.set_tax_regime(**own, valid_from=date(2027, 1, 1), regime=TaxRegime.USN_7)

    assert await value("SELECT count(*) FROM audit_events") == 1
    assert await value("SELECT regime FROM tax_regimes WHERE valid_from = '2027-01-01'") == "usn-7"


async def test_dated_things_do_not_change_in_closed_books(books: Parts) -> None:
    own = await _own(books)
    signer = {"name": "Ким Е. С."}
    await enterprises.set_signer(**own, valid_from=date(2026, 1, 1), role=SignerRole.ACCOUNTANT, fields=signer)
    await value("UPDATE enterprises SET closed_until = '2026-10-01' WHERE id = $1 RETURNING 1", own["enterprise_id"])

    with pytest.raises(IllegalState):
        await enterprises.set_tax_regime(**own, valid_from=date(2026, 9, 30), regime=TaxRegime.USN_7)
    with pytest.raises(IllegalState):
        await enterprises.set_signer(
            **own, valid_from=date(2026, 1, 1), role=SignerRole.ACCOUNTANT, fields={"name": "Другая"}
        )
    with pytest.raises(IllegalState):
        await enterprises.set_signer(
            **own,
            valid_from=date(2026, 1, 1),
            valid_until=date(2026, 9, 1),
            role=SignerRole.ACCOUNTANT,
            fields=signer,
        )
    # The last day lies in open books.
    await enterprises.set_signer(
        **own, valid_from=date(2026, 1, 1), valid_until=date(2026, 11, 1), role=SignerRole.ACCOUNTANT, fields=signer
    )

    assert await rows("SELECT name, valid_until FROM signers") == [
        {"name": "Ким Е. С.", "valid_until": date(2026, 11, 1)}
    ]
    assert await value("SELECT count(*) FROM tax_regimes WHERE regime = 'usn-7'") == 0


async def test_an_end_before_the_start_is_refused(books: Parts) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await enterprises.set_signer(
            **await _own(books),
            valid_from=date(2026, 10, 1),
            valid_until=date(2026, 10, 1),
            role=SignerRole.DIRECTOR,
            fields={"name": "Ким Е. С."},
        )

    assert refusal.value.field == "validUntil"


async def test_without_a_tax_regime_nothing_is_issued(books: Parts) -> None:
    await value("UPDATE tax_regimes SET valid_from = '2026-10-31' RETURNING 1")

    with pytest.raises(InvalidInput) as for_amount:
        await issue(books, date(2026, 10, 30))
    with pytest.raises(InvalidInput) as for_period:
        await documents.issue_for_period(
            books, OPERATOR, type="invoice", contract_id=await contract("Я-101"), period=month("2026-09")
        )

    assert for_amount.value.message == "Enterprise yantar-net has no tax regime on 2026-10-30: set one."
    assert "Enterprise yantar-net has no tax regime on 2026-09" in for_period.value.message
    assert await value("SELECT count(*) FROM documents") == 0


async def test_wrong_requisites_keep_a_document_from_being_issued(books: Parts) -> None:
    await rename(books, inn="3900000112", bank_account="40702810700000001101")

    with pytest.raises(InvalidInput) as refusal:
        await issue(books, None)

    assert refusal.value.message == (
        "Client bukhta-roz cannot be billed yet. ИНН 3900000112 has a wrong check digit: check it against the "
        "registration papers. Account 40702810700000001101 does not belong to БИК 042748973: check it against the "
        "bank's letter."
    )
    assert await value("SELECT count(*) FROM documents") == 0


async def test_a_seller_without_its_requisites_does_not_bill(books: Parts) -> None:
    await enterprises.update_enterprise(**await _own(books), fields={"ogrn": "", "director": ""})

    with pytest.raises(InvalidInput) as refusal:
        await issue(books, None)

    assert refusal.value.message == (
        "Enterprise yantar-net cannot bill yet. A company that bills needs its ogrn: fill it in. "
        "A company that bills needs its director: fill it in."
    )


async def test_a_buyer_may_lack_requisites_and_a_sole_proprietors_kpp_is_not_printed(books: Parts) -> None:
    await clients.update_client(
        books, OPERATOR, client_id=await id_of("clients", "zorin"), fields={"inn": "", "kpp": "391201001"}
    )

    document = await issue(books, None, "В-7")

    assert (document.buyer.inn, document.buyer.kpp) == ("", "")
