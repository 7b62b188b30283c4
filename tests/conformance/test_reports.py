"""Reports: they cross from the process of a trial unchanged, and say whether a plugin passed."""

from billfold.conformance import Outcome, Report, Result
from billfold.conformance.reports import from_json, to_json

STARTS = Result("starts", Outcome.PASSED, (), 0.25)
NAMES = Result("names", Outcome.FAILED, ("long names: no «room»", "hostile names: no escape"))
NOTE = Result("visibility", Outcome.NOTED, ("ISSUED: CLIENT",))
REPORT = Report("acts", "/plugins/acts", "1.0", "act", ("ledger",), (STARTS, NAMES, NOTE), {"document_content": "ab12"})


def test_a_report_crosses_unchanged() -> None:
    assert from_json(to_json([REPORT, Report("other", "other")])) == [REPORT, Report("other", "other")]


def test_failures_are_told_with_their_check() -> None:
    assert not REPORT.is_passed
    assert REPORT.failures == ("names: long names: no «room»", "names: hostile names: no escape")


def test_notes_and_skipped_checks_are_no_failures() -> None:
    report = Report("acts", "acts", results=(STARTS, NOTE, Result("exports", Outcome.SKIPPED, ("exports nothing",))))

    assert report.is_passed
    assert report.failures == ()
