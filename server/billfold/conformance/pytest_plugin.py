"""The fixture `billfold_conformance` for the tests of plugins, which import nothing of it."""

from collections.abc import Callable

import pytest

from billfold.conformance import Report, check


@pytest.fixture(scope="session")
def billfold_conformance() -> Callable[..., Report]:
    """Give the function that tries a plugin, by its folder or name, and gives the report.

    ``report = billfold_conformance("my-plugins/receipt"); assert report.is_passed, report.failures``
    """
    return check
