"""Finding: plugins in folders and at entry points, loaded one by one."""

import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from billfold.domain.errors import OperatorError
from billfold.plugin_host.deadlines import DeadlinePassed, limited
from billfold.plugin_host.keeping_apart import KEPT_APART
from billfold.plugin_host.plugin import Plugin

T = TypeVar("T")

ENTRY_POINT_GROUP = "billfold"
# Libraries that a plugin needs are imported with it, on a cold machine from a slow disk.
_IMPORT_SECONDS = 30


def find_plugins(directories: Sequence[Path]) -> Iterator[Plugin]:
    """Load every folder with a `plugin.py` in the directories, then every entry point of the group `billfold`.

    Raises OperatorError for a directory that is not there and for a plugin that cannot be loaded.
    """
    for _, load in candidates(directories):
        yield load()


def candidates(directories: Sequence[Path]) -> Iterator[tuple[str, Callable[[], Plugin]]]:
    """Name what may be a plugin, in the order of `find_plugins`, each with the function that loads it.

    Raises OperatorError for a directory that is not there.
    """
    for directory in directories:
        if not directory.is_dir():
            raise OperatorError(f"Plugin directory {directory} is not there: mend BILLFOLD_PLUGIN_DIRS.")
        for file in sorted(directory.glob("*/plugin.py")):
            yield str(file.parent), partial(_from_folder, file)
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name):
        yield f"{point.name} ({point.value})", partial(_from_entry_point, point)


def plugin_in(folder: Path) -> Plugin:
    """Load the plugin of one folder. Raises OperatorError."""
    file = folder / "plugin.py"
    if not file.is_file():
        raise OperatorError(f"Plugin {folder} is not there: name a folder with a plugin.py.")
    return _from_folder(file)


def _from_folder(file: Path) -> Plugin:
    folder = file.parent
    name = f"billfold_plugin_{folder.name.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise OperatorError(f"Plugin {folder} cannot be loaded: {file} is not a Python module.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader = spec.loader
    _load(str(folder), lambda: loader.exec_module(module))
    return Plugin(folder.name, getattr(module, "__version__", "0"), str(folder), module, templates_of(folder))


def _from_entry_point(point: EntryPoint) -> Plugin:
    module = _load(f"{point.name} ({point.value})", point.load)
    version = point.dist.version if point.dist else "0"
    return Plugin(point.name, version, f"entry point {point.value}", module, _templates_beside(module))


def _load(plugin: str, load: Callable[[], T]) -> T:
    """Import a plugin. Raises OperatorError for whatever it raises, and where it takes too long."""
    try:
        with KEPT_APART:
            return limited(load, _IMPORT_SECONDS)
    except KeyboardInterrupt:
        raise
    except DeadlinePassed as error:
        raise OperatorError(
            f"Plugin {plugin} cannot be loaded: its import took more than {_IMPORT_SECONDS} s. Do no work at import."
        ) from error
    except BaseException as error:  # A partner's module may raise anything, SystemExit too; the start names it.
        raise OperatorError(f"Plugin {plugin} cannot be loaded: {type(error).__name__}: {error}") from error


def _templates_beside(module: object) -> Path | None:
    file = getattr(module, "__file__", None) if isinstance(module, ModuleType) else None
    return templates_of(Path(file).parent) if file else None


def templates_of(folder: Path) -> Path | None:
    """Give the templates that a plugin brings beside its code, if any."""
    templates = folder / "templates"
    return templates if templates.is_dir() else None
