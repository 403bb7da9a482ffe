"""The steps of a release that `make release` takes: `check`, `tag`; and `notes`, which brings the
changelog of metadata.txt up to date from CHANGELOG.md.
"""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_HEAD = re.compile(r"^## \[(.+?)\](?: - (\S+))?$", re.MULTILINE)
_NOTES = re.compile(r"^changelog=.*(?:\n[ \t].*)*", re.MULTILINE)


def version_of(metadata: str) -> str:
    """Return the version that metadata.txt names."""
    return re.search(r"^version=(.+)$", metadata, re.MULTILINE)[1]


def notes(changelog: str) -> str:
    """Return the changelog as the entry of metadata.txt.

    Lines that follow are indented, none is empty, and a per cent sign is written out: Python's
    configparser, by which QGIS reads the file, would take it for a reference.
    """
    text = changelog[_HEAD.search(changelog).start() :].replace("%", "percent").replace("`", "")
    text = re.sub(r"\n(?:  +)(?=\S)", " ", text)  # wrapped lines of one entry
    lines = [re.sub(r"^#+ \[?|\](?= -|$)", "", line) for line in text.splitlines() if line.strip()]
    return "changelog=" + "\n  ".join(lines)


def with_notes(metadata: str, changelog: str) -> str:
    """Return metadata.txt with the changelog as it is."""
    return _NOTES.sub(lambda _: notes(changelog), metadata)


def problems(
    changed: list[str], tags: list[str], metadata: str, changelog: str, today: date
) -> list[str]:
    """Return why the tree cannot be released as it is.

    Args:
        changed: Files that differ from the last commit.
        tags: All tags, v1.2.3 those of releases.
        metadata: Text of metadata.txt.
        changelog: Text of CHANGELOG.md.
        today: The date of the release.
    """
    version = version_of(metadata)
    out = [f"{name} is not committed" for name in changed]
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        return [*out, f"metadata.txt: {version!r} is no version such as 1.2.3"]
    released = [_numbers(tag) for tag in tags if re.fullmatch(r"v\d+\.\d+\.\d+", tag)]
    if released and _numbers(version) <= max(released):
        last = ".".join(map(str, max(released)))
        out.append(f"metadata.txt: version {version} is not newer than {last}, the last tag")
    dates = dict(_HEAD.findall(changelog))
    if dates.get(version) != today.isoformat():
        out.append(f"CHANGELOG.md has no section [{version}] - {today.isoformat()}")
    if with_notes(metadata, changelog) != metadata:
        out.append("metadata.txt: the changelog is not that of CHANGELOG.md; run `make notes`")
    return out


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.removeprefix("v").split("."))


def _git(*words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def main(step: str) -> int:
    """Take a step."""
    path = ROOT / "metadata.txt"
    metadata = path.read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    if step == "notes":
        path.write_text(with_notes(metadata, changelog), encoding="utf-8")
        return 0
    changed = [line[3:] for line in _git("status", "--porcelain")]
    found = problems(changed, _git("tag"), metadata, changelog, date.today())
    for line in found:
        print("PROBLEM:", line)
    if not found and step == "tag":
        version = version_of(metadata)
        _git("tag", "-a", f"v{version}", "-m", f"SAR-Optical Align {version}")
        print(f"Tagged v{version}; to publish: git push origin v{version}, and upload dist/")
    return 1 if found else 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["check"], ["tag"], ["notes"]):
        sys.exit("usage: release.py check|tag|notes")
    sys.exit(main(sys.argv[1]))
