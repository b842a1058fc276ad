"""Documents say what the code does."""

from __future__ import annotations

import re

import pytest

from desirepath.config import settings as settings_module
from scripts import check_files
from scripts.write_docs import pages
from tests.architecture.house import ROOT, modules

VARIABLE = re.compile(r"[\"'](DESIREPATH_[A-Z_]+|DATABASE_URL)[\"']")


def test_generated_documents_are_current():
    """Each document that comes from the code is what the code says today (`make docs` writes it)."""
    for path, text in pages().items():
        assert path.read_text() == text, f"{path.relative_to(ROOT)}: run make docs"


def test_every_setting_is_documented():
    """Every environment variable that the code reads is explained where settings begin and in
    docs/settings.md.
    """
    read = {name for module in modules() for name in VARIABLE.findall(module.text)}
    assert "DATABASE_URL" in read
    written = (ROOT / "docs" / "settings.md").read_text()
    missing = sorted(f"{name} in docs/settings.md" for name in read if name not in written)
    missing += sorted(
        f"{name} in settings.py" for name in read if name not in (settings_module.__doc__ or "")
    )
    assert not missing


def test_every_make_target_says_what_it_does():
    """`make help` leaves no target out."""
    makefile = (ROOT / "Makefile").read_text()
    targets = set(" ".join(re.findall(r"^\.PHONY:(.*)$", makefile, re.M)).split())
    assert targets == set(re.findall(r"^([a-z-]+):.*##", makefile, re.M)) | {"help"}


def test_no_file_names_a_registry_or_a_machine():
    """No committed file names a package registry's host or a path of somebody's machine."""
    found = {
        path.relative_to(ROOT).as_posix(): faults
        for path in check_files.files()
        if (faults := check_files.faults(path))
    }
    assert not found


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("requirements.txt", "--extra-index-url https" + "://example.org/simple"),
        ("uv.lock", 'source = { registry = "https' + '://example.org" }'),
        ("README.md", "see https" + "://py" + "pi.org/project/x"),
        (".npmrc", "registry=https" + "://example.org"),
        ("notes.md", "in /" + "root/project"),
    ],
)
def test_a_named_registry_or_machine_is_found(tmp_path, name, line):
    """The check itself can fail."""
    file = tmp_path / name
    file.write_text(f"fine\n{line}\n")
    assert check_files.faults(file)
