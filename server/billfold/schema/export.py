"""The schemas as SDL files: `python -m billfold.schema.export DIR` writes them, a test compares them with the code."""

import sys
from pathlib import Path

from billfold.schema.manager.schema import manager_schema
from billfold.schema.portal.schema import portal_schema


def exported() -> dict[str, str]:
    """Give each schema's SDL by its file name."""
    return {
        "schema.graphql": f"{manager_schema()}\n",
        "portal.graphql": f"{portal_schema()}\n",
    }


def export_schemas(directory: Path) -> None:
    """Write the SDL files into a directory."""
    for name, text in exported().items():
        (directory / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    export_schemas(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
