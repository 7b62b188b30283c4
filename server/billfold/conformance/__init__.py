"""The conformance kit: tries a plugin on made-up facts of every kind, and tells what it does not do as it should.

The trial runs in a process of its own: a plugin may do there what it likes.
"""

from billfold.conformance.checking import check, check_all
from billfold.conformance.reports import Outcome, Report, Result

__all__ = ["Outcome", "Report", "Result", "check", "check_all"]
