"""Makes the pictures of the help and the README from those of a session: `make session`, then this
with their folder.

Only pictures of the synthetic pair are taken: the package holds no images of others.
"""

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
WIDTH, QUALITY = 1280, 72
DOCK = (0.7305, 0.098, 1.0, 0.966)
MAP = (0.187, 0.098, 0.728, 0.97)
# picture: where from, part of the window (None = all of it)
PICTURES = {
    "match": ("session_scene_pair/02_match", None),
    "running": ("session_scene_pair/03_running", None),
    "answer": ("session_scene_pair/04_answer", None),
    "review": ("session_scene_pair/09_check_points", None),
    "dock_review": ("session_scene_pair/07_snapped", DOCK),
    "snapped": ("session_scene_pair/07_snapped", None),
    "adding": ("desktop_drive_py_7/5_adding", None),
    "histogram": ("session_scene_pair/10_histogram", DOCK),
    "ellipses": ("session_scene_pair/11_ellipses", MAP),
    "advice": ("session_scene_pair/12_advice", None),
    "field": ("desktop_drive_compare_py_11/c8_field", MAP),
    "swipe": ("session_scene_pair/15_swipe", None),
    "checkerboard": ("session_scene_pair/17_checkerboard", MAP),
    "edges": ("session_scene_pair/17_edges", MAP),
    "redcyan": ("session_scene_pair/17_redcyan", MAP),
    "warp": ("session_scene_pair/18_warp", DOCK),
    "along": ("session_scene_pair/20_along", None),
    "reopened": ("session_scene_pair/22_reopened", None),
}
README = {
    "screenshot-review": "review",
    "screenshot-accuracy": "advice",
    "screenshot-compare": "swipe",
}


def picture(shots: Path, name: str) -> Image.Image:
    """Return a picture of the help."""
    source, part = PICTURES[name]
    image = Image.open(shots / f"{source}.png").convert("RGB")
    if part is not None:
        w, h = image.size
        image = image.crop(
            (round(part[0] * w), round(part[1] * h), round(part[2] * w), round(part[3] * h))
        )
    elif image.width > WIDTH:
        image = image.resize(
            (WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS
        )
    return image


def main() -> None:
    """Write all."""
    shots, folder = Path(sys.argv[1]), ROOT / "resources" / "help" / "images"
    folder.mkdir(exist_ok=True)
    for name in PICTURES:
        picture(shots, name).save(folder / f"{name}.webp", quality=QUALITY, method=6)
    for name, source in README.items():
        picture(shots, source).save(ROOT / "docs" / f"{name}.webp", quality=80, method=6)
    total = sum(file.stat().st_size for file in folder.glob("*.webp"))
    print(f"{len(PICTURES)} pictures, {total / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
