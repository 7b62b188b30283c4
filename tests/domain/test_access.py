"""Access: what the roles may do, and what a client's token may hold."""

import dataclasses
from uuid import UUID

import pytest

from billfold.domain.access import OPERATOR, PORTAL_SCOPES, ROLE_SCOPES, Role, Scope, Viewer
from billfold.domain.errors import Forbidden

CLIENT = Viewer(name="client", scopes=PORTAL_SCOPES, client_id=UUID(int=1))


def test_a_viewer_only_reads() -> None:
    assert ROLE_SCOPES[Role.VIEWER] == {Scope.BOOKS_READ, Scope.DOCUMENTS_READ}


def test_a_manager_does_all_but_hire() -> None:
    assert ROLE_SCOPES[Role.ADMIN] - ROLE_SCOPES[Role.MANAGER] == {Scope.STAFF_WRITE}


def test_each_role_may_do_what_the_one_below_may() -> None:
    assert ROLE_SCOPES[Role.VIEWER] < ROLE_SCOPES[Role.MANAGER] < ROLE_SCOPES[Role.ADMIN]


@pytest.mark.parametrize("role", list(Role))
def test_no_role_of_staff_holds_a_scope_of_the_portal(role: Role) -> None:
    assert not ROLE_SCOPES[role] & PORTAL_SCOPES


def test_every_scope_belongs_to_staff_or_to_the_portal() -> None:
    assert ROLE_SCOPES[Role.ADMIN] | PORTAL_SCOPES == set(Scope)


def test_a_client_is_who_has_a_client() -> None:
    assert CLIENT.is_client
    assert not OPERATOR.is_client


def test_a_held_scope_is_let_through() -> None:
    OPERATOR.require(Scope.STAFF_WRITE)


def test_a_lacking_scope_is_forbidden_by_its_name() -> None:
    with pytest.raises(Forbidden) as caught:
        CLIENT.require(Scope.DOCUMENTS_VOID)

    assert caught.value.message == "This token lacks the scope documents:void: ask for a token that has it."


def test_a_scope_is_not_had_by_holding_its_neighbour() -> None:
    reader = dataclasses.replace(OPERATOR, scopes=frozenset({Scope.BOOKS_READ}))

    with pytest.raises(Forbidden):
        reader.require(Scope.BOOKS_WRITE)
