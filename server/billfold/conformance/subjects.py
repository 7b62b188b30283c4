"""Subjects: the plugin under trial, loaded beside the built-in ones as an operator would have it."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from billfold.bootstrap import check_templates, shipped
from billfold.domain.errors import OperatorError
from billfold.plugin_api.document_type import DocumentType
from billfold.plugin_host import Plugin, PluginHost, find_plugins, make_host, plugin_in, templates_of


@dataclass(frozen=True, slots=True)
class Subject:
    """A plugin under trial, the host that asks it, and where its templates are looked for."""

    host: PluginHost
    plugin: Plugin
    template_dirs: tuple[Path, ...]

    @property
    def declared(self) -> DocumentType | None:
        """The type that the plugin owns, if any."""
        owned = (key for key in self.host.document_types if self.host.owner(key).name == self.plugin.name)
        return next((self.host.document_type(key) for key in owned), None)

    @property
    def formats(self) -> tuple[str, ...]:
        """The keys of the formats that the plugin exports."""
        listed = self.host.export_formats.items()
        return tuple(sorted(key for key, (plugin, _) in listed if plugin.name == self.plugin.name))

    @property
    def sources(self) -> list[Path]:
        """The plugin's own Python files."""
        file = Path(str(getattr(self.plugin.module, "__file__", "")))
        files = file.parent.rglob("*.py") if file.name in {"plugin.py", "__init__.py"} else [file]
        return sorted(one for one in files if "tests" not in one.parts and not one.name.startswith("test_"))


def load(target: str, plugin_dirs: Sequence[Path], template_dirs: Sequence[Path]) -> Subject:
    """Load a plugin by its folder or its name, and look at it as every start does. Raises OperatorError."""
    others = list(find_plugins([shipped() / "plugins", *plugin_dirs]))
    folder = Path(target).absolute()
    if folder.is_dir():
        plugin = _own(folder, others)
        others = [one for one in others if one.name != plugin.name]
    else:
        plugin = _named(target, others)
        others.remove(plugin)
    host = make_host([*others, plugin])
    directories = [*template_dirs, shipped() / "document_templates", *host.template_dirs]
    check_templates(host, directories)
    return Subject(host, plugin, tuple(directories))


def _own(folder: Path, others: Iterable[Plugin]) -> Plugin:
    """Take the plugin that lies in a folder: as it was found already, or else as a folder or package of its own."""
    found = [one for one in others if _folder_of(one) == folder]
    if found:
        return found[0]
    return plugin_in(folder) if (folder / "plugin.py").is_file() else _in_package(folder)


def _folder_of(plugin: Plugin) -> Path | None:
    file = getattr(plugin.module, "__file__", None)
    return Path(file).parent.absolute() if file else None


def _in_package(folder: Path) -> Plugin:
    if not (folder / "__init__.py").is_file():
        inside = sorted(str(one.parent) for one in (*folder.glob("*/__init__.py"), *folder.glob("src/*/__init__.py")))
        mend = f"name {inside[0]}" if inside else "name a folder with a plugin.py, or that of a package"
        raise OperatorError(f"Plugin {folder} is not there, which has no plugin.py and no __init__.py: {mend}.")
    sys.path.insert(0, str(folder.parent))
    try:
        module = import_module(folder.name)
    except Exception as error:  # A partner's package may raise anything.
        raise OperatorError(f"Plugin {folder} cannot be loaded: {type(error).__name__}: {error}") from error
    version = str(getattr(module, "__version__", "0"))
    return Plugin(folder.name.replace("_", "-"), version, str(folder), module, templates_of(folder))


def _named(name: str, others: Sequence[Plugin]) -> Plugin:
    for plugin in others:
        if plugin.name == name:
            return plugin
    known = ", ".join(sorted(plugin.name for plugin in others))
    raise OperatorError(f"Plugin {name} is not there: name a folder, or one of {known}.")
