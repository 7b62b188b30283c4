"""Plugin: what was found, wherever it came from."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin as it was found; `templates` is its directory of templates, if it has one."""

    name: str
    version: str
    source: str
    module: object = field(compare=False)
    templates: Path | None = None
