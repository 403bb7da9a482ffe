"""What a release checks before it tags, and that metadata.txt tells what CHANGELOG.md tells."""

from __future__ import annotations

import configparser
import importlib.util
import re
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TODAY = date(2027, 2, 3)
CHANGELOG = """# Changelog

## [0.2.0] - 2027-02-03

### Added
- Warps in 5 % of the time,
  and `more`.

## [0.1.0] - 2026-11-20

### Added
- Something.
"""


@pytest.fixture(scope="module")
def release():
    spec = importlib.util.spec_from_file_location("release", ROOT / "packaging" / "release.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def metadata(release):
    return release.with_notes("[general]\nversion=0.2.0\nchangelog=old\n  more\n", CHANGELOG)


def test_metadata_tells_what_the_changelog_tells(release):
    metadata = (ROOT / "metadata.txt").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert release.with_notes(metadata, changelog) == metadata, "run `make notes`"
    read = configparser.ConfigParser()
    read.read_string(metadata)
    assert all(read.get("general", key) for key in read["general"]), "as QGIS reads it"


def test_the_notes_are_one_entry(release, metadata):
    read = configparser.ConfigParser()
    read.read_string(metadata)
    assert read.get("general", "changelog").splitlines() == [
        "0.2.0 - 2027-02-03",
        "Added",
        "- Warps in 5 percent of the time, and more.",
        "0.1.0 - 2026-11-20",
        "Added",
        "- Something.",
    ]
    assert release.with_notes(metadata, CHANGELOG) == metadata


def test_a_tree_that_is_ready_is_released(release, metadata):
    for tags in ([], ["v0.1.0"], ["v0.1.9", "other"]):
        assert release.problems([], tags, metadata, CHANGELOG, TODAY) == []


@pytest.mark.parametrize(
    ("changed", "tags", "version", "day", "said"),
    [
        (["README.md"], [], "0.2.0", TODAY, "README.md is not committed"),
        ([], ["v0.2.0"], "0.2.0", TODAY, "not newer than 0.2.0"),
        ([], ["v0.10.0", "v0.9.0"], "0.2.0", TODAY, "not newer than 0.10.0"),
        ([], [], "0.2.0", date(2027, 2, 4), "no section [0.2.0] - 2027-02-04"),
        ([], [], "0.3.0", TODAY, "no section [0.3.0]"),
        ([], [], "next", TODAY, "no version such as"),
    ],
)
def test_a_tree_that_is_not_ready_is_told_why(release, metadata, changed, tags, version, day, said):
    metadata = re.sub("version=.*", f"version={version}", metadata)
    (problem,) = release.problems(changed, tags, metadata, CHANGELOG, day)
    assert said in problem


def test_a_changelog_that_metadata_does_not_tell_is_noticed(release, metadata):
    more = CHANGELOG.replace("- Something", "- Something else")
    (problem,) = release.problems([], [], metadata, more, TODAY)
    assert "make notes" in problem
