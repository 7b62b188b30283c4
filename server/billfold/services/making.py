"""Making: compose and issue, again for what has changed in between."""

from collections.abc import Sequence

from billfold.services.composing import compose
from billfold.services.drafts import Assignment, Failed, Issued, Skipped, Stale
from billfold.services.idempotency import Remember
from billfold.services.issuing import issue
from billfold.services.parts import Parts

# The first two may be overtaken by somebody who changes what is billed; more often than that is no accident.
TRIES = 3


async def make(
    parts: Parts, type: str, assignments: Sequence[Assignment], *, remember: Remember | None = None
) -> list[Issued | Skipped | Failed]:
    """Compose and issue the documents of one type, for assignments that share one period and issue date.

    What was composed of subscriptions, charges or usage that have changed before it was issued is composed anew.
    Raises as `issue` does. May be repeated: what is issued is never issued again.
    """
    made: list[Issued | Skipped | Failed] = []
    for attempt in range(1, TRIES + 1):
        composed = await compose(parts, type, assignments)
        results = await issue(parts, type, composed, remember=remember, is_last_try=attempt == TRIES)
        made += [one for one in results if not isinstance(one, Stale)]
        assignments = [one.assignment for one in results if isinstance(one, Stale)]
        if not assignments:
            break
    return made
