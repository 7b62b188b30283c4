"""The faces: each a schema with its document types and its own callers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from billfold.domain.access import Viewer
from billfold.domain.errors import Forbidden
from billfold.schema.document_types import document_types, finder
from billfold.schema.face import FaceSchema
from billfold.schema.manager.schema import manager_schema
from billfold.schema.portal.query import portal_finder, portal_types
from billfold.schema.portal.schema import portal_schema
from billfold.services.parts import Parts


@dataclass(frozen=True, slots=True)
class Face:
    """A face at one path: its schema, its document types, and who is let in (`admit` raises Forbidden)."""

    schema: FaceSchema
    document_types: Mapping[str, Any]
    find_type: Callable[[str], Any]
    admit: Callable[[Viewer], None]


def manager_face(parts: Parts) -> Face:
    """Make the face for staff."""
    known = document_types(parts.plugins.document_types)
    return Face(manager_schema(), known, finder(known), _admit_staff)


def portal_face(parts: Parts) -> Face:
    """Make the face for clients."""
    known = portal_types(parts.plugins.document_types)
    return Face(portal_schema(), known, portal_finder(known), _admit_clients)


def _admit_staff(viewer: Viewer) -> None:
    if viewer.is_client:
        raise Forbidden("This token is of a client: use /portal/graphql.")


def _admit_clients(viewer: Viewer) -> None:
    if not viewer.is_client:
        raise Forbidden("This token is of staff: use /graphql.")
