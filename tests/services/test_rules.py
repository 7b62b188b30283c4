"""Rules of document types: what is changed of one, and what may not be."""

import dataclasses
from typing import Any
from uuid import UUID, uuid4

import pytest

from billfold.database.connection import reading, writing
from billfold.database.rules import rules_of
from billfold.domain.access import OPERATOR, ROLE_SCOPES, Role, Scope, Viewer
from billfold.domain.errors import Forbidden, InvalidInput, NotFound, UnknownDocumentType
from billfold.domain.rules import DeliveryPolicy, DocumentRule
from billfold.services.parts import Parts
from billfold.services.rules import update_rule
from tests.factories_rows import add_enterprise
from tests.services.asking import rows, value

VIEWER = Viewer(name="viewer", scopes=ROLE_SCOPES[Role.VIEWER], role=Role.VIEWER)
ISSUER = dataclasses.replace(OPERATOR, name="issuer", scopes=ROLE_SCOPES[Role.ADMIN] - {Scope.BOOKS_WRITE})


@pytest.fixture
async def enterprise_id(database: str) -> UUID:
    """An enterprise without rules."""
    async with writing() as connection:
        return await add_enterprise(connection)


async def change(parts: Parts, enterprise_id: UUID, viewer: Viewer = OPERATOR, **fields: object) -> UUID:
    return await update_rule(parts, viewer, enterprise_id=enterprise_id, type="invoice", fields=fields)


async def rule_of(parts: Parts, enterprise_id: UUID) -> DocumentRule:
    default = parts.plugins.document_type("invoice").rule
    async with reading() as connection:
        return (await rules_of(connection, [enterprise_id], "invoice", default))[enterprise_id]


async def test_the_first_change_writes_the_plugins_rule_with_the_change(parts: Parts, enterprise_id: UUID) -> None:
    default = parts.plugins.document_type("invoice").rule

    rule_id = await change(parts, enterprise_id, prints_facsimile=True)

    assert await value("SELECT id FROM document_rules") == rule_id
    assert await rule_of(parts, enterprise_id) == dataclasses.replace(default, prints_facsimile=True)


async def test_all_that_is_given_is_changed_and_the_rest_stays(parts: Parts, enterprise_id: UUID) -> None:
    await change(parts, enterprise_id, prints_facsimile=True)

    await change(
        parts,
        enterprise_id,
        is_visible=False,
        delivery=DeliveryPolicy.CONTACTS,
        template="invoice/invoice.html",
        payment_terms_days=30,
    )

    rule = await rule_of(parts, enterprise_id)
    assert (rule.is_visible, rule.delivery, rule.template) == (False, DeliveryPolicy.CONTACTS, "invoice/invoice.html")
    assert (rule.payment_terms_days, rule.prints_facsimile) == (30, True)


async def test_null_takes_the_plugins_template_and_the_contracts_terms(parts: Parts, enterprise_id: UUID) -> None:
    await change(parts, enterprise_id, template="invoice/invoice.html", payment_terms_days=30)

    await change(parts, enterprise_id, template=None, payment_terms_days=None)

    rule = await rule_of(parts, enterprise_id)
    assert (rule.template, rule.payment_terms_days) == ("", None)


async def test_a_change_is_logged_with_what_was_before(parts: Parts, enterprise_id: UUID) -> None:
    await change(parts, enterprise_id, delivery="nobody", is_visible=True)
    await change(parts, enterprise_id, delivery="nobody")

    (event,) = await rows("SELECT actor, operation, noun, subject, details::text AS details FROM audit_events")
    assert event == {
        "actor": "operator",
        "operation": "updateDocumentRule",
        "noun": "enterprise",
        "subject": enterprise_id,
        "details": '{"type": "invoice", "delivery": ["client", "nobody"]}',
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"is_visible": None}, "isVisible"),
        ({"prints_facsimile": None}, "printsFacsimile"),
        ({"delivery": None}, "delivery"),
        ({"payment_terms_days": -1}, "paymentTermsDays"),
        ({"payment_terms_days": 367}, "paymentTermsDays"),
        ({"template": "../secrets.html"}, "template"),
        ({"template": "/etc/passwd"}, "template"),
        ({"template": "styles/paper.css"}, "template"),
        ({"template": "house/missing.html"}, "template"),
        ({"template": "invoice"}, "template"),
        ({"template": f"{'x' * 200}.html"}, "template"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused(
    parts: Parts, enterprise_id: UUID, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await change(parts, enterprise_id, **fields)

    assert refusal.value.field == field
    assert await value("SELECT count(*) FROM document_rules") == 0


async def test_an_unknown_type_is_told(parts: Parts, enterprise_id: UUID) -> None:
    with pytest.raises(UnknownDocumentType, match="Document type 'memo' is unknown: installed are"):
        await update_rule(parts, OPERATOR, enterprise_id=enterprise_id, type="memo", fields={"is_visible": False})

    assert await value("SELECT count(*) FROM document_rules") == 0


async def test_an_unknown_enterprise_is_told(parts: Parts) -> None:
    with pytest.raises(NotFound) as refusal:
        await change(parts, uuid4(), is_visible=False)

    assert refusal.value.field == "enterprise"


@pytest.mark.parametrize("viewer", [VIEWER, ISSUER], ids=["viewer", "issuer"])
async def test_without_the_scope_nothing_changes(parts: Parts, enterprise_id: UUID, viewer: Viewer) -> None:
    with pytest.raises(Forbidden, match="books:write"):
        await change(parts, enterprise_id, viewer, is_visible=False)

    assert await value("SELECT count(*) FROM document_rules") == 0
    assert await value("SELECT count(*) FROM audit_events") == 0
