"""Nodes: what has a global id. A row of the database knows its type by name, so that telling types apart is cheap."""

from typing import Any

import strawberry
from strawberry import field


@strawberry.interface(description="A thing with a global id, which `node` finds again.")
class Node:
    id: strawberry.ID = field(description="The global id: the noun and a UUID, such as `document_0192f0c4-...`.")

    @classmethod
    def resolve_type(cls, obj: Any, _info: Any, _type: Any) -> str:
        """Give the name of the type of a row."""
        return str(obj.type_name)

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Tell whether a row is of this type."""
        return bool(obj.__class__.type_name == cls.__name__)
