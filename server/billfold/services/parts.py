"""Parts: the concrete things that services work with; `bootstrap.py` chooses them."""

from dataclasses import dataclass, field

from billfold.adapters.file_store import FileStore
from billfold.adapters.mailer import Mailer
from billfold.adapters.queue import Bell
from billfold.domain.clock import Clock
from billfold.plugin_host import PluginHost
from billfold.rendering.letters import Letters
from billfold.rendering.press import Press
from billfold.services.allowances import Allowances
from billfold.services.gathering import Gathering


@dataclass(frozen=True, slots=True)
class Parts:
    """One set of parts a process. `mail_from` is the sender where a brand has no address.

    `is_scheduling` says whether documents are made at the times of their schedules. `gathering` is where those of this
    process who ask for a document by hand find each other, and `allowances` what it may take up of runs.
    """

    clock: Clock
    plugins: PluginHost
    press: Press
    letters: Letters
    files: FileStore
    mailer: Mailer
    bell: Bell
    mail_from: str = ""
    is_scheduling: bool = False
    gathering: Gathering = field(default_factory=Gathering)
    allowances: Allowances = field(default_factory=Allowances)
