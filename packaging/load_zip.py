"""Installs the zip of dist/ into a fresh QGIS profile and lets QGIS load it, list its algorithms
and warp a raster with it.
"""

import configparser
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "sar_optical_align"
ALGORITHMS = {
    "registerimages",
    "matchimages",
    "warpraster",
    "warpvector",
    "assessgcps",
    "importpoints",
    "exportpoints",
    "adaptnetwork",
}
POINTS = """#CRS: EPSG:32633
mapX,mapY,sourceX,sourceY,enable,dX,dY,residual
500010,5399990,10,-10,1,0,0,0
500410,5399990,50,-10,1,0,0,0
500010,5399590,10,-50,1,0,0,0
500410,5399590,50,-50,1,0,0,0
"""


def install(folder: Path) -> None:
    """Unpack the zip where QGIS looks for plugins and switch it on."""
    metadata = configparser.ConfigParser(interpolation=None)
    metadata.read(ROOT / "metadata.txt", encoding="utf-8")
    profile = folder / "profiles" / "default"
    with zipfile.ZipFile(
        ROOT / "dist" / f"{NAME}-{metadata.get('general', 'version')}.zip"
    ) as archive:
        archive.extractall(profile / "python" / "plugins")
    settings = profile / "QGIS" / "QGIS3.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"[PythonPlugins]\n{NAME}=true\n", encoding="utf-8")


def qgis_process(folder: Path, *arguments: str) -> dict[str, object]:
    """Run `qgis_process` with the profile and return its JSON."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    env.update(
        QGIS_CUSTOM_CONFIG_PATH=str(folder),
        QT_QPA_PLATFORM="offscreen",
        HOME=str(folder),
        PATH=f"/usr/bin:/bin:{os.environ['PATH']}",
    )
    done = subprocess.run(
        ["qgis_process.bin", *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode != 0 or "Traceback" in done.stderr:
        sys.exit(
            f"qgis_process {' '.join(arguments)} "
            f"failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        )
    return dict(json.loads(done.stdout))


def main() -> int:
    """Install, list, warp."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install(folder)
        providers = qgis_process(folder, "--json", "list")["providers"]
        found = (
            set(providers[NAME]["algorithms"])
            if isinstance(providers, dict) and NAME in providers
            else set()
        )
        if found != {f"{NAME}:{a}" for a in ALGORITHMS}:
            sys.exit(f"QGIS does not list the algorithms of the zip, but: {sorted(found)}")
        subprocess.run(
            ["gdal_create", "-q", "-outsize", "60", "60", "-burn", "7", str(folder / "sensed.tif")],
            check=True,
        )
        (folder / "gcps.points").write_text(POINTS, encoding="utf-8")
        given = (
            "--SENSED=" + str(folder / "sensed.tif"),
            "--POINTS_FILE=" + str(folder / "gcps.points"),
            "--OUTPUT=" + str(folder / "warped.tif"),
        )
        results = qgis_process(
            folder, "run", f"{NAME}:warpraster", "--json", "--MODEL=affine", *given
        )["results"]
        if (
            not isinstance(results, dict)
            or results.get("KEPT") != 4
            or not (folder / "warped.tif").exists()
        ):
            sys.exit(f"The algorithm of the zip gave: {results}")
    print(f"QGIS loads the zip; {len(ALGORITHMS)} algorithms work.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
