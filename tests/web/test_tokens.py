"""Tokens: their form, who may make them, what is kept of them, and when their use is noted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from billfold.domain.access import OPERATOR, PORTAL_SCOPES, ROLE_SCOPES, Role, Scope, Viewer
from billfold.domain.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from billfold.services import tokens
from billfold.services.parts import Parts
from tests.conftest import NOW
from tests.services.asking import rows, value


@pytest.fixture
async def boss(books: Parts) -> Viewer:
    """A manager, as their own token shows them."""
    await tokens.add_staff(books, OPERATOR, email="boss@x.example", role=Role.MANAGER)
    issued = await tokens.create_staff_token(books, OPERATOR, email="boss@x.example")
    return await tokens.authenticate(issued.secret, NOW)


async def test_only_the_digest_of_a_token_is_kept(books: Parts) -> None:
    client = await value("SELECT id FROM clients WHERE code = 'zorin'")

    issued = await tokens.create_client_token(books, OPERATOR, client_id=client)

    [row] = await rows("SELECT * FROM tokens")
    assert row["digest"] == tokens.digest_of(issued.secret)
    assert row["hint"] == issued.secret[-4:]
    assert issued.secret not in str(row)
    assert row["expires_at"] == NOW + timedelta(days=90)


def test_a_token_has_a_form_that_scanners_know_and_typos_break() -> None:
    secret = tokens.new_secret()

    assert secret.startswith("bf_")
    assert len(secret) == 53
    assert len({tokens.new_secret() for _ in range(100)}) == 100


async def test_a_client_token_is_its_client_with_its_narrowing(books: Parts) -> None:
    client = await value("SELECT id FROM clients WHERE code = 'zorin'")
    own = await value("SELECT id FROM contracts WHERE client_id = $1 LIMIT 1", client)
    issued = await tokens.create_client_token(
        books, OPERATOR, client_id=client, contract_ids=[own], types=["invoice"], scopes=[Scope.PORTAL_READ]
    )

    viewer = await tokens.authenticate(issued.secret, NOW)

    assert (viewer.client_id, viewer.contract_ids, viewer.types) == (client, (own,), ("invoice",))
    assert viewer.scopes == {Scope.PORTAL_READ}
    assert viewer.is_client


async def test_a_staff_token_has_the_scopes_of_the_role(boss: Viewer) -> None:
    assert (boss.name, boss.role, boss.scopes) == ("boss@x.example", Role.MANAGER, ROLE_SCOPES[Role.MANAGER])


@pytest.mark.parametrize("wrong", ["", "bf_", "x", "bf_" + "a" * 43 + "_abcdef", "bf_é" + "a" * 50])
async def test_what_is_no_token_is_refused(books: Parts, wrong: str) -> None:
    with pytest.raises(Unauthenticated):
        await tokens.authenticate(wrong, NOW)


async def test_a_token_ends_at_its_hour(books: Parts, boss: Viewer) -> None:
    issued = await tokens.create_staff_token(books, OPERATOR, email="boss@x.example", expires_in_days=1)

    assert await tokens.authenticate(issued.secret, NOW + timedelta(hours=23, minutes=59))
    with pytest.raises(Unauthenticated):
        await tokens.authenticate(issued.secret, NOW + timedelta(days=1))


async def test_tokens_of_staff_who_left_are_refused(books: Parts) -> None:
    await tokens.add_staff(books, OPERATOR, email="gone@x.example", role=Role.VIEWER)
    issued = await tokens.create_staff_token(books, OPERATOR, email="gone@x.example")
    await value("UPDATE staff SET is_active = false RETURNING 1")

    with pytest.raises(Unauthenticated):
        await tokens.authenticate(issued.secret, NOW)


async def test_the_last_use_is_noted_once_a_minute(books: Parts, boss: Viewer) -> None:
    issued = await tokens.create_staff_token(books, OPERATOR, email="boss@x.example")
    noted = "SELECT last_used_at FROM tokens WHERE id = $1"

    seen = []
    for seconds in (0, 30, 59, 61):
        await tokens.authenticate(issued.secret, NOW + timedelta(seconds=seconds))
        seen.append(await value(noted, issued.id) - NOW)

    assert seen == [timedelta(), timedelta(), timedelta(), timedelta(seconds=61)]


async def test_a_manager_makes_client_tokens_but_no_tokens_of_others(books: Parts, boss: Viewer) -> None:
    client = await value("SELECT id FROM clients WHERE code = 'zorin'")
    await tokens.add_staff(books, OPERATOR, email="other@x.example", role=Role.VIEWER)

    assert await tokens.create_client_token(books, boss, client_id=client)
    assert await tokens.create_staff_token(books, boss, email="boss@x.example")
    for email in ("other@x.example", "nobody@x.example"):
        with pytest.raises(Forbidden):
            await tokens.create_staff_token(books, boss, email=email)


async def test_nobody_grants_what_they_lack(books: Parts, boss: Viewer) -> None:
    poor = replace(boss, scopes=frozenset({Scope.TOKENS_WRITE}))

    with pytest.raises(Forbidden, match="books:read"):
        await tokens.create_staff_token(books, poor, email="boss@x.example")
    with pytest.raises(InvalidInput, match="staff:write"):
        await tokens.create_staff_token(books, OPERATOR, email="boss@x.example", scopes=[Scope.STAFF_WRITE])


async def test_making_and_revoking_need_their_scopes(books: Parts) -> None:
    reader = Viewer(name="reader", scopes=ROLE_SCOPES[Role.VIEWER])
    client = await value("SELECT id FROM clients WHERE code = 'zorin'")

    with pytest.raises(Forbidden):
        await tokens.create_client_token(books, reader, client_id=client)
    with pytest.raises(Forbidden):
        await tokens.revoke(books, reader, client)
    with pytest.raises(Forbidden):
        await tokens.add_staff(books, reader, email="x@x.example", role=Role.ADMIN)
    assert await value("SELECT count(*) FROM tokens") == 0


async def test_a_manager_cannot_revoke_another_ones_token(books: Parts, boss: Viewer) -> None:
    await tokens.add_staff(books, OPERATOR, email="admin@x.example", role=Role.ADMIN)
    issued = await tokens.create_staff_token(books, OPERATOR, email="admin@x.example")

    with pytest.raises(Forbidden):
        await tokens.revoke(books, boss, issued.id)
    assert await tokens.authenticate(issued.secret, NOW)


async def test_revoking_may_be_repeated_and_needs_a_token(books: Parts, boss: Viewer) -> None:
    issued = await tokens.create_staff_token(books, boss, email="boss@x.example")

    assert await tokens.revoke(books, boss, issued.id) == issued.id
    assert await tokens.revoke(books, boss, issued.id) == issued.id
    with pytest.raises(NotFound):
        await tokens.revoke(books, boss, await value("SELECT id FROM clients LIMIT 1"))


@pytest.mark.parametrize("days", [0, -1, 366])
async def test_a_token_holds_a_year_at_most(books: Parts, days: int) -> None:
    client = await value("SELECT id FROM clients WHERE code = 'zorin'")

    with pytest.raises(InvalidInput):
        await tokens.create_client_token(books, OPERATOR, client_id=client, expires_in_days=days)


async def test_adding_staff_again_changes_the_role(books: Parts) -> None:
    first = await tokens.add_staff(books, OPERATOR, email="x@x.example", role=Role.VIEWER)
    second = await tokens.add_staff(books, OPERATOR, email="x@x.example", role=Role.ADMIN)

    assert first == second
    assert await value("SELECT role FROM staff WHERE email = 'x@x.example'") == "admin"


@pytest.mark.parametrize("email", ["", "x", "a@b@c", "a b@c", "a@b\r\nx", "a@b, c@d"])
async def test_what_is_no_address_is_refused(books: Parts, email: str) -> None:
    with pytest.raises(InvalidInput):
        await tokens.add_staff(books, OPERATOR, email=email, role=Role.VIEWER)


def test_client_scopes_are_those_of_the_portal() -> None:
    assert {Scope.PORTAL_READ, Scope.PORTAL_DOWNLOAD} == PORTAL_SCOPES
