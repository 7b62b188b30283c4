"""Contracts as their documents see them: one statement gives all that holds on the day."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from billfold.database.connection import reading, writing
from billfold.database.parties import billed_contracts
from billfold.domain.document import BankDetails, Signer, TaxRegime
from billfold.domain.errors import InvalidInput
from billfold.domain.tax import TaxRounding
from billfold.services.charging import taxation_of
from tests.factories_rows import add_brand, add_client, add_contract, add_enterprise, add_row

NOW = datetime(2026, 10, 31, 22, 30, tzinfo=UTC)


async def test_a_contract_comes_with_its_dated_taxes_and_its_closed_days(database: str) -> None:
    async with writing() as connection:
        enterprise_id = await add_enterprise(connection, tax_rounding="rate", closed_until=date(2026, 10, 1))
        contract_id = await add_contract(connection, enterprise_id=enterprise_id, closed_on=date(2026, 12, 1))
        later = {"enterprise_id": enterprise_id, "valid_from": date(2027, 1, 1), "regime": "usn-5"}
        await add_row(connection, "tax_regimes", later)

        found = await billed_contracts(connection, [contract_id, uuid4()], issue_date=None, now=NOW)

    (contract,) = found.values()
    assert contract.regimes == ((date(1900, 1, 1), TaxRegime.VAT), (date(2027, 1, 1), TaxRegime.USN_5))
    assert (contract.tax_rounding, contract.revision) == (TaxRounding.RATE, 0)
    assert (contract.closed_on, contract.closed_until) == (date(2026, 12, 1), date(2026, 10, 1))


async def test_the_regime_of_a_day_is_the_last_that_holds(database: str) -> None:
    async with writing() as connection:
        contract_id = await add_contract(connection)
        await connection.execute("UPDATE tax_regimes SET valid_from = '2026-01-01'")

        contract = (await billed_contracts(connection, [contract_id], issue_date=None, now=NOW))[contract_id]
        await connection.execute("DELETE FROM tax_regimes")
        bare = (await billed_contracts(connection, [contract_id], issue_date=None, now=NOW))[contract_id]

    with pytest.raises(InvalidInput, match="no tax regime on 2025-12-31"):
        taxation_of(contract).regime(date(2025, 12, 31))
    assert taxation_of(contract).regime(date(2026, 1, 1)) is TaxRegime.VAT
    assert bare.regimes == ()


async def test_today_is_the_day_of_each_enterprise(database: str) -> None:
    async with writing() as connection:
        contracts = {}
        for zone in ("Europe/Moscow", "Europe/London"):
            enterprise_id = await add_enterprise(connection, timezone=zone)
            client_id = await add_client(connection, enterprise_id=enterprise_id, name="ООО «Прежнее»")
            contracts[zone] = await add_contract(connection, enterprise_id=enterprise_id, client_id=client_id)
        await connection.execute(
            """INSERT INTO client_requisites (id, client_id, valid_from, kind, name)
               SELECT gen_random_uuid(), id, '2026-11-01', kind, 'ООО «Новое»' FROM clients"""
        )

        found = await billed_contracts(connection, list(contracts.values()), issue_date=None, now=NOW)

    assert found[contracts["Europe/Moscow"]].buyer.name == "ООО «Новое»"
    assert found[contracts["Europe/London"]].buyer.name == "ООО «Прежнее»"


async def test_before_the_first_version_the_first_one_holds(database: str) -> None:
    async with writing() as connection:
        contract_id = await add_contract(connection)
        await connection.execute("UPDATE client_requisites SET valid_from = '2026-12-01', name = 'ООО «Первое»'")

        found = await billed_contracts(connection, [contract_id], issue_date=date(2026, 10, 1), now=NOW)

    assert found[contract_id].buyer.name == "ООО «Первое»"


async def test_without_dated_ones_the_enterprises_own_account_and_signers_are_taken(database: str) -> None:
    async with writing() as connection:
        contract_id = await add_contract(connection)

    async with reading() as connection:
        seller = (await billed_contracts(connection, [contract_id], issue_date=None, now=NOW))[contract_id].seller

    assert seller.bank == BankDetails("ПАО СБЕРБАНК", "044525225", "40702810200000000001", "30101810400000000225")
    assert (seller.director, seller.accountant) == (Signer("", "Андреева А. В."), None)


async def test_a_sole_proprietors_kpp_is_left_out(database: str) -> None:
    async with writing() as connection:
        enterprise_id = await add_enterprise(connection, kind="sole_proprietor")
        client_id = await add_client(connection, enterprise_id=enterprise_id, kind="sole_proprietor")
        contract_id = await add_contract(connection, enterprise_id=enterprise_id, client_id=client_id)

        found = (await billed_contracts(connection, [contract_id], issue_date=None, now=NOW))[contract_id]

    assert (found.seller.kpp, found.buyer.kpp) == ("", "")


async def test_parties_come_with_what_electronic_exchange_and_facsimiles_need(database: str) -> None:
    async with writing() as connection:
        brand_id = await add_brand(connection, font="Lato")
        enterprise_id = await add_enterprise(
            connection,
            brand_id=brand_id,
            ogrn_on=date(2002, 8, 26),
            electronic_address="2BM-7700000016",
            stamp="data:image/png;base64,c3RhbXA=",
        )
        signer = {
            "enterprise_id": enterprise_id,
            "role": "director",
            "valid_from": date(2026, 1, 1),
            "name": "Ким Е. С.",
            "signature": "data:image/png;base64,c2lnbmVk",
        }
        await add_row(connection, "signers", signer)
        client_id = await add_client(
            connection, enterprise_id=enterprise_id, ogrn_on=date(2010, 5, 6), electronic_address="0192:987654321"
        )
        contract_id = await add_contract(connection, enterprise_id=enterprise_id, client_id=client_id)

        found = (await billed_contracts(connection, [contract_id], issue_date=None, now=NOW))[contract_id]

    assert (found.seller.ogrn_on, found.seller.electronic_address) == (date(2002, 8, 26), "2BM-7700000016")
    assert found.seller.stamp == "data:image/png;base64,c3RhbXA="
    assert found.seller.director == Signer("", "Ким Е. С.", "", "data:image/png;base64,c2lnbmVk")
    assert (found.buyer.ogrn_on, found.buyer.electronic_address) == (date(2010, 5, 6), "0192:987654321")
    assert (found.buyer.stamp, found.brand.font) == ("", "Lato")


async def test_what_electronic_exchange_needs_is_that_of_the_day(database: str) -> None:
    async with writing() as connection:
        contract_id = await add_contract(connection)
        await connection.execute(
            """UPDATE clients SET ogrn = '1027700132195', ogrn_on = '2002-08-26', electronic_address = '2BM-2',
                      requisites_from = '2026-10-20'"""
        )

        found = [
            (await billed_contracts(connection, [contract_id], issue_date=date(2026, 10, day), now=NOW))[contract_id]
            for day in (19, 20)
        ]

    assert [(one.buyer.ogrn_on, one.buyer.electronic_address) for one in found] == [
        (None, ""),
        (date(2002, 8, 26), "2BM-2"),
    ]
