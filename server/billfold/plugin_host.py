"""The plugin host: finds plugins, checks them at start, and asks them one question at a time.

A plugin comes as a folder with a `plugin.py` in a plugins directory, or as a package with an entry point in the group
`billfold`. Built-ins come through the folder and have no back door.
"""

import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
from pydantic import ValidationError

from billfold.domain.document import Document, DocumentLine
from billfold.domain.errors import CallerError, NumberingConflict, OperatorError, PluginFailed, UnknownDocumentType
from billfold.domain.numbering import NumberedThing, check_rule, format_number, series_key
from billfold.domain.rules import DocumentRule
from billfold.domain.visibility import Visibility, strictest
from billfold.plugin_api import hookspecs
from billfold.plugin_api.document_type import DocumentType
from billfold.plugin_api.facts import Content, DocumentFacts, Nothing

ENTRY_POINT_GROUP = "billfold"
NEEDED_HOOKS = ("document_content", "document_template", "document_visibility")


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin as it was found; `templates` is its directory of templates, if it has one."""

    name: str
    version: str
    source: str
    module: object = field(compare=False)
    templates: Path | None = None


class PluginHost:
    """Asks the plugins. A plugin that raises or answers wrongly fails the one document, as PluginFailed."""

    def __init__(self, manager: pluggy.PluginManager, plugins: Mapping[str, Plugin]) -> None:
        self._manager = manager
        self.plugins = plugins
        self._owners = _find_owners(manager, plugins)
        self.document_types: Mapping[str, DocumentType] = {key: owned[1] for key, owned in self._owners.items()}

    @property
    def template_dirs(self) -> list[Path]:
        """The template directories that plugins bring, in the order of their names."""
        return [plugin.templates for _, plugin in sorted(self.plugins.items()) if plugin.templates]

    def document_type(self, key: str) -> DocumentType:
        """Give the type. Raises UnknownDocumentType, which lists the types that are there."""
        if key not in self._owners:
            known = ", ".join(sorted(self._owners)) or "none"
            raise UnknownDocumentType(f"Document type {key!r} is unknown: installed are {known}.", field="type")
        return self._owners[key][1]

    def owner(self, key: str) -> Plugin:
        """Give the plugin that owns a type."""
        self.document_type(key)
        return self._owners[key][0]

    def content(self, facts: DocumentFacts) -> Content | Nothing:
        """Ask the owner what the document says; its lines are checked, and its details against the type's model."""
        answer = self._ask_owner(facts.type, "document_content", Content | Nothing, facts=facts)
        if isinstance(answer, Content):
            self._check_content(facts.type, answer)
        return answer  # type: ignore[no-any-return]  # _ask_owner has checked it.

    def template(self, document: Document) -> str:
        """Ask the owner for the name of the template."""
        return str(self._ask_owner(document.type, "document_template", str, document=document))

    def series(self, document: Document, rule: DocumentRule, thing: NumberedThing) -> str:
        """Ask the owner for the series; without an answer the rule's scope and reset decide."""
        answer = self._ask_owner(document.type, "document_number_series", str | None, document=document, rule=rule)
        return answer or series_key(rule.numbering, thing)

    def number(self, document: Document, rule: DocumentRule, thing: NumberedThing, counter: int) -> str:
        """Ask the owner for the number; without an answer the rule's mask decides."""
        answer = self._ask_owner(
            document.type, "document_number", str | None, document=document, rule=rule, counter=counter
        )
        return answer or format_number(rule.numbering, thing, counter)

    def visibility(self, document: Document, rule: DocumentRule) -> Visibility:
        """Let the owner and the plugins that own no type vote; the strictest wins, no vote is NOBODY."""
        hook, owner = "document_visibility", self.owner(document.type)
        owners = {plugin.name for plugin, _ in self._owners.values()}
        voters = [owner, *(plugin for plugin in self.plugins.values() if plugin.name not in owners)]
        # Each is asked alone, so that a faulty vote is told by the name of its own plugin.
        ballots = ((voter.name, self._ask(voter, hook, document=document, rule=rule)) for voter in voters)
        return strictest([_check_answer(name, hook, Visibility, vote) for name, votes in ballots for vote in votes])

    def _ask_owner(self, key: str, hook: str, expected: Any, **arguments: object) -> Any:
        owner = self.owner(key)
        return _check_answer(owner.name, hook, expected, self._ask(owner, hook, **arguments))

    def _ask(self, plugin: Plugin, hook: str, **arguments: object) -> Any:
        caller = self._manager.subset_hook_caller(hook, [one.module for one in self.plugins.values() if one != plugin])
        return _guarded(plugin.name, hook, lambda: caller(**arguments))

    def _check_content(self, key: str, content: Content) -> None:
        owner, declared = self._owners[key]
        gave = f"Plugin {owner.name}: document_content gave"
        if not isinstance(content.lines, tuple) or not all(isinstance(line, DocumentLine) for line in content.lines):
            raise PluginFailed(f"{gave} lines that are no tuple of DocumentLine.")
        if not isinstance(content.details, Mapping):
            raise PluginFailed(f"{gave} details that are no mapping.")
        if declared.details is None:
            return
        try:
            declared.details.model_validate(dict(content.details))
        except ValidationError as error:
            message = error.errors()[0]["msg"]
            raise PluginFailed(f"{gave} details that do not fit {declared.details.__name__}: {message}.") from error


def _guarded(plugin: str, hook: str, call: Callable[[], Any]) -> Any:
    try:
        return call()
    except CallerError as error:
        raise PluginFailed(f"Plugin {plugin}: {hook} failed: {error.message}") from error
    except Exception as error:  # A partner's code may raise anything; it fails its own document only.
        raise PluginFailed(f"Plugin {plugin}: {hook} raised {type(error).__name__}: {error}") from error


def _check_answer(plugin: str, hook: str, expected: Any, answer: Any) -> Any:
    if not isinstance(answer, expected):
        wanted = getattr(expected, "__name__", None) or str(expected)
        raise PluginFailed(f"Plugin {plugin}: {hook} gave {type(answer).__name__}, and not {wanted}.")
    return answer


def load_plugins(directories: Sequence[Path]) -> PluginHost:
    """Find the plugins in the directories and at the entry points, check them all, and give the host.

    Raises OperatorError, naming the plugin and the mend, for a plugin that cannot be loaded, an unknown hook, a type
    without its hooks, two plugins for one key, or a numbering default that repeats.
    """
    manager = pluggy.PluginManager("billfold")
    manager.add_hookspecs(hookspecs)
    plugins: dict[str, Plugin] = {}
    for plugin in [*_in_folders(directories), *_at_entry_points()]:
        if plugin.name in plugins:
            raise OperatorError(
                f"Plugin {plugin.name} is there twice, from {plugins[plugin.name].source} and {plugin.source}: "
                "remove one."
            )
        _register(manager, plugin)
        plugins[plugin.name] = plugin
    return PluginHost(manager, plugins)


def _register(manager: pluggy.PluginManager, plugin: Plugin) -> None:
    try:
        manager.register(plugin.module, name=plugin.name)
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:  # ValueError: one module under two names.
        raise OperatorError(
            f"Plugin {plugin.name} ({plugin.source}) does not fit the hooks: {error}. Compare it with docs/plugins.md."
        ) from error


def _in_folders(directories: Iterable[Path]) -> Iterable[Plugin]:
    for directory in directories:
        if not directory.is_dir():
            raise OperatorError(f"Plugin directory {directory} is not there: mend BILLFOLD_PLUGIN_DIRS.")
        for file in sorted(directory.glob("*/plugin.py")):
            yield _from_folder(file)


def _from_folder(file: Path) -> Plugin:
    folder = file.parent
    name = f"billfold_plugin_{folder.name.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise OperatorError(f"Plugin {folder} cannot be loaded: {file} is not a Python module.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # A partner's module may raise anything; the start names it.
        raise OperatorError(f"Plugin {folder} cannot be loaded: {type(error).__name__}: {error}") from error
    return Plugin(folder.name, getattr(module, "__version__", "0"), str(folder), module, _templates_of(folder))


def _at_entry_points() -> Iterable[Plugin]:
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name):
        try:
            module = point.load()
        except Exception as error:  # The same as for a folder.
            raise OperatorError(
                f"Plugin {point.name} ({point.value}) cannot be loaded: {type(error).__name__}: {error}"
            ) from error
        version = point.dist.version if point.dist else "0"
        yield Plugin(point.name, version, f"entry point {point.value}", module, _templates_beside(module))


def _templates_beside(module: object) -> Path | None:
    file = getattr(module, "__file__", None) if isinstance(module, ModuleType) else None
    return _templates_of(Path(file).parent) if file else None


def _templates_of(folder: Path) -> Path | None:
    templates = folder / "templates"
    return templates if templates.is_dir() else None


def _find_owners(
    manager: pluggy.PluginManager, plugins: Mapping[str, Plugin]
) -> dict[str, tuple[Plugin, DocumentType]]:
    owners: dict[str, tuple[Plugin, DocumentType]] = {}
    for plugin in plugins.values():
        if "document_type" not in _hooks_of(manager, plugin):
            if hasattr(plugin.module, "document_type"):
                raise OperatorError(f"Plugin {plugin.name} cannot start: mark its document_type with @hookimpl.")
            continue
        declared = _declared_type(manager, plugins, plugin)
        if declared.key in owners:
            raise OperatorError(
                f"Document type {declared.key!r} is declared by plugins {owners[declared.key][0].name} and "
                f"{plugin.name}: remove one."
            )
        owners[declared.key] = (plugin, declared)
    return owners


def _hooks_of(manager: pluggy.PluginManager, plugin: Plugin) -> set[str]:
    return {caller.name for caller in manager.get_hookcallers(plugin.module) or ()}


def _declared_type(manager: pluggy.PluginManager, plugins: Mapping[str, Plugin], plugin: Plugin) -> DocumentType:
    strangers = [other.module for other in plugins.values() if other.name != plugin.name]
    try:
        answers = _guarded(plugin.name, "document_type", manager.subset_hook_caller("document_type", strangers))
        declared: DocumentType = _check_answer(plugin.name, "document_type", DocumentType, next(iter(answers), None))
        check_rule(declared.rule.numbering)
    except (PluginFailed, NumberingConflict) as error:
        raise OperatorError(f"Plugin {plugin.name} cannot start: {error.message}") from error
    lacking = ", ".join(hook for hook in NEEDED_HOOKS if hook not in _hooks_of(manager, plugin))
    if lacking:
        raise OperatorError(f"Plugin {plugin.name} owns {declared.key!r} but lacks {lacking}: add it as a @hookimpl.")
    return declared
