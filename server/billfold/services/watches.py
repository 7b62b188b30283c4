"""Watches: all that can be watched in one process, for those who listen over sockets."""

from dataclasses import dataclass, field

from billfold.services.changes import ChangeWatch
from billfold.services.progress import ProgressWatch


@dataclass(frozen=True, slots=True)
class Watches:
    """The runs that are watched, and the documents."""

    progress: ProgressWatch = field(default_factory=ProgressWatch)
    changes: ChangeWatch = field(default_factory=ChangeWatch)
