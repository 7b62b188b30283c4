"""Bootstrap: the one place that chooses concrete parts, from settings."""

import logging
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import structlog

from billfold.adapters import embedded
from billfold.adapters.file_store import open_file_store
from billfold.adapters.mailer import open_mailer
from billfold.adapters.queue import ArqBell, Bell, SilentBell, redis_settings
from billfold.database.connection import connect, disconnect, migrate
from billfold.domain.clock import Clock, SystemClock
from billfold.domain.errors import OperatorError, PluginFailed, TemplateFailed
from billfold.plugin_api.samples import sample_document
from billfold.plugin_host import PluginHost, load_plugins, load_sound_plugins
from billfold.rendering.editions import Editions
from billfold.rendering.labels import Labels
from billfold.rendering.letters import Letters
from billfold.rendering.press import Press
from billfold.rendering.sandbox import Sandbox
from billfold.services.parts import Parts
from billfold.settings import Settings


@dataclass(frozen=True, slots=True)
class Servers:
    """Where PostgreSQL and Valkey are; `is_embedded` says whether the database is our own."""

    database_url: str
    redis_url: str
    is_embedded: bool


@contextmanager
def servers(settings: Settings) -> Iterator[Servers]:
    """Give the servers to work with, starting the embedded ones where no URL is set. Blocks: not for an event loop."""
    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    wanted = embedded.Wanted(database=database_url is None, redis=redis_url is None)
    with embedded.acquire(data_dir(settings), wanted) as lease:
        yield Servers(
            database_url=database_url or lease.database_url or "",
            redis_url=redis_url or lease.redis_url or "",
            is_embedded=database_url is None,
        )


@asynccontextmanager
async def open_parts(
    settings: Settings, where: Servers, *, is_ringing: bool, clock: Clock | None = None
) -> AsyncIterator[Parts]:
    """Connect everything, and close it at the end. With `is_ringing` other processes' workers are told of new work.

    The embedded database is brought to the newest migration; an external one is left to `billfold migrate`.
    A plugin that does not do is set aside, and logged. Raises OperatorError for a template directory or a server that
    does not do, and for what comes with the house.
    """
    plugins = sound_plugins(settings)
    if where.is_embedded:
        await migrate(where.database_url)
    directories = template_dirs(settings, plugins)
    bell: Bell = ArqBell(redis_settings(where.redis_url)) if is_ringing else SilentBell()
    await connect(where.database_url, pool_size=settings.pool_size)
    try:
        async with Press(directories, workers=settings.press_workers) as press:
            yield Parts(
                clock=clock or SystemClock(),
                plugins=plugins,
                press=press,
                letters=Letters(directories),
                files=open_file_store(files_url(settings)),
                mailer=open_mailer(
                    settings.smtp_url.get_secret_value() if settings.smtp_url else None, data_dir(settings) / "mail"
                ),
                bell=bell,
                mail_from=settings.mail_from,
                is_scheduling=settings.schedules,
            )
    finally:
        await bell.close()
        await disconnect()


def data_dir(settings: Settings) -> Path:
    """Give the data directory, absolute."""
    return settings.data_dir.expanduser().absolute()


def files_url(settings: Settings) -> str:
    """Give the address of the file store: the operator's, or a folder in the data directory."""
    return settings.files_url or (data_dir(settings) / "files").as_uri()


def find_plugins(settings: Settings) -> PluginHost:
    """Load the built-in plugins, the operator's and those at entry points. Raises OperatorError for a faulty one."""
    return load_plugins([shipped() / "plugins", *_plugin_dirs(settings)])


def sound_plugins(settings: Settings) -> PluginHost:
    """Load the same, and set aside what is faulty, so that one plugin does not keep the others from their work."""
    host = load_sound_plugins(
        shipped() / "plugins",
        _plugin_dirs(settings),
        lambda host: check_templates(host, template_dirs(settings, host)),
    )
    for name, fault in host.faults.items():
        structlog.get_logger().error("plugin set aside", plugin=name, reason=fault)
    return host


def _plugin_dirs(settings: Settings) -> list[Path]:
    return [Path(directory).expanduser() for directory in settings.plugin_dirs.split(":") if directory]


def template_dirs(settings: Settings, plugins: PluginHost) -> list[Path]:
    """Give the template directories: the operator's first, then the built-in ones, then the plugins'."""
    own = [settings.templates_dir.expanduser().absolute()] if settings.templates_dir else []
    for directory in own:
        if not directory.is_dir():
            raise OperatorError(f"Template directory {directory} is not there: mend BILLFOLD_TEMPLATES_DIR.")
    return [*own, shipped() / "document_templates", *plugins.template_dirs]


def check_templates(plugins: PluginHost, directories: list[Path]) -> None:
    """Read the labels, and the template of every type, named for a sample document.

    Raises OperatorError for what does not load, and for two plugins with a template of one name.
    """
    _check_apart(plugins)
    labels = Labels(directories)
    for locale in ("en", "ru"):
        labels.find("", locale)
    sandbox, editions = Sandbox(directories), Editions(directories)
    for key, declared in plugins.document_types.items():
        try:
            form = plugins.template(sample_document(declared))
            for template in editions.templates(form):
                sandbox.check(template)
            editions.check(form, labels)
        except (PluginFailed, TemplateFailed) as error:
            raise OperatorError(f"Plugin {plugins.owner(key).name} cannot start: {error.message}") from error


def _check_apart(plugins: PluginHost) -> None:
    """Refuse two plugins that bring a template of one name, and one that is built in: one would print the other's."""
    built_in = shipped() / "document_templates"
    owners: dict[str, str] = {}
    for name, plugin in sorted(plugins.plugins.items()):
        for file in _own_templates(plugin.templates):
            # Editions beside a built-in form would change it, though it has none of its own.
            if (built_in / file).is_file() or (file.endswith("/editions.toml") and (built_in / file).parent.is_dir()):
                raise OperatorError(f"Plugin {name} brings the template {file}, which is built in: rename its folder.")
            if owners.setdefault(file, name) != name:
                raise OperatorError(f"Plugins {owners[file]} and {name} both bring the template {file}: rename one.")


def _own_templates(folder: Path | None) -> list[str]:
    """Give the names of a plugin's templates and styles; shared labels and fonts are not among them."""
    if folder is None:
        return []
    files = (file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    return sorted(file for file in files if not file.startswith(("labels/", "fonts/")))


def shipped() -> Path:
    """Give the directory with `plugins/` and `document_templates/`: beside the package, or the checkout."""
    spec = find_spec("billfold")
    package = Path(spec.origin).parent if spec and spec.origin else Path(__file__).parent
    installed = package / "shipped"
    return installed if installed.is_dir() else package.parents[1]


def set_up_logs(level: str) -> None:
    """Write logs as one line of key=value pairs to standard error."""
    # It would write a traceback for each second that the database is away, which the work itself tells in one line.
    logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level.lower()),
        # Its own factory would write to standard output, where commands print their results.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
