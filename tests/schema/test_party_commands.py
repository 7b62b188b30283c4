"""The managers' commands on parties over GraphQL: what they change, the Problems that they give, what may be read."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from billfold.domain.access import Role
from billfold.services.parts import Parts
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import value
from tests.services.test_parties import STAMP

PROBLEM = "... on Problem { problem: code message field }"


@pytest.fixture
async def own(books: Parts) -> AsyncIterator[Faces]:
    """Callers on fresh books of the sample operator."""
    async with open_http(books) as http:
        yield Faces(books, http)


@pytest.fixture
async def commander(own: Faces) -> Caller:
    """A manager of the sample operator."""
    return await own.staff(Role.MANAGER)


async def _id(noun: str, code: str) -> str:
    table = {"client": "clients", "enterprise": "enterprises", "brand": "brands"}[noun]
    return f"{noun}_{await value(f'SELECT id FROM {table} WHERE code = $1', code)}"  # noqa: S608 # Tables of our own.


async def _command(caller: Caller, name: str, of: str, fields: str, /, **given: Any) -> dict[str, Any]:
    input_type = f"{name[0].upper()}{name[1:]}Input"
    query = f"""mutation($input: {input_type}!) {{ {name}(input: $input) {{
      __typename ... on {of} {{ {fields} }} {PROBLEM} }} }}"""
    found: dict[str, Any] = (await caller.data(query, input=given))[name]
    return found


async def test_a_client_is_created_with_warnings(commander: Caller) -> None:
    made = await _command(
        commander,
        "createClient",
        "Client",
        "code name inn bankBic ogrn sendInvoices requisitesFrom warnings { field message } enterprise { code }",
        code="volna",
        kind="COMPANY",
        name="ООО «Волна»",
        enterprise=await _id("enterprise", "yantar-net"),
        inn="3900000112",
        bankAccount="40702810700000001101",
        bankBic="042748973",
    )

    assert made.pop("warnings") == [
        {
            "field": "inn",
            "message": "ИНН 3900000112 has a wrong check digit: check it against the registration papers.",
        },
        {
            "field": "bankAccount",
            "message": "Account 40702810700000001101 does not belong to БИК 042748973: check it against the bank's "
            "letter.",
        },
    ]
    assert made == {
        "__typename": "Client",
        "code": "volna",
        "name": "ООО «Волна»",
        "inn": "3900000112",
        "bankBic": "042748973",
        "ogrn": "",
        "sendInvoices": True,
        "requisitesFrom": "1900-01-01",
        "enterprise": {"code": "yantar-net"},
    }


async def test_a_kpp_of_a_sole_proprietor_is_a_warning(commander: Caller) -> None:
    changed = await _command(
        commander,
        "updateClient",
        "Client",
        "kpp warnings { field message }",
        client=await _id("client", "zorin"),
        kpp="391201001",
    )

    assert changed["kpp"] == "391201001"
    assert changed["warnings"] == [{"field": "kpp", "message": "A sole proprietor has no КПП: remove 391201001."}]


async def test_a_client_has_its_requisites_by_day(commander: Caller) -> None:
    changed = await _command(
        commander,
        "updateClient",
        "Client",
        "address requisites { validFrom name address } requisitesFrom credential",
        client=await _id("client", "zorin"),
        address=None,
        validFrom="2026-10-20",
    )

    assert [row["validFrom"] for row in changed["requisites"]] == ["1900-01-01", "2026-10-20"]
    assert changed["requisites"][1] == {
        "validFrom": "2026-10-20",
        "name": "ИП Зорин Кирилл Маркович",
        "address": "",
    }
    assert (changed["address"], changed["requisitesFrom"]) == ("", "2026-10-20")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"client": "client_0192f0c4-0000-7000-8000-000000000000"}, "NOT_FOUND", "client"),
        ({"client": "brand_0192f0c4-0000-7000-8000-000000000000"}, "NOT_FOUND", "client"),
        ({"enterprise": "enterprise_0192f0c4-0000-7000-8000-000000000000"}, "NOT_FOUND", "enterprise"),
        ({"enterprise": None}, "INVALID_INPUT", "enterprise"),
        ({"kind": None}, "INVALID_INPUT", "kind"),
        ({"name": " "}, "INVALID_INPUT", "name"),
        ({"email": "nobody"}, "INVALID_INPUT", "email"),
        ({"invoiceDates": "0"}, "INVALID_INPUT", "invoiceDates"),
        ({"code": "novosel"}, "CONFLICT", "code"),
        ({"validFrom": "2026-10-01"}, "INVALID_INPUT", "validFrom"),
    ],
)
async def test_what_is_wrong_with_a_change_is_a_problem(
    commander: Caller, changes: dict[str, Any], code: str, field: str
) -> None:
    given = {"client": await _id("client", "zorin"), "locale": "en", **changes}

    problem = await _command(commander, "updateClient", "Client", "code", **given)

    assert (problem["__typename"], problem["problem"], problem["field"]) == ("Problem", code, field)
    assert await value("SELECT count(*) FROM clients WHERE locale = 'en' AND code = 'zorin'") == 0


async def test_an_enterprise_is_created_and_told_what_it_lacks(commander: Caller) -> None:
    made = await _command(
        commander,
        "createEnterprise",
        "Enterprise",
        "taxRounding closedUntil taxRegimes { validFrom regime } brand { code } warnings { field message }",
        code="maree",
        brand=await _id("brand", "yantar"),
        legalName="ИП Марей Павел",
        kind="SOLE_PROPRIETOR",
        timezone="Europe/Moscow",
        inn="500100732259",
        corrAccount="1",
        taxRegime="USN_7",
    )

    assert made == {
        "__typename": "Enterprise",
        "taxRounding": "LINE",
        "closedUntil": None,
        "taxRegimes": [{"validFrom": "1900-01-01", "regime": "USN_7"}],
        "brand": {"code": "yantar"},
        "warnings": [
            {"field": "ogrn", "message": "A sole_proprietor that bills needs its ogrn: fill it in."},
            {"field": "address", "message": "A sole_proprietor that bills needs its address: fill it in."},
            {"field": "bic", "message": "An account needs the code of its bank: fill it in."},
        ],
    }


async def test_an_enterprise_without_a_tax_regime_is_told_so(commander: Caller) -> None:
    await value("DELETE FROM tax_regimes RETURNING 1")

    found = await commander.data("{ enterprises { warnings { field message } } }")

    assert found["enterprises"][0]["warnings"] == [
        {"field": "taxRegimes", "message": "An enterprise that bills needs its tax regime: set one."}
    ]


async def test_an_enterprise_has_dated_accounts_signers_and_taxes(commander: Caller) -> None:
    own = {"enterprise": await _id("enterprise", "yantar-net"), "validFrom": "2026-10-20"}

    await _command(commander, "setTaxRegime", "Enterprise", "code", **own, regime="USN_5")
    await _command(
        commander, "setSigner", "Enterprise", "code", **own, role="DIRECTOR", name="Ким Е. С.", position="Врио"
    )
    last = await _command(
        commander,
        "setBankAccount",
        "Enterprise",
        """taxRegimes { validFrom regime } signers { role validFrom validUntil name position authority }
           bankAccounts { currency validFrom bankName bic account corrAccount } requisites { validFrom legalName } """,
        **own,
        currency="USD",
        bic="044525225",
        account="40702810200000000001",
    )

    assert last["taxRegimes"][1] == {"validFrom": "2026-10-20", "regime": "USN_5"}
    assert last["signers"] == [
        {
            "role": "DIRECTOR",
            "validFrom": "2026-10-20",
            "validUntil": None,
            "name": "Ким Е. С.",
            "position": "Врио",
            "authority": "",
        }
    ]
    assert last["bankAccounts"] == [
        {
            "currency": "USD",
            "validFrom": "2026-10-20",
            "bankName": "",
            "bic": "044525225",
            "account": "40702810200000000001",
            "corrAccount": "",
        }
    ]
    assert last["requisites"] == [{"validFrom": "1900-01-01", "legalName": "ООО «Янтарь Нет»"}]


async def test_what_electronic_exchange_needs_is_given_and_read(commander: Caller) -> None:
    given = {"ogrn": "1027700132195", "ogrnOn": "2002-08-26", "electronicAddress": "0195:SGUEN01"}
    fields = """ogrn ogrnOn electronicAddress requisites { validFrom ogrn ogrnOn electronicAddress }
      warnings { field message }"""

    client = await _command(
        commander, "updateClient", "Client", fields, client=await _id("client", "bukhta-roz"), **given
    )
    enterprise = await _command(
        commander, "updateEnterprise", "Enterprise", fields, enterprise=await _id("enterprise", "yantar-net"), **given
    )

    for changed in (client, enterprise):
        assert {name: changed[name] for name in given} == given
        assert changed["requisites"][-1] == {"validFrom": "2026-11-01", **given}
        assert changed["warnings"] == []
    assert client["requisites"][0] == {
        "validFrom": "1900-01-01",
        "ogrn": "",
        "ogrnOn": None,
        "electronicAddress": "",
    }


@pytest.mark.parametrize(("noun", "code"), [("client", "bukhta-roz"), ("enterprise", "yantar-net")])
async def test_a_day_of_registration_without_its_number_is_a_warning(commander: Caller, noun: str, code: str) -> None:
    of = noun.capitalize()

    changed = await _command(
        commander,
        f"update{of}",
        of,
        "ogrnOn warnings { field message }",
        ogrn=None,
        ogrnOn="2002-08-26",
        **{noun: await _id(noun, code)},
    )

    assert changed["ogrnOn"] == "2002-08-26"
    assert changed["warnings"][-1] == {
        "field": "ogrnOn",
        "message": "A registration of 2002-08-26 has its ОГРН: fill the number in, or clear the day.",
    }


async def test_pictures_and_fonts_are_given_and_read(commander: Caller) -> None:
    own = {"enterprise": await _id("enterprise", "yantar-net")}

    stamped = await _command(commander, "updateEnterprise", "Enterprise", "stamp", **own, stamp=STAMP)
    signed = await _command(
        commander,
        "setSigner",
        "Enterprise",
        "signers { name signature }",
        **own,
        validFrom="2026-10-20",
        role="DIRECTOR",
        name="Ким Е. С.",
        signature=STAMP,
    )
    brand = await _command(
        commander, "updateBrand", "Brand", "font", brand=await _id("brand", "yantar"), font="PT Sans"
    )

    assert (stamped["stamp"], brand["font"]) == (STAMP, "PT Sans")
    assert signed["signers"] == [{"name": "Ким Е. С.", "signature": STAMP}]


@pytest.mark.parametrize(
    ("command", "noun", "code", "given", "field"),
    [
        ("updateClient", "client", "zorin", {"electronicAddress": "2BM 39"}, "electronicAddress"),
        ("updateClient", "client", "zorin", {"ogrnOn": "1899-12-31"}, "ogrnOn"),
        ("updateEnterprise", "enterprise", "yantar-net", {"stamp": "https://x.example/s.png"}, "stamp"),
        ("updateBrand", "brand", "yantar", {"font": "Lato'; color: red"}, "font"),
    ],
)
async def test_what_cannot_be_printed_or_exchanged_is_a_problem(
    commander: Caller, command: str, noun: str, code: str, given: dict[str, str], field: str
) -> None:
    of = noun.capitalize()

    problem = await _command(commander, command, of, "code", **{noun: await _id(noun, code)}, **given)

    assert (problem["__typename"], problem["problem"], problem["field"]) == ("Problem", "INVALID_INPUT", field)
    assert await value("SELECT count(*) FROM audit_events") == 0


async def test_a_change_in_closed_books_is_a_problem(commander: Caller) -> None:
    await value("UPDATE enterprises SET closed_until = '2026-11-01' RETURNING 1")

    problem = await _command(
        commander,
        "setTaxRegime",
        "Enterprise",
        "code",
        enterprise=await _id("enterprise", "yantar-net"),
        validFrom="2026-10-31",
        regime="USN_5",
    )

    assert (problem["problem"], problem["field"]) == ("ILLEGAL_STATE", "validFrom")
    assert await value("SELECT count(*) FROM tax_regimes WHERE regime = 'usn-5'") == 0


async def test_a_brand_is_created_and_changed(commander: Caller) -> None:
    fields = "id code mailSubject mailSignature accentColor"

    made = await _command(
        commander, "createBrand", "Brand", fields, code="priliv", name="Прилив", currency="RUB", mailSignature="a\nb"
    )
    changed = await _command(commander, "updateBrand", "Brand", fields, brand=made["id"], mailSubject="{title}")

    assert changed == {**made, "mailSubject": "{title}"}
    assert (made["mailSignature"], made["accentColor"]) == ("a\nb", "#1f4e79")


async def test_a_contact_is_created_changed_and_deleted(commander: Caller) -> None:
    fields = "id name role email client { code }"

    made = await _command(
        commander,
        "createContact",
        "Contact",
        fields,
        client=await _id("client", "zorin"),
        name="Анна",
        role="management",
        email="anna@zorin.example",
    )
    changed = await _command(commander, "updateContact", "Contact", fields, contact=made["id"], name="Анна П.")
    gone = await _command(commander, "deleteContact", "DeletedContact", "id", contact=made["id"])
    again = await _command(commander, "deleteContact", "DeletedContact", "id", contact=made["id"])

    assert changed == {**made, "name": "Анна П."}
    assert changed["client"] == {"code": "zorin"}
    assert gone["id"] == made["id"]
    assert (again["problem"], again["field"]) == ("NOT_FOUND", "contact")


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("БУХТА роз", ["bukhta-roz"]),
        ("3900000111", ["bukhta-roz"]),
        ("OFFICE@bukhta", ["bukhta-roz"]),
        ("в-7", ["zorin"]),
        ("treasurer@WHITE-rook", ["chess-school"]),
        ("%", []),
    ],
    ids=["name", "inn", "email", "contract", "contact", "sign"],
)
async def test_a_client_is_found_by_what_people_know(commander: Caller, search: str, expected: list[str]) -> None:
    found = await commander.data(
        "query($text: String) { clients(filter: {search: $text}) { totalCount nodes { code } } }", text=search
    )

    assert [row["code"] for row in found["clients"]["nodes"]] == expected
    assert found["clients"]["totalCount"] == len(expected)


async def test_changes_are_told_newest_first(commander: Caller) -> None:
    client = await _id("client", "zorin")
    await _command(commander, "updateClient", "Client", "code", client=client, email="a@b.example")
    await _command(commander, "updateClient", "Client", "code", client=client, inn="", validFrom="2026-10-20")
    await _command(
        commander, "createContact", "Contact", "id", client=client, name="А", role="other", email="a@b.example"
    )
    query = """query($filter: AuditEventFilter, $after: String) {
      auditEvents(filter: $filter, first: 2, after: $after) { totalCount pageInfo { endCursor }
        nodes { at actor operation subject details } } }"""

    page = (await commander.data(query))["auditEvents"]
    rest = (await commander.data(query, after=page["pageInfo"]["endCursor"]))["auditEvents"]
    of_client = (await commander.data(query, filter={"subject": client}))["auditEvents"]
    created = (await commander.data(query, filter={"operation": ["createContact"]}))["auditEvents"]
    early = (await commander.data(query, filter={"at": {"until": "2026-11-01"}}))["auditEvents"]
    wrong = (await commander.data(query, filter={"subject": "nonsense"}))["auditEvents"]

    assert page["totalCount"] == 3
    assert [row["operation"] for row in page["nodes"]] == ["createContact", "updateClient"]
    assert page["nodes"][1] == {
        "at": "2026-11-01T09:00:00.000000Z",
        "actor": "manager@staff.example",
        "operation": "updateClient",
        "subject": client,
        "details": {"inn": "", "validFrom": "2026-10-20"},
    }
    assert [row["details"] for row in rest["nodes"]] == [{"email": "a@b.example"}]
    assert of_client["totalCount"] == 2
    assert (created["totalCount"], early["totalCount"], wrong["totalCount"]) == (1, 0, 0)
