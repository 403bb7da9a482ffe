"""Keeps the pre-flight list in step with layers and parameters, and carries out its fixes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...ui.panels.match_panel import MatchPanel
from ...ui.parts.calm import Calm
from ...ui.parts.text import fill, tr
from ..core.errors import AlignError, RemoteRasterError, UsageError
from ..core.run.preflight import Fix, PairFacts, RasterFacts, check_pair
from ..core.types import Modality, RasterRef
from ..gis.network import allow_servers
from ..gis.preflight_facts import pair_facts, raster_facts
from ..gis.rasters import declare_nodata, grid_of
from ..store.settings import params_from

_CALM_MS = 150


class PreflightController(QObject):
    """Lives as long as the dock's controller."""

    said = pyqtSignal(str)

    def __init__(self, panel: MatchPanel, refs: Callable[[], tuple[RasterRef, RasterRef]]) -> None:
        super().__init__()
        self._panel, self._refs = panel, refs
        self._known: dict[tuple[object, ...], RasterFacts] = {}
        self._facts: PairFacts | None = None
        self._calm = Calm(self, _CALM_MS, self.judge)
        panel.params_changed.connect(self._calm.start)
        panel.checks.fix_requested.connect(self.fix)

    def close(self) -> None:
        """Stop."""
        self._calm.stop()

    def look(self) -> None:
        """Look at the pair chosen, and judge it."""
        self._facts = None
        layers = self._panel.reference_combo.currentLayer(), self._panel.sensed_combo.currentLayer()
        if (
            all(layer is not None and layer.isValid() for layer in layers)
            and layers[0].source() != layers[1].source()
        ):
            try:
                refs = self._refs()
                sides = [
                    self._look_at(ref, layer, kind)
                    for ref, layer, kind in zip(
                        refs, layers, (Modality.OPTICAL, Modality.SAR), strict=True
                    )
                ]
                grids = [grid_of(ref) for ref in refs]
                self._facts = pair_facts(
                    (sides[0], refs[0], grids[0]), (sides[1], refs[1], grids[1])
                )
            except RemoteRasterError as error:
                facts = RasterFacts("", problem=error.message, servers=error.servers)
                self._facts = PairFacts(facts, RasterFacts(""))
            except AlignError as error:
                self._facts = PairFacts(RasterFacts("", problem=str(error)), RasterFacts(""))
        self.judge()

    def _look_at(self, ref: RasterRef, layer: QgsRasterLayer, fallback: Modality) -> RasterFacts:
        file = Path(ref.path)
        key = (ref, layer.crs().authid(), file.stat().st_mtime if file.is_file() else 0.0)
        if key not in self._known:
            self._known[key] = raster_facts(ref, layer, fallback)
        return self._known[key]

    def judge(self) -> None:
        """Judge what is known by the parameters as they are now."""
        self._calm.stop()
        try:
            findings = (
                check_pair(self._facts, params_from(self._panel.param_values()))
                if self._facts is not None
                else ()
            )
        except UsageError:
            findings = ()  # a number cannot be read; the run says which
        self._panel.set_checks(findings)

    def fix(self, fix: Fix) -> None:
        """Carry out what a button of the list says."""
        if fix.name == "crs":
            layers = {
                "reference": self._panel.reference_combo.currentLayer(),
                "sensed": self._panel.sensed_combo.currentLayer(),
            }
            target, other = (
                layers[fix.value],
                layers["sensed" if fix.value == "reference" else "reference"],
            )
            target.setCrs(other.crs())
            self.said.emit(
                fill(
                    tr("{0} is taken to be in {1}; its file stays as it is."),
                    target.name(),
                    other.crs().authid(),
                )
            )
        elif fix.name == "amplitude":
            combo = (
                self._panel.reference_combo
                if fix.value == "reference"
                else self._panel.sensed_combo
            )
            source = combo.currentLayer()
            layer = QgsRasterLayer(
                f"DERIVED_SUBDATASET:AMPLITUDE:{source.source()}", f"{source.name()} (amplitude)"
            )
            if layer.isValid():
                QgsProject.instance().addMapLayer(layer)
                combo.setLayer(layer)
        elif fix.name == "nodata":
            side, value = fix.value
            combo = self._panel.reference_combo if side == "reference" else self._panel.sensed_combo
            declare_nodata(combo.currentLayer(), value)
        elif fix.name == "network":
            allow_servers(fix.value)
            combo = self._panel.sensed_combo
            combo.layerChanged.emit(combo.currentLayer())  # the pair can be followed only now
        else:
            self._panel.set_param(fix.name, fix.value)
        self.look()
