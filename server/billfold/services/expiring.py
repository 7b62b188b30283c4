"""Expiring files: previews and copies go when their time is over."""

from billfold.database.connection import reading, writing
from billfold.database.stored_files import expired_files, forget_stored_files, keys_in_use
from billfold.services.parts import Parts

# The rest is left to the next sweep.
_AT_ONCE = 200


async def remove_expired(parts: Parts) -> int:
    """Delete files whose time is over, some at a time, and give how many. May be repeated.

    The same bytes may be a file of somebody else by now: then they stay, and go with the last one. Raises PassingError
    while the store is away: what it has not deleted is known still, and is tried again.
    """
    now = parts.clock.now()
    async with reading() as connection:
        expired = await expired_files(connection, now, limit=_AT_ONCE)
        used = await keys_in_use(connection, list(expired.values()), now) if expired else set()
    for key in sorted(set(expired.values()) - used):
        await parts.files.delete(key)
    if expired:
        async with writing() as connection:
            await forget_stored_files(connection, list(expired))
    return len(expired)
