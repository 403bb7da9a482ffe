"""Packages and version of the wheel: the root of the tree is the package, under whatever name."""

import re
from pathlib import Path

from setuptools import find_packages, setup

NAME = "sar_optical_align"
ROOMS = find_packages(include=["plugin*", "ui*", "models*", "resources*"])
METADATA = Path(__file__).with_name("metadata.txt").read_text(encoding="utf-8")

setup(
    version=re.search(r"^version=(.+)$", METADATA, re.MULTILINE)[1],
    packages=[NAME, *(f"{NAME}.{room}" for room in ROOMS)],
    package_dir={NAME: "."},
)
