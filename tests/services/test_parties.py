"""Clients, enterprises, brands and contacts: created, changed and refused."""

import dataclasses
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from billfold.domain.access import OPERATOR, ROLE_SCOPES, Role, Scope, Viewer
from billfold.domain.document import TaxRegime
from billfold.domain.errors import CallerError, Conflict, Forbidden, IdempotencyKeyReused, InvalidInput, NotFound
from billfold.services import brands, clients, contacts, enterprises
from billfold.services.parts import Parts
from tests.services.asking import rows, value

VIEWER = Viewer(name="viewer", scopes=ROLE_SCOPES[Role.VIEWER], role=Role.VIEWER)
ISSUER = dataclasses.replace(OPERATOR, name="issuer", scopes=ROLE_SCOPES[Role.ADMIN] - {Scope.BOOKS_WRITE})
# A PNG of one pixel.
STAMP = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
NO_ID = UUID("0192f0c4-0000-7000-8000-000000000000")


async def id_of(table: str, code: str) -> UUID:
    found = await value(f"SELECT id FROM {table} WHERE code = $1", code)  # noqa: S608 # A table of the test's own.
    assert isinstance(found, UUID)
    return found


async def client_fields(**changes: object) -> dict[str, object]:
    given: dict[str, object] = {
        "code": "volna",
        "kind": "company",
        "name": "ООО «Волна»",
        "enterprise_id": await id_of("enterprises", "yantar-net"),
    }
    return {**given, **changes}


async def test_a_client_is_created_with_what_is_given(books: Parts) -> None:
    fields = await client_fields(
        credential="строка\r\nдругая",
        invoice_dates="16, 1,last",
        send_stats=True,
        ogrn="1027700000019",
        email=" a@b.example ",
        ogrn_on=date(2002, 8, 26),
        electronic_address=" 2BM-3900000111 ",
    )

    client_id = await clients.create_client(books, OPERATOR, fields=fields)

    (row,) = await rows("SELECT * FROM clients WHERE id = $1", client_id)
    assert (row["code"], row["name"], row["credential"]) == ("volna", "ООО «Волна»", "строка\nдругая")
    assert (row["invoice_dates"], row["send_stats"], row["send_invoices"]) == ("1,16,last", True, True)
    assert (row["ogrn"], row["email"], row["locale"], row["country"]) == ("1027700000019", "a@b.example", "ru", "RU")
    assert await rows("SELECT ogrn_on, electronic_address FROM client_requisites WHERE client_id = $1", client_id) == [
        {"ogrn_on": date(2002, 8, 26), "electronic_address": "2BM-3900000111"}
    ]


async def test_a_creation_is_logged_and_repeated_by_its_key(books: Parts) -> None:
    fields = await client_fields()

    first = await clients.create_client(books, OPERATOR, fields=fields, idempotency_key="k")
    again = await clients.create_client(books, OPERATOR, fields=fields, idempotency_key="k")

    assert first == again
    (event,) = await rows("SELECT actor, operation, noun, subject FROM audit_events")
    assert event == {"actor": "operator", "operation": "createClient", "noun": "client", "subject": first}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "x" * 101}, "code"),
        ({"name": "a\x07b"}, "name"),
        ({"name": None}, "name"),
        ({"kind": "club"}, "kind"),
        ({"inn": "1" * 21}, "inn"),
        ({"country": "Norway"}, "country"),
        ({"country": "ZZ"}, "country"),
        ({"email": "a@b.example, c@d.example"}, "email"),
        ({"locale": "xx"}, "locale"),
        ({"invoice_dates": "32"}, "invoiceDates"),
        ({"send_stats": None}, "sendStats"),
        ({"credential": "x" * 10_001}, "credential"),
        ({"enterprise_id": None}, "enterprise"),
        ({"ogrn_on": date(1899, 12, 31)}, "ogrnOn"),
        ({"electronic_address": "2BM 39"}, "electronicAddress"),
        ({"electronic_address": "x" * 201}, "electronicAddress"),
    ],
)
async def test_a_client_that_cannot_be_is_refused(books: Parts, changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await clients.create_client(books, OPERATOR, fields=await client_fields(**changes))

    assert refusal.value.field == field
    assert await value("SELECT count(*) FROM clients") == 12
    assert await value("SELECT count(*) FROM audit_events") == 0


async def test_a_code_that_is_taken_is_a_conflict(books: Parts) -> None:
    zorin = await id_of("clients", "zorin")

    with pytest.raises(Conflict) as created:
        await clients.create_client(books, OPERATOR, fields=await client_fields(code="zorin"))
    with pytest.raises(Conflict) as changed:
        await clients.update_client(books, OPERATOR, client_id=zorin, fields={"code": "novosel", "name": "Другой"})

    assert (created.value.field, changed.value.field) == ("code", "code")
    assert await value("SELECT name FROM clients WHERE id = $1", zorin) != "Другой"
    assert await value("SELECT count(*) FROM audit_events") == 0


async def test_a_change_leaves_what_is_not_given(books: Parts) -> None:
    zorin = await id_of("clients", "zorin")
    (before,) = await rows("SELECT * FROM clients WHERE id = $1", zorin)

    await clients.update_client(books, OPERATOR, client_id=zorin, fields={"email": "new@zorin.example", "locale": "en"})

    (after,) = await rows("SELECT * FROM clients WHERE id = $1", zorin)
    assert after == {**before, "email": "new@zorin.example", "locale": "en"}
    assert await value("SELECT count(*) FROM client_requisites WHERE client_id = $1", zorin) == 1


async def test_an_enterprise_is_created_with_its_taxes(books: Parts) -> None:
    fields = {
        "code": "maree",
        "brand_id": await id_of("brands", "yantar"),
        "legal_name": "ООО «Маре»",
        "kind": "company",
        "timezone": "Europe/Kaliningrad",
        "tax_rounding": "rate",
        "electronic_address": "2BM-39",
        "stamp": STAMP,
    }

    created = await enterprises.create_enterprise(books, OPERATOR, fields=fields, tax_regime=TaxRegime.USN_5)

    (row,) = await rows("SELECT * FROM enterprises WHERE id = $1", created)
    assert (row["legal_name"], row["tax_rounding"], row["country"]) == ("ООО «Маре»", "rate", "RU")
    assert (row["ogrn_on"], row["electronic_address"], row["stamp"]) == (None, "2BM-39", STAMP)
    assert await rows("SELECT valid_from, regime FROM tax_regimes WHERE enterprise_id = $1", created) == [
        {"valid_from": date(1900, 1, 1), "regime": "usn-5"}
    ]


async def test_a_key_comes_with_all_that_was_asked_for(books: Parts) -> None:
    fields = {"code": "p", "legal_name": "П", "kind": "person", "timezone": "UTC"}
    fields["brand_id"] = await value("SELECT id FROM brands WHERE code = 'yantar'")
    await enterprises.create_enterprise(books, OPERATOR, fields=fields, tax_regime=TaxRegime.VAT, idempotency_key="k")

    with pytest.raises(IdempotencyKeyReused):
        await enterprises.create_enterprise(books, OPERATOR, fields=fields, idempotency_key="k")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"timezone": "Europe/../Moscow"}, "timezone"),
        ({"tax_rounding": "never"}, "taxRounding"),
        ({"stamp": "stamp.png"}, "stamp"),
        ({"stamp": "data:image/jpeg;base64,AAAA"}, "stamp"),
        ({"electronic_address": "a\tb"}, "electronicAddress"),
    ],
)
async def test_an_enterprise_that_cannot_be_is_refused(books: Parts, changes: dict[str, object], field: str) -> None:
    enterprise_id = await id_of("enterprises", "yantar-net")
    (before,) = await rows("SELECT * FROM enterprises WHERE id = $1", enterprise_id)

    with pytest.raises(InvalidInput) as refusal:
        await enterprises.update_enterprise(
            books, OPERATOR, enterprise_id=enterprise_id, fields={"director": "Другой", **changes}
        )

    assert refusal.value.field == field
    assert await rows("SELECT * FROM enterprises WHERE id = $1", enterprise_id) == [before]


async def test_a_brand_is_created_and_changed(books: Parts) -> None:
    logo = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="

    brand_id = await brands.create_brand(
        books, OPERATOR, fields={"code": "priliv", "name": "Прилив", "currency": "KZT", "logo": logo}
    )
    await brands.update_brand(
        books, OPERATOR, brand_id=brand_id, fields={"website": "https://x.example", "phone": None, "font": "PT Sans"}
    )

    (row,) = await rows("SELECT * FROM brands WHERE id = $1", brand_id)
    assert (row["currency"], row["logo"], row["website"]) == ("KZT", logo, "https://x.example")
    assert (row["accent_color"], row["font"]) == ("#1f4e79", "PT Sans")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "RUR"}, "currency"),
        ({"accent_color": "red"}, "accentColor"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"logo": "https://x.example/logo.png"}, "logo"),
        ({"logo": "data:image/svg+xml;base64,PHN2Zz48c2NyaXB0Lz48L3N2Zz4="}, "logo"),
        ({"logo": "data:image/png;base64,AAAA"}, "logo"),
        ({"font": "Lato'; color: red"}, "font"),
    ],
)
async def test_a_brand_that_cannot_be_is_refused(books: Parts, changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await brands.create_brand(books, OPERATOR, fields={"code": "p", "name": "П", "currency": "RUB", **changes})

    assert refusal.value.field == field
    assert await value("SELECT count(*) FROM brands WHERE code = 'p'") == 0


async def test_a_contact_is_created_changed_and_deleted(books: Parts) -> None:
    zorin = await id_of("clients", "zorin")
    fields = {"name": "Анна", "role": "management", "email": "anna@zorin.example"}

    contact_id = await contacts.create_contact(books, OPERATOR, client_id=zorin, fields=fields)
    await contacts.update_contact(books, OPERATOR, contact_id=contact_id, fields={"role": "other"})
    (row,) = await rows("SELECT name, role, email, client_id FROM contacts WHERE id = $1", contact_id)
    await contacts.delete_contact(books, OPERATOR, contact_id=contact_id)

    assert row == {"name": "Анна", "role": "other", "email": "anna@zorin.example", "client_id": zorin}
    assert await value("SELECT count(*) FROM contacts WHERE id = $1", contact_id) == 0
    told = await rows("SELECT operation, details::text AS details FROM audit_events ORDER BY id")
    assert [row["operation"] for row in told] == ["createContact", "updateContact", "deleteContact"]
    assert not any("anna" in row["details"] or "Анна" in row["details"] for row in told)


async def test_a_contact_is_there_once_in_a_role(books: Parts) -> None:
    (there,) = await rows("SELECT client_id, name, role, email FROM contacts ORDER BY id LIMIT 1")
    client_id = there.pop("client_id")

    with pytest.raises(Conflict) as refusal:
        await contacts.create_contact(books, OPERATOR, client_id=client_id, fields=there)

    assert refusal.value.field == "email"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "Анна", "role": "boss", "email": "a@b.example"}, "role"),
        ({"name": "Анна", "role": "other", "email": ""}, "email"),
        ({"role": "other", "email": "a@b.example"}, "name"),
    ],
)
async def test_a_contact_that_cannot_be_is_refused(books: Parts, fields: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await contacts.create_contact(books, OPERATOR, client_id=await id_of("clients", "zorin"), fields=fields)

    assert refusal.value.field == field
    assert await value("SELECT count(*) FROM contacts") == 10


async def test_a_picture_may_have_as_many_bytes_as_a_logo(books: Parts) -> None:
    own = await id_of("enterprises", "yantar-net")
    head = b64decode(STAMP.partition(",")[2])
    largest = head + bytes(256 * 1024 - len(head))

    async def stamp(content: bytes) -> None:
        uri = f"data:image/png;base64,{b64encode(content).decode()}"
        await enterprises.update_enterprise(books, OPERATOR, enterprise_id=own, fields={"stamp": uri})

    await stamp(largest)
    with pytest.raises(InvalidInput, match="stamp: the stamp is not a data: URI of at most 262144 bytes"):
        await stamp(largest + b"0")

    assert await value("SELECT details ->> 'stamp' FROM audit_events") == "(long)"


async def test_a_stamp_makes_no_version_of_the_requisites(books: Parts) -> None:
    own = await id_of("enterprises", "yantar-net")

    await enterprises.update_enterprise(books, OPERATOR, enterprise_id=own, fields={"stamp": STAMP})

    assert await value("SELECT stamp FROM enterprises WHERE id = $1", own) == STAMP
    assert await value("SELECT count(*) FROM enterprise_requisites WHERE enterprise_id = $1", own) == 1


async def test_a_signature_stays_until_it_is_taken_away(books: Parts) -> None:
    own = await id_of("enterprises", "yantar-net")

    async def signer(**fields: object) -> str:
        await enterprises.set_signer(
            books,
            OPERATOR,
            enterprise_id=own,
            valid_from=DAY,
            role=enterprises.SignerRole.DIRECTOR,
            fields={"name": "П", **fields},
        )
        return str(await value("SELECT signature FROM signers"))

    assert [
        await signer(signature=STAMP),
        await signer(position="Директор"),
        await signer(signature=None),
        await signer(signature=""),
    ] == [STAMP, STAMP, STAMP, ""]


async def test_a_signature_that_is_no_picture_is_refused(books: Parts) -> None:
    with pytest.raises(InvalidInput, match="signature: the signature is not a data: URI") as refusal:
        await enterprises.set_signer(
            books,
            OPERATOR,
            enterprise_id=await id_of("enterprises", "yantar-net"),
            valid_from=DAY,
            role=enterprises.SignerRole.DIRECTOR,
            fields={"name": "П", "signature": "https://x.example/signature.png"},
        )

    assert refusal.value.field == "signature"
    assert await value("SELECT count(*) FROM signers") == 0


Write = Callable[[Parts, Viewer, UUID], Awaitable[Any]]
DAY = date(2027, 1, 1)
# Every write, on something that is not there.
WRITES: dict[str, Write] = {
    "createBrand": lambda parts, viewer, _: brands.create_brand(
        parts, viewer, fields={"code": "p", "name": "П", "currency": "RUB"}
    ),
    "updateBrand": lambda parts, viewer, id_: brands.update_brand(parts, viewer, brand_id=id_, fields={"name": "П"}),
    "createEnterprise": lambda parts, viewer, id_: enterprises.create_enterprise(
        parts, viewer, fields={"code": "p", "brand_id": id_, "legal_name": "П", "kind": "person", "timezone": "UTC"}
    ),
    "updateEnterprise": lambda parts, viewer, id_: enterprises.update_enterprise(
        parts, viewer, enterprise_id=id_, fields={"legal_name": "П"}
    ),
    "setTaxRegime": lambda parts, viewer, id_: enterprises.set_tax_regime(
        parts, viewer, enterprise_id=id_, valid_from=DAY, regime=TaxRegime.VAT
    ),
    "setBankAccount": lambda parts, viewer, id_: enterprises.set_bank_account(
        parts, viewer, enterprise_id=id_, valid_from=DAY, currency="RUB", fields={"bic": "044525225", "account": "4"}
    ),
    "setSigner": lambda parts, viewer, id_: enterprises.set_signer(
        parts, viewer, enterprise_id=id_, valid_from=DAY, role=enterprises.SignerRole.DIRECTOR, fields={"name": "П"}
    ),
    "createClient": lambda parts, viewer, id_: clients.create_client(
        parts, viewer, fields={"code": "p", "kind": "person", "name": "П", "enterprise_id": id_}
    ),
    "updateClient": lambda parts, viewer, id_: clients.update_client(parts, viewer, client_id=id_, fields={"inn": "1"}),
    "createContact": lambda parts, viewer, id_: contacts.create_contact(
        parts, viewer, client_id=id_, fields={"name": "П", "role": "other", "email": "p@p.example"}
    ),
    "updateContact": lambda parts, viewer, id_: contacts.update_contact(
        parts, viewer, contact_id=id_, fields={"name": "П"}
    ),
    "deleteContact": lambda parts, viewer, id_: contacts.delete_contact(parts, viewer, contact_id=id_),
}
_EVERYTHING = """
SELECT (SELECT json_agg(t ORDER BY id)::text FROM brands t), (SELECT json_agg(t ORDER BY id)::text FROM enterprises t),
       (SELECT json_agg(t ORDER BY id)::text FROM clients t), (SELECT json_agg(t ORDER BY id)::text FROM contacts t),
       (SELECT json_agg(t ORDER BY id)::text FROM tax_regimes t), (SELECT count(*) FROM bank_accounts) AS accounts,
       (SELECT count(*) FROM signers) AS signers, (SELECT count(*) FROM audit_events) AS events
"""


@pytest.mark.parametrize("viewer", [VIEWER, ISSUER], ids=["viewer", "issuer"])
async def test_without_the_scope_nothing_is_written(books: Parts, viewer: Viewer) -> None:
    enterprise = await id_of("enterprises", "yantar-net")
    ids = {
        "brand": await id_of("brands", "yantar"),
        "client": await id_of("clients", "zorin"),
        "contact": await value("SELECT id FROM contacts ORDER BY id LIMIT 1"),
    }
    before = await rows(_EVERYTHING)

    for name, write in WRITES.items():
        of = next((ids[noun] for noun in ids if noun in name.lower()), enterprise)
        with pytest.raises(Forbidden, match="books:write"):
            await write(books, viewer, of)

    assert await rows(_EVERYTHING) == before


@pytest.mark.parametrize("name", [name for name in WRITES if name != "createBrand"])
async def test_what_is_not_there_is_told(books: Parts, name: str) -> None:
    before = await rows(_EVERYTHING)

    with pytest.raises(NotFound):
        await WRITES[name](books, OPERATOR, uuid4())

    assert await rows(_EVERYTHING) == before


async def test_an_unknown_enterprise_of_a_client_is_told_by_its_field(books: Parts) -> None:
    zorin = await id_of("clients", "zorin")

    with pytest.raises(CallerError) as refusal:
        await clients.update_client(books, OPERATOR, client_id=zorin, fields={"enterprise_id": NO_ID, "inn": "1"})

    assert (refusal.value.code, refusal.value.field) == ("NOT_FOUND", "enterprise")
    assert await value("SELECT inn FROM clients WHERE id = $1", zorin) != "1"
