"""Ids: time-ordered UUIDs, so that rows made together lie together in the index."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Give a new UUID of version 7."""
    return uuid7()
