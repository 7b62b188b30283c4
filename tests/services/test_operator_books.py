"""An operator's books: one import takes every file of the directory."""

from pathlib import Path

import pytest

from billfold.domain.access import OPERATOR, ROLE_SCOPES, Role, Viewer
from billfold.domain.errors import Forbidden
from billfold.services.operator_books import import_operator_books
from billfold.services.parts import Parts
from tests.services.asking import value
from tests.services.sample_books import copy_books


async def test_rules_and_numbers_come_with_the_books(parts: Parts, tmp_path: Path) -> None:
    directory = copy_books(tmp_path)
    (directory / "document_rules.csv").write_text("enterprise,type,prefix\nyantar-net,invoice,Я-\n", encoding="utf-8")
    (directory / "numbers.csv").write_text(
        "enterprise,type,number,dated_on,reason\nyantar-net,invoice,Я-7,,1С\n", encoding="utf-8"
    )
    told = []

    result = await import_operator_books(parts, OPERATOR, directory, progress=told.append)

    assert result.files == tuple(told)
    assert [file.name for file in result.files[-2:]] == ["document_rules.csv", "numbers.csv"]
    assert await value("SELECT count(*) FROM clients") > 0
    assert await value("SELECT prefix FROM document_rules") == "Я-"
    assert await value("SELECT number FROM number_events") == "Я-7"


async def test_without_the_scope_nothing_is_imported(parts: Parts, tmp_path: Path) -> None:
    viewer = Viewer(name="viewer", scopes=ROLE_SCOPES[Role.VIEWER], role=Role.VIEWER)

    with pytest.raises(Forbidden):
        await import_operator_books(parts, viewer, copy_books(tmp_path))

    assert await value("SELECT count(*) FROM enterprises") == 0
