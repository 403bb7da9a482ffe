"""Where in the offline help each part of the plugin is explained."""

from __future__ import annotations

from pathlib import Path

HELP = Path(__file__).resolve().parent.parent.parent / "resources" / "help"

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
    """Return file and anchor ("" = its top) that explain a topic; the contents for one that is unknown."""
    page, anchor = TOPICS.get(topic, ("index", ""))
    return HELP / f"{page}.html", anchor
