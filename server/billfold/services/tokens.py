"""Tokens: made once and shown once, kept as their SHA-256, looked up at every request; and the staff who hold them.

A token is `bf_`, 256 random bits as 43 base64url characters, `_`, and 6 characters of their CRC-32, by which scanners
know a leaked one and a mistyped one is refused unasked. With that many bits a plain SHA-256 needs no salt.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from billfold.database.access import StaffRow, TokenRow
from billfold.database.clients import ClientRow
from billfold.database.contracts import ContractRow
from billfold.database.reading.tokens import FoundToken, find_token, note_use
from billfold.domain.access import PORTAL_SCOPES, ROLE_SCOPES, Role, Scope, Viewer
from billfold.domain.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from billfold.domain.ids import new_id
from billfold.services.parts import Parts

LIFETIME_DAYS = 90
LONGEST_DAYS = 365
# The last use is noted no more often than this.
_NOTED_EVERY = timedelta(minutes=1)
_FORM = re.compile(r"bf_([A-Za-z0-9_-]{43})_([A-Za-z0-9_-]{6})")
_ADDRESS = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,255}")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token; `secret` is never to be had again."""

    id: UUID
    secret: str
    expires_at: datetime


async def create_client_token(
    parts: Parts,
    viewer: Viewer,
    *,
    client_id: UUID,
    contract_ids: Sequence[UUID] = (),
    types: Sequence[str] = (),
    scopes: Sequence[Scope] = (),
    expires_in_days: int = LIFETIME_DAYS,
) -> IssuedToken:
    """Make a token for a client's cabinet; empty contracts and types narrow nothing, empty scopes are all it may hold.

    Raises NotFound for a client, or a contract that is not the client's; InvalidInput for scopes of staff.
    """
    viewer.require(Scope.TOKENS_WRITE)
    if not await ClientRow.exists(id=client_id):
        raise NotFound("No client has this id.", field="client")
    if await ContractRow.filter(id__in=list(contract_ids), client_id=client_id).count() != len(set(contract_ids)):
        raise NotFound("One of the contracts is not there, or not this client's.", field="contracts")
    for key in types:
        parts.plugins.document_type(key)
    granted = _granted(scopes, PORTAL_SCOPES, "A client's token")
    return await _issue(
        parts,
        viewer,
        expires_in_days,
        client_id=client_id,
        contracts=[str(id_) for id_ in contract_ids],
        types=list(types),
        scopes=granted,
    )


async def create_staff_token(
    parts: Parts, viewer: Viewer, *, email: str, scopes: Sequence[Scope] = (), expires_in_days: int = LIFETIME_DAYS
) -> IssuedToken:
    """Make a token for a member of staff; empty scopes are all of the role's. For others than oneself: `staff:write`.

    Raises NotFound, InvalidInput for scopes beyond the role, Forbidden for scopes that the viewer lacks.
    """
    viewer.require(Scope.TOKENS_WRITE)
    staff = await StaffRow.get_or_none(email=email, is_active=True)
    if staff is None or viewer.staff_id != staff.id:
        viewer.require(Scope.STAFF_WRITE)
    if staff is None:
        raise NotFound(f"No active member of staff has the e-mail {email}.", field="email")
    granted = _granted(scopes, ROLE_SCOPES[Role(staff.role)], f"The role {staff.role}")
    if lacking := sorted(set(granted) - viewer.scopes):
        raise Forbidden(f"This token lacks {', '.join(lacking)}, so it cannot grant it.")
    return await _issue(parts, viewer, expires_in_days, staff_id=staff.id, contracts=[], types=[], scopes=granted)


async def revoke(parts: Parts, viewer: Viewer, token_id: UUID) -> UUID:
    """Make a token invalid at once; may be repeated. Another's staff token needs `staff:write`. Raises NotFound."""
    viewer.require(Scope.TOKENS_WRITE)
    found = await TokenRow.get_or_none(id=token_id).values("staff_id")
    if found is None:
        raise NotFound("No token has this id.", field="token")
    if found["staff_id"] is not None and found["staff_id"] != viewer.staff_id:
        viewer.require(Scope.STAFF_WRITE)
    await TokenRow.filter(id=token_id, revoked_at=None).update(revoked_at=parts.clock.now())
    return token_id


async def revoke_secret(parts: Parts, viewer: Viewer, secret: str) -> UUID:
    """Make a token invalid of which one has only the text, such as a leaked one; gives its id. As `revoke` else."""
    # Asked before the look-up, so that nobody learns by it whether a token is there.
    viewer.require(Scope.TOKENS_WRITE)
    found = await find_token(digest_of(secret.strip()))
    if found is None:
        raise NotFound("No token has this text.", field="token")
    return await revoke(parts, viewer, found.id)


def is_secret(text: str) -> bool:
    """Tell whether a text is meant as a token itself, and not as the id of one."""
    return text.strip().startswith("bf_")


async def add_staff(_parts: Parts, viewer: Viewer, *, email: str, role: Role) -> UUID:
    """Add a member of staff, or change the role of one; gives the id. Raises InvalidInput for what is no address."""
    viewer.require(Scope.STAFF_WRITE)
    if not _ADDRESS.fullmatch(email):
        raise InvalidInput(f"{email!r} is not an e-mail address.", field="email")
    staff, _ = await StaffRow.update_or_create(defaults={"role": role.value, "is_active": True}, email=email)
    return staff.id


async def authenticate(secret: str, now: datetime) -> Viewer:
    """Give the viewer behind a token.

    Raises Unauthenticated, with the same words for a token that is unknown, malformed, expired or revoked.
    """
    digest = digest_of(secret)
    found = await find_token(digest) if _is_well_formed(secret) else None
    if found is None or not _is_valid(found, digest, now):
        raise Unauthenticated("The token is not valid: ask for a new one.")
    if found.last_used_at is None or now - found.last_used_at > _NOTED_EVERY:
        await note_use(found.id, now, unless_since=now - _NOTED_EVERY)
    return _viewer(found)


def digest_of(secret: str) -> str:
    """Give the hash that a token is kept as."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """Give a new token."""
    random = secrets.token_urlsafe(32)
    return f"bf_{random}_{_checksum(random)}"


def _checksum(random: str) -> str:
    return urlsafe_b64encode(zlib.crc32(random.encode()).to_bytes(4)).decode().rstrip("=")


def _is_well_formed(secret: str) -> bool:
    match = _FORM.fullmatch(secret)
    return match is not None and _checksum(match[1]) == match[2]


def _is_valid(found: FoundToken, digest: str, now: datetime) -> bool:
    is_same = hmac.compare_digest(found.digest, digest)
    return is_same and found.is_active and found.revoked_at is None and now < found.expires_at


def _viewer(found: FoundToken) -> Viewer:
    role = Role(found.role) if found.role else None
    # A role that was lowered after the token was made lowers the token as well.
    bound = ROLE_SCOPES[role] if role else PORTAL_SCOPES
    return Viewer(
        name=found.name,
        scopes=bound & {Scope(scope) for scope in found.scopes},
        token_id=found.id,
        staff_id=found.staff_id,
        client_id=found.client_id,
        contract_ids=tuple(found.contracts),
        types=tuple(found.types),
        role=role,
    )


def _granted(asked: Sequence[Scope], most: Collection[Scope], holder: str) -> list[str]:
    if beyond := sorted(set(asked) - set(most)):
        raise InvalidInput(f"{holder} cannot hold {', '.join(beyond)}.", field="scopes")
    return sorted(asked or most)


async def _issue(parts: Parts, viewer: Viewer, days: int, **holder: Any) -> IssuedToken:
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput(f"A token holds 1 to {LONGEST_DAYS} days, not {days}.", field="expiresInDays")
    secret, token_id = new_secret(), new_id()
    expires_at = parts.clock.now() + timedelta(days=days)
    await TokenRow.create(
        id=token_id,
        digest=digest_of(secret),
        hint=secret[-4:],
        created_by=viewer.name,
        expires_at=expires_at,
        **holder,
    )
    return IssuedToken(token_id, secret, expires_at)
