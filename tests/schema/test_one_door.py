"""Documents are reached through `readable_by` only: no face builds a query on them by another way."""

import re
from pathlib import Path

import billfold
from billfold.database.reading.faces import MANAGER, PORTAL
from billfold.database.reading.shapes import ToMany
from billfold.database.reading.visibility import readable_by

_SOURCE = Path(billfold.__file__).parent
_ASKED = re.compile(r"\b(?:FROM|JOIN)\s+(?:documents|document_lines|files)\b", re.IGNORECASE)
_ORM = re.compile(r"\b(?:DocumentRow|DocumentLineRow|FileRow)\b")


def test_no_face_queries_documents_itself() -> None:
    faces = [path for folder in ("schema", "web") for path in (_SOURCE / folder).rglob("*.py")]

    guilty = [
        path.name for path in faces if _ASKED.search(text := path.read_text(encoding="utf-8")) or _ORM.search(text)
    ]

    assert faces
    assert guilty == []


def test_faces_read_documents_by_the_reading_package_only() -> None:
    faces = [path for folder in ("schema", "web") for path in (_SOURCE / folder).rglob("*.py")]
    rows = re.compile(r"from billfold\.database\.(?!reading\b)(\w+) import (.+)")

    found = {match for path in faces for match in rows.findall(path.read_text(encoding="utf-8"))}

    # Enums of closed sets, and what an error means; no row and no query.
    assert found <= {
        ("contracts", "Billing"),
        ("enterprises", "SignerRole"),
        ("numbers", "NumberEventKind"),
        ("outages", "is_outage"),
        ("services", "ServiceKind"),
    }


def test_in_the_reading_package_only_known_places_name_documents() -> None:
    package = _SOURCE / "database" / "reading"

    named = {
        path.name
        for path in package.rglob("*.py")
        if re.search(r"\bdocuments \{t\}|(?:FROM|JOIN) documents\b", path.read_text(encoding="utf-8"))
    }

    # The guarded shapes, the lines of a guarded document, the file behind `find_file` and what an export takes, both of
    # which ask `readable_by`; and the door itself.
    # Reports add documents up and name none; a charge, and a number, name their document by its guarded shape; the
    # register of numbers asks for the scope of whole books.
    sums = {"ageing.py", "balances.py", "reports.py", "charges.py", "numbers.py", "number_register.py"}
    known = {"documents.py", "portal.py", "document_parts.py", "files.py", "exports.py", "visibility.py"}
    assert named - sums == known
    assert "readable_by(viewer, now)" in (package / "files.py").read_text(encoding="utf-8")
    exports = (package / "exports.py").read_text(encoding="utf-8")
    assert exports.count("FROM documents d") == exports.count("readable_by(viewer, now)") == 2


def test_every_shape_of_documents_has_the_guard() -> None:
    shapes = [*MANAGER.shapes.values(), *PORTAL.shapes.values()]

    of_documents = [shape for shape in shapes if re.match(r"documents\b", shape.source)]

    assert {shape.type_name for shape in of_documents} == {"Document", "PortalDocument"}
    assert all(shape.guard is readable_by for shape in of_documents)


def test_lines_and_files_are_reached_through_a_document_only() -> None:
    for catalog in (MANAGER, PORTAL):
        parts = {name for name, shape in catalog.shapes.items() if re.match(r"document_lines\b|files\b", shape.source)}
        owners = {
            shape.type_name
            for shape in catalog.shapes.values()
            for relation in shape.relations.values()
            if isinstance(relation, ToMany) and relation.target in parts
        }

        assert all(catalog.shapes[owner].guard is readable_by for owner in owners)
        assert not parts & {listing.shape for listing in catalog.listings.values()}
        assert all(not catalog.shapes[name].noun for name in parts)


def test_every_shape_that_is_read_needs_a_scope() -> None:
    for catalog in (MANAGER, PORTAL):
        assert [shape.type_name for shape in catalog.shapes.values() if shape.source and shape.scope is None] == []
