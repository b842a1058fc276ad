"""The sum that `make test` prints at its end is the sum of what happened."""

from __future__ import annotations

import pytest

from scripts import run_tests

REPORT = """<testsuites><testsuite>
<testcase name="a"/>
<testcase name="b"><failure message="no"/></testcase>
<testcase name="c"><error message="no"/></testcase>
<testcase name="d"><skipped type="pytest.skip" message="no server"/></testcase>
<testcase name="e"><skipped type="pytest.xfail" message="known"/></testcase>
</testsuite></testsuites>"""


def test_a_report_is_counted(tmp_path):
    """Passed, failed and skipped are told apart, with the reason for each skip."""
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    tally = run_tests.read(report, 1)
    assert str(tally) == "2 passed, 2 failed, 1 skipped"
    assert tally.reasons == {"no server": 1}


@pytest.mark.parametrize("text", ["", "<testsuites/>"])
def test_a_run_that_broke_off_has_failed(tmp_path, text):
    """No report, or a good one from a run that ended otherwise than by its tests, is a failure."""
    report = tmp_path / "report.xml"
    if text:
        report.write_text(text)
    assert run_tests.read(report, 4).failed == 1


@pytest.mark.parametrize(
    ("tally", "ci", "code"),
    [
        (run_tests.Tally(passed=3), "true", 0),
        (run_tests.Tally(passed=3, skipped=1), "", 0),
        (run_tests.Tally(passed=3, skipped=1), "true", 1),
        (run_tests.Tally(passed=3, failed=1), "", 1),
        (run_tests.Tally(), "", 1),
    ],
)
def test_what_counts_as_failure(monkeypatch, capsys, tally, ci, code):
    """A failure does, nothing run does, a skip does where CI=true; the last line is the sum."""
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(run_tests, "run", lambda parts: tally)
    monkeypatch.setattr(run_tests.signal, "signal", lambda *_: None)
    assert run_tests.main(["--quick"]) == code
    assert capsys.readouterr().out.splitlines()[-1] == str(tally)


def test_parts_run_at_once(monkeypatch, capfd):
    """Two at a time; what each says stands together under its name, and all are counted."""
    monkeypatch.setattr(run_tests, "AT_ONCE", 2)
    parts = [(name, ["--version", f"--junitxml={name}"]) for name in ("first", "second", "third")]
    monkeypatch.setattr(run_tests, "read", lambda report, code: run_tests.Tally(passed=1, failed=code))
    assert str(run_tests.run(parts)) == "3 passed, 0 failed, 0 skipped"
    said = capfd.readouterr().out
    for name in ("first", "second", "third"):
        assert f"== {name}: 1 passed, 0 failed, 0 skipped in" in said
    assert said.count("== second, beside") == 1
    assert said.count("pytest 9") == 3
