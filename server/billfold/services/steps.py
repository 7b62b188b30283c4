"""Steps: how the work after issuing is cut into jobs, for how long a worker holds one, and when it tries again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")

# One job a chunk, never one a document (performance.md 3).
CONTRACTS_A_JOB = 100
PRINTS_A_JOB = 25
PUBLISHES_A_JOB = 100
MAILS_A_JOB = 50
# So many are leased together, and worked on side by side: all of them are done well within their lease.
PRINTS_AT_ONCE = 12
MAILS_AT_ONCE = 5

# A contract is issued no more documents a day, by runs and by hand: what issues more does so by mistake (Kill Bill's
# maxDailyNumberOfItemsSafetyBound is 15 too).
DOCUMENTS_A_DAY = 15

# A worker that dies leaves its lease; after it the work is taken up again. Being done twice does no harm, only costs.
COMPOSE_LEASE = timedelta(seconds=30)
PRINT_LEASE = timedelta(seconds=60)
MAIL_LEASE = timedelta(seconds=120)
# What stands longer in a step is rung again.
STALE_AFTER = timedelta(seconds=20)

# Minutes until the next attempt, after the first, the second, ...; then it is given up and shown to the managers.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440, 1440))
# A mail whose fate is unknown is sent once more, with the same Message-ID: never lost, seldom doubled.
UNCERTAIN_ATTEMPTS = 1


def chunked(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """Cut a sequence into chunks of at most `size`, in order."""
    return [items[at : at + size] for at in range(0, len(items), size)]
