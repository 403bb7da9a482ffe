"""Where in the offline help each part of the plugin is explained."""

from __future__ import annotations

from pathlib import Path

from ....resources import FOLDER
from ..wording import language_code

HELP = FOLDER / "help"

# file: title, in the order of the contents
PAGES = {
    "index": "Contents",
    "first_run": "First run",
    "matching": "Matching",
    "review": "Reviewing",
    "accuracy": "Accuracy and models",
    "compare": "Comparing and preview",
    "warp": "Warping",
    "siblings": "Siblings and vectors",
    "sessions": "Sessions and recovery",
    "files": "Import and export",
    "batch": "Processing, command line, batch",
    "report": "Reports",
    "settings": "Settings and interpreter",
    "trouble": "Troubleshooting",
}
# what asks for help: page, anchor
TOPICS = {
    "match": ("matching", ""),
    "review": ("review", ""),
    "accuracy": ("accuracy", ""),
    "warp": ("warp", ""),
    "preflight": ("matching", "preflight"),
    "explain": ("review", "explain"),
    "adapt": ("review", "adapt"),
    "settings": ("settings", ""),
    "registerimages": ("batch", "registerimages"),
    "matchimages": ("batch", "matchimages"),
    "warpraster": ("batch", "warpraster"),
    "warpvector": ("batch", "warpvector"),
    "assessgcps": ("batch", "assessgcps"),
    "importpoints": ("batch", "importpoints"),
    "exportpoints": ("batch", "exportpoints"),
    "adaptnetwork": ("batch", "adaptnetwork"),
}


def help_place(topic: str) -> tuple[Path, str]:
    """Return file and anchor ("" = its top) that explain a topic; the contents for one that is
    unknown.

    The file is that of the language in use where the page is there in it, the English one
    otherwise.
    """
    page, anchor = TOPICS.get(topic, ("index", ""))
    file = HELP / language_code() / f"{page}.html"
    return file if file.is_file() else HELP / f"{page}.html", anchor
