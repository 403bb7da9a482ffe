"""Builds dist/sar_optical_align-<version>.zip and checks it by the plugin site's rules.

The same files give the same zip. What is not on the list of kinds is refused, not left out in
silence.
"""

import configparser
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "sar_optical_align"
SHIPPED = (
    "__init__.py",
    "metadata.txt",
    "LICENSE",
    "README.md",
    "plugin",
    "ui",
    "models",
    "resources",
)
KINDS = (
    ".py",
    ".txt",
    ".md",
    ".html",
    ".css",
    ".webp",
    ".j2",
    ".svg",
    ".png",
    ".qml",
    ".json",
    ".csv",
    ".ts",
    ".qm",
    ".safetensors",
    "",
)
REQUIRED = (
    "name",
    "description",
    "about",
    "version",
    "qgisMinimumVersion",
    "qgisMaximumVersion",
    "author",
    "email",
    "homepage",
    "tracker",
    "repository",
    "icon",
    "tags",
    "changelog",
    "license",
    "hasProcessingProvider",
)
MAX_BYTES = 25_000_000
EPOCH = (2020, 1, 1, 0, 0, 0)


def read_metadata() -> configparser.ConfigParser:
    """Return metadata.txt with its keys as written."""
    metadata = configparser.ConfigParser(interpolation=None)
    metadata.optionxform = str  # type: ignore[assignment,method-assign]
    metadata.read(ROOT / "metadata.txt", encoding="utf-8")
    return metadata


def files() -> list[Path]:
    """Return what goes into the zip, relative to the root."""
    found = []
    for name in SHIPPED:
        path = ROOT / name
        candidates = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [
            p.relative_to(ROOT) for p in candidates if p.is_file() and "__pycache__" not in p.parts
        ]
    return found


def write_zip(target: Path, names: list[Path]) -> None:
    """Write the zip, reproducibly."""
    target.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in names:
            info = zipfile.ZipInfo(f"{NAME}/{name.as_posix()}", EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, (ROOT / name).read_bytes())


def file_problems(names: list[Path]) -> list[str]:
    """Return what is wrong with the files."""
    out = [
        f"{n}: this kind of file is not shipped"
        for n in names
        if n.suffix not in KINDS or (n.suffix == "" and n.name != "LICENSE")
    ]
    out += [
        f"{n}: a hidden file"
        for n in names
        if any(part.startswith((".", "__MACOSX")) for part in n.parts)
    ]
    out += [f"{n}: a link" for n in names if (ROOT / n).is_symlink()]
    out += [
        f"{n} is missing"
        for n in ("LICENSE", "metadata.txt", "__init__.py", "README.md")
        if Path(n) not in names
    ]
    return out


def metadata_problems(metadata: configparser.ConfigParser, names: list[Path]) -> list[str]:
    """Return what is wrong with metadata.txt."""
    general = metadata["general"]
    out = [f"metadata.txt lacks {key}" for key in REQUIRED if not general.get(key)]
    out += [
        f"metadata.txt: {key} has no effect any more" for key in ("supportsQt6",) if key in general
    ]
    out += [
        f"metadata.txt: {key} is no address"
        for key in ("homepage", "tracker", "repository")
        if not general.get(key, "").startswith("https://")
    ]
    if "plugin" in general.get("name", "").lower():
        out.append("metadata.txt: the name holds the word plugin")
    if Path(general.get("icon", "")) not in names:
        out.append("metadata.txt: the icon is not in the zip")
    if general.get("qgisMaximumVersion") != "4.99":
        out.append("metadata.txt: qgisMaximumVersion is not 4.99, which QGIS 4 needs")
    return out


def scan_problems(folder: Path) -> list[str]:
    """Run the scanners on which the plugin site blocks an upload."""
    out = []
    bandit = [sys.executable, "-m", "bandit", "-q", "-r", str(folder), "--severity-level", "medium"]
    if subprocess.run(bandit, check=False).returncode != 0:
        out.append("bandit found something of medium or high severity")
    secrets = [sys.executable, "-m", "detect_secrets", "scan", "--all-files", str(folder)]
    answer = subprocess.run(secrets, check=True, capture_output=True, text=True, cwd=folder)
    for name, places in json.loads(answer.stdout)["results"].items():
        out += [
            f"{name}:{place['line_number']}: looks like a secret ({place['type']})"
            for place in places
        ]
    return out


def main() -> int:
    """Build and check."""
    metadata, names = read_metadata(), files()
    target = ROOT / "dist" / f"{NAME}-{metadata.get('general', 'version')}.zip"
    write_zip(target, names)
    found = file_problems(names) + metadata_problems(metadata, names)
    size = target.stat().st_size
    if size > MAX_BYTES:
        found.append(f"the zip has {size} bytes, more than {MAX_BYTES}")
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(target) as archive:
        archive.extractall(folder)
        found += scan_problems(Path(folder))
    for line in found:
        print("PROBLEM:", line)
    print(
        f"{target.relative_to(ROOT)}: {len(names)} files, {size / 1e6:.2f} MB, "
        f"{len(found)} problems"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
