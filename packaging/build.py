"""Builds dist/sar_optical_align-<version>.zip and checks it by the plugin site's rules."""

import configparser
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "sar_optical_align"
SHIPPED = ("__init__.py", "metadata.txt", "LICENSE", "README.md", "plugin", "ui", "models", "resources")
FORBIDDEN = (".pyc", ".so", ".dll", ".exe", ".sh", ".bat", ".ps1", ".tif", ".webp")
REQUIRED = ("name", "description", "version", "qgisMinimumVersion", "author", "email", "about", "tracker", "repository", "homepage")
MAX_BYTES = 25_000_000


def files() -> list[Path]:
    """Return what goes into the zip, relative to the root."""
    found = []
    for name in SHIPPED:
        path = ROOT / name
        candidates = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [p.relative_to(ROOT) for p in candidates if p.is_file() and "__pycache__" not in p.parts]
    return found


def problems(names: list[Path], size: int, metadata: configparser.ConfigParser) -> list[str]:
    """Return what the plugin site would refuse."""
    out = [f"forbidden file {n}" for n in names if n.suffix in FORBIDDEN or any(part.startswith(".") for part in n.parts)]
    out += [f"metadata.txt lacks {key}" for key in REQUIRED if not metadata.get("general", key, fallback="")]
    if size > MAX_BYTES:
        out.append(f"the zip has {size} bytes, more than {MAX_BYTES}")
    return out


def main() -> int:
    """Build and check."""
    metadata = configparser.ConfigParser(interpolation=None)
    metadata.optionxform = str
    metadata.read(ROOT / "metadata.txt", encoding="utf-8")
    target = ROOT / "dist" / f"{NAME}-{metadata.get('general', 'version')}.zip"
    target.parent.mkdir(exist_ok=True)
    names = files()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.write(ROOT / name, f"{NAME}/{name.as_posix()}")
    found = problems(names, target.stat().st_size, metadata)
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(target) as archive:
            archive.extractall(folder)
        scan = [sys.executable, "-m", "bandit", "-q", "-r", folder, "--severity-level", "medium"]
        if subprocess.run(scan, check=False).returncode != 0:
            found.append("bandit found something")
    for line in found:
        print("PROBLEM:", line)
    print(f"{target.relative_to(ROOT)}: {len(names)} files, {target.stat().st_size / 1e6:.2f} MB")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
