"""Visibility by hand: what hiding one document does, and what it leaves."""

import dataclasses
from uuid import UUID, uuid4

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, ROLE_SCOPES, Role, Scope, Viewer
from billfold.domain.errors import Forbidden, InvalidInput, NotFound
from billfold.services.parts import Parts
from billfold.services.visibility import set_visibility
from tests.factories_rows import add_document, add_row
from tests.services.asking import rows, value

VIEWER = Viewer(name="viewer", scopes=ROLE_SCOPES[Role.VIEWER], role=Role.VIEWER)
BOOKKEEPER = dataclasses.replace(OPERATOR, name="bookkeeper", scopes=ROLE_SCOPES[Role.ADMIN] - {Scope.DOCUMENTS_SEND})
EVENTS = "SELECT actor, operation, noun, subject, details::text AS details FROM audit_events ORDER BY id"


@pytest.fixture
async def document_id(database: str) -> UUID:
    """A document with a mail that its rule asked for, one that somebody asked for, and one that is sent."""
    async with writing() as connection:
        document_id = await add_document(connection)
        for asked_as, state in (("rule", "PENDING"), ("by hand", "PENDING"), ("before", "SENT")):
            await add_row(
                connection,
                "deliveries",
                {
                    "document_id": document_id,
                    "recipient": "a@b.example",
                    "asked_as": asked_as,
                    "state": state,
                    "message_id": f"<{asked_as}@x>",
                },
            )
    return document_id


async def test_a_hidden_document_is_flagged_and_logged(parts: Parts, document_id: UUID) -> None:
    assert await set_visibility(parts, OPERATOR, document_id=document_id, is_visible=False, reason=" спор ")

    assert await value("SELECT is_hidden FROM documents WHERE id = $1", document_id) is True
    assert await rows(EVENTS) == [
        {
            "actor": "operator",
            "operation": "setDocumentVisibility",
            "noun": "document",
            "subject": document_id,
            "details": '{"reason": "спор", "isVisible": false}',
        }
    ]


async def test_what_the_rule_would_still_mail_of_a_hidden_document_is_skipped(parts: Parts, document_id: UUID) -> None:
    await set_visibility(parts, OPERATOR, document_id=document_id, is_visible=False)

    assert await rows("SELECT asked_as, state, reason FROM deliveries ORDER BY asked_as") == [
        {"asked_as": "before", "state": "SENT", "reason": ""},
        {"asked_as": "by hand", "state": "PENDING", "reason": ""},
        {"asked_as": "rule", "state": "SKIPPED", "reason": "not_for_client"},
    ]


async def test_a_document_is_shown_again(parts: Parts, document_id: UUID) -> None:
    await set_visibility(parts, OPERATOR, document_id=document_id, is_visible=False)

    await set_visibility(parts, OPERATOR, document_id=document_id, is_visible=True)

    assert await value("SELECT is_hidden FROM documents WHERE id = $1", document_id) is False
    assert await value("SELECT count(*) FROM audit_events") == 2


@pytest.mark.parametrize("is_visible", [True, False])
async def test_the_same_again_is_no_event(parts: Parts, document_id: UUID, is_visible: bool) -> None:
    for _ in range(2):
        await set_visibility(parts, OPERATOR, document_id=document_id, is_visible=is_visible)

    assert await value("SELECT count(*) FROM audit_events") == (0 if is_visible else 1)


@pytest.mark.parametrize("viewer", [VIEWER, BOOKKEEPER], ids=["viewer", "bookkeeper"])
async def test_without_the_scope_nothing_changes(parts: Parts, document_id: UUID, viewer: Viewer) -> None:
    with pytest.raises(Forbidden, match="documents:send"):
        await set_visibility(parts, viewer, document_id=document_id, is_visible=False)

    assert await value("SELECT is_hidden FROM documents WHERE id = $1", document_id) is False
    assert await value("SELECT count(*) FROM audit_events") == 0
    assert await value("SELECT count(*) FROM deliveries WHERE state = 'PENDING'") == 2


async def test_a_document_that_is_not_there_is_told(parts: Parts) -> None:
    with pytest.raises(NotFound) as refusal:
        await set_visibility(parts, OPERATOR, document_id=uuid4(), is_visible=False)

    assert refusal.value.field == "document"


async def test_a_long_reason_is_refused(parts: Parts, document_id: UUID) -> None:
    with pytest.raises(InvalidInput, match="has 1001 characters: shorten it to 1000") as refusal:
        await set_visibility(parts, OPERATOR, document_id=document_id, is_visible=False, reason="x" * 1001)

    assert refusal.value.field == "reason"
    assert await value("SELECT is_hidden FROM documents WHERE id = $1", document_id) is False
