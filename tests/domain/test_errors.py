"""The errors: a code for each that a caller can mend, and the tree in the module's docstring."""

import inspect
import re

import pytest

from billfold.domain import errors
from billfold.domain.errors import AccessError, BillfoldError, CallerError, ProblemCode

CALLER_ERRORS = CallerError.__subclasses__()
CLASSES = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, BillfoldError)]
TREE = errors.__doc__ or ""


@pytest.mark.parametrize("error", CALLER_ERRORS)
def test_every_error_of_a_caller_has_a_code(error: type[CallerError]) -> None:
    assert isinstance(error.code, ProblemCode)


@pytest.mark.parametrize("code", list(ProblemCode))
def test_every_code_has_one_error(code: ProblemCode) -> None:
    assert len([error for error in CALLER_ERRORS if error.code is code]) == 1


@pytest.mark.parametrize("error", AccessError.__subclasses__())
def test_every_access_error_has_a_code_of_its_own(error: type[AccessError]) -> None:
    assert error.code == error.__name__.upper()


@pytest.mark.parametrize("error", CLASSES)
def test_the_tree_lists_the_class(error: type[BillfoldError]) -> None:
    assert re.search(rf"^\s+[│├└─ ]*{error.__name__}\b", TREE, re.MULTILINE), f"{error.__name__} is not in the tree"


@pytest.mark.parametrize("error", [*CALLER_ERRORS, *AccessError.__subclasses__()])
def test_the_tree_tells_the_code(error: type[CallerError] | type[AccessError]) -> None:
    assert re.search(rf"{error.__name__} +{error.code}$", TREE, re.MULTILINE)


@pytest.mark.parametrize("error", CLASSES)
def test_every_error_says_what_it_means(error: type[BillfoldError]) -> None:
    assert error.__doc__


def test_the_tree_lists_nothing_that_is_not_there() -> None:
    listed = re.findall(r"^\s+[│├└─ ]*([A-Z][a-z]\w+)", TREE, re.MULTILINE)

    assert sorted(listed) == sorted(error.__name__ for error in CLASSES)


def test_an_error_carries_its_message_and_its_field() -> None:
    error = errors.InvalidInput("Period is empty.", field="period")

    assert (str(error), error.message, error.field) == ("Period is empty.", "Period is empty.", "period")
