"""`billfold doctor`: whether files can be kept where they are to go."""

from pathlib import Path

import pytest

from billfold.cli.doctor import told_files
from billfold.domain.errors import PassingError
from tests.adapters.s3_server import Bucket, s3_server


async def test_it_tells_where_files_go_and_no_secret(tmp_path: Path) -> None:
    with s3_server(Bucket()) as bucket:
        told = await told_files(bucket.url())

    assert told == "s3://papers/all"
    assert list(bucket.objects.values()) == [b"billfold doctor\n"]
    assert await told_files(tmp_path.as_uri()) == f"{tmp_path}, which every machine must share"


async def test_a_store_that_refuses_its_key_is_at_fault() -> None:
    with s3_server(Bucket()) as bucket, pytest.raises(PassingError, match="The file store failed"):
        await told_files(bucket.url("key", "wrong"))
