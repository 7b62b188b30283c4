"""The web process on the filled world that schema tests read."""

from tests.schema.conftest import alfa, faces, filled, manager, reading_parts, world

__all__ = ["alfa", "faces", "filled", "manager", "reading_parts", "world"]
