"""The committed SDL files are those of the code, and say what everything is for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from billfold import schema
from billfold.schema.export import export_schemas, exported
from billfold.schema.manager.schema import manager_schema
from billfold.schema.portal.schema import portal_schema

_FOLDER = Path(schema.__file__).parent


@pytest.mark.parametrize("name", ["schema.graphql", "portal.graphql"])
def test_the_file_is_that_of_the_code(name: str) -> None:
    expected = exported()[name]

    written = (_FOLDER / name).read_text(encoding="utf-8")

    assert written == expected, "Run: python -m billfold.schema.export"


def test_the_schemas_can_be_written_anywhere(tmp_path: Path) -> None:
    export_schemas(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["portal.graphql", "schema.graphql"]


def _described(made: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    for type_ in made.type_map.values():
        if type_.name.startswith("__"):
            continue
        yield type_.name, type_
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}", field
                yield from ((f"{type_.name}.{name}({arg})", value) for arg, value in field.args.items())
        elif isinstance(type_, GraphQLInputObjectType):
            yield from ((f"{type_.name}.{name}", field) for name, field in type_.fields.items())


@pytest.mark.parametrize("made", [manager_schema(), portal_schema()], ids=["managers", "clients"])
def test_everything_has_a_description(made: Any) -> None:
    silent = [name for name, thing in _described(made.made._schema) if not (thing.description or "").strip()]

    assert silent == []


def test_the_clients_schema_holds_no_commands_and_no_books() -> None:
    types = set(portal_schema().made._schema.type_map)

    assert not types & {
        "Mutation",
        "Client",
        "Contract",
        "Enterprise",
        "Document",
        "Run",
        "Delivery",
        "Viewer",
        "Usage",
    }
