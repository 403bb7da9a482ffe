"""The register of matchers and the contract each one keeps.

A matcher is one file in this folder. At module level it imports numpy, the standard library and the
core only, so that QGIS can list matchers and build their forms without the engine's packages; heavy
imports go into `__init__` or methods.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np

from ..core.errors import AlignError, UsageError, missing, need
from ..core.fields import from_dict
from ..core.types import Modality

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.image import Image, Window
    from .parts.similarity import Surface


Reader: TypeAlias = "Callable[[Window], Image]"
"""Reads a part of a scene."""


@dataclass(frozen=True)
class MatcherSpec:
    """A registered matcher.

    Attributes:
        key: Stable identifier.
        label: Name shown to users.
        kind: "template" or "pair".
        summary: One sentence: what it compares and when to use it.
        params: Dataclass of its parameters (fields made with `core.fields.param`).
        reference: Publication.
        needs: Import names of packages it needs beyond the engine's basic ones.
        rank: Higher = preferred by the automatic choice.
        factory: The class.
        listed: Whether users are offered it; what measuring alone needs is found by its key only.
    """

    key: str
    label: str
    kind: str
    summary: str
    params: type
    reference: str
    needs: tuple[str, ...]
    rank: int
    factory: type
    listed: bool = True

    def missing(self) -> list[str]:
        """Return the packages it needs that this interpreter lacks."""
        return missing(self.needs)


class _Matcher:
    """What every matcher is made from.

    Args:
        params: Its parameters.
        device: "auto", "cpu" or "cuda"; only networks care.
    """

    def __init__(self, params: Any = None, device: str = "cpu") -> None:
        self.params = params
        self.device = device

    bytes_per_px: ClassVar[int] = 200
    """Memory that features of both images, and making them, take per pixel of a tile; measured."""
    base_mb: ClassVar[int] = 350
    """Memory of the process with its packages, the coarse stage included; measured."""
    calibration: dict[str, Any] | None = None
    """What `calibrate` learnt for it: score, judge, covariance; see `evidence.Calibration`."""

    def use_threads(self, count: int) -> None:
        """Use at most `count` processor threads from now on."""


class TemplateMatcher(_Matcher):
    """Compares templates of the sensed image with search windows of the reference; see
    `similarity.correlate`.

    Subclasses implement `features`. They may override `correlate` when similarity is not a
    correlation of features.
    """

    margin_px: ClassVar[int] = 16
    """Features of a tile are right only this far from its edge."""
    grid_px: ClassVar[int] = 1
    """Tiles begin at multiples of this, so that features made at a reduced resolution do not depend
    on the tile.
    """
    template_limits_px: ClassVar[tuple[int, int]] = (64, 96)
    """Largest template chosen by itself on images under 700 px, and on larger ones."""
    anchor_rotation_deg: ClassVar[float | None] = None
    """Features are costly, and bear being turned by half this angle: the coarse stage computes them
    this far apart only.
    """
    gains_by_threads: ClassVar[bool] = False
    """Comparing one template takes so long, outside Python's lock, that several threads compare
    faster than one; measured.
    """

    @classmethod
    def is_correlation(cls) -> bool:
        """Whether similarity is the plain correlation of features, so that the coarse stage can use
        them too.
        """
        return cls.correlate is TemplateMatcher.correlate

    def features(self, image: Image, modality: Modality) -> NDArray[np.float32]:
        """Return dense features (C, H, W), float32, at the image's own pixel grid; 0 where the mask
        is False.
        """
        raise NotImplementedError

    def features_of_part(
        self,
        image: Image,
        part: Window,  # noqa: ARG002 - for those that read more of the scene
        scene: tuple[int, int],  # noqa: ARG002
        read: Reader,  # noqa: ARG002
    ) -> NDArray[np.float32]:
        """Return the features of a part of a scene, which must not depend on how it is cut into
        parts.

        Args:
            image: The part as it was read; right `margin_px` from its edge.
            part: Where it lies in the scene, beginning at multiples of `grid_px`.
            scene: Width and height of the scene.
            read: Reads other parts of it.
        """
        return self.features(image, image.modality)

    def correlate(
        self,
        template: NDArray[np.float32],
        template_mask: NDArray[np.bool_],
        window: NDArray[np.float32],
        window_mask: NDArray[np.bool_],
    ) -> Surface:
        """Return the similarity of the template (C, h, w) at every position inside the window (C,
        H, W).
        """
        from .parts.similarity import correlate

        return correlate(template, template_mask, window, window_mask)


@dataclass(frozen=True, eq=False)
class PairMatches:
    """Matches of two images, and what each was judged by.

    Positions are in the pixel frame (corner origin) of the images given.

    Attributes:
        reference: (N, 2).
        sensed: (N, 2).
        score: (N,) 0..1.
        features: (N, F), the first column ones: what `calibrate` learns the score from. With a
            calibration, score = logistic(features @ calibration.score); without one `score` is
            taken as it is.
        covariance: (N, 2, 2) px squared of the reference position, or None = 0.5 px squared along
            each axis.
        surfaces: (N, h, w) float32 for the eye: how well each place around the match agrees
            (similarity, matching probability), or None.
        surface_origin: (N, 2) reference position of the centre of `surfaces[:, 0, 0]`.
        surface_step_px: Reference px from one cell of the surfaces to the next.
        peak: (N,) height of the match, in the unit of the surfaces.
        second: (N,) height of the next best one, 0 where there is none.
        forward_backward: (N,) px, NaN where not checked.
    """

    reference: NDArray[np.float64]
    sensed: NDArray[np.float64]
    score: NDArray[np.float64]
    features: NDArray[np.float64] | None = None
    covariance: NDArray[np.float64] | None = None
    surfaces: NDArray[np.float32] | None = None
    surface_origin: NDArray[np.float64] | None = None
    surface_step_px: float = 1.0
    peak: NDArray[np.float64] | None = None
    second: NDArray[np.float64] | None = None
    forward_backward: NDArray[np.float64] | None = None

    @classmethod
    def none(cls) -> PairMatches:
        """Return no matches."""
        return cls(np.empty((0, 2)), np.empty((0, 2)), np.empty(0))


def check_same_size(reference: Image, sensed: Image) -> None:
    """Refuse two images of different size.

    Raises:
        AlignError: they differ.
    """
    if reference.data.shape != sensed.data.shape:
        raise AlignError(
            "Reference and sensed image must be of the same size.", "Give both on one grid."
        )


class PairMatcher(_Matcher):
    """Finds matches between two prepared images of the same grid by itself (keypoints, flow).

    The images are alike to a few pixels: the coarse stage has corrected the sensed one. Tiles are
    given with a margin.
    """

    margin_px: ClassVar[int] = 64
    """Ground given around each tile."""
    grid_px: ClassVar[int] = 1
    """Tiles given begin at multiples of this, so that features made at a reduced resolution do not
    depend on the tile.
    """
    independent_px: ClassVar[int] = 1
    """Side of the ground that one match looks at: errors of matches nearer to each other than this
    are not independent.
    """

    def match(
        self, reference: Image, sensed: Image, search_radius_px: float, wanted: Window | None = None
    ) -> PairMatches:
        """Return the matches no further apart than the search radius.

        Args:
            reference: The tile with its margin.
            sensed: Of the same size and origin.
            search_radius_px: Of the matches.
            wanted: (x, y, width, height) of the tile in it: sensed positions outside need not be
                matched; None = all.
        """
        raise NotImplementedError


_SPECS: dict[str, MatcherSpec] = {}


def register(
    *,
    key: str,
    label: str,
    kind: str,
    summary: str,
    params: type,
    reference: str,
    needs: tuple[str, ...] = (),
    rank: int = 0,
    listed: bool = True,
) -> Callable[[type], type]:
    """Class decorator that adds a matcher to the register."""

    def add(cls: type) -> type:
        if kind not in ("template", "pair"):
            raise UsageError(f"Matcher {key}: kind is 'template' or 'pair', not {kind!r}.")
        if key in _SPECS and _SPECS[key].factory.__module__ != cls.__module__:
            raise UsageError(f"Two matchers are called {key!r}.")
        _SPECS[key] = MatcherSpec(
            key, label, kind, summary, params, reference, needs, rank, cls, listed
        )
        return cls

    return add


def all_specs() -> dict[str, MatcherSpec]:
    """Return every matcher that users are offered by key, best rank first."""
    package = __name__.rsplit(".", 1)[0]
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if module.name != "registry":
            __import__(
                f"{package}.{module.name}"
            )  # not importlib: QGIS forgets on unloading only what it saw imported this way
    return dict(
        sorted(
            ((k, s) for k, s in _SPECS.items() if s.listed),
            key=lambda item: (-item[1].rank, item[0]),
        )
    )


def resolve_auto(key: str) -> str:
    """Return `key`, or for "auto" the best-ranked matcher whose packages are installed."""
    if key != "auto":
        return key
    return next(spec.key for spec in all_specs().values() if not spec.missing())


def get_spec(key: str) -> MatcherSpec:
    """Return one matcher's spec ("auto" is resolved).

    Raises:
        UsageError: for an unknown key.
    """
    specs = all_specs()
    key = resolve_auto(key)
    if key not in _SPECS:
        raise UsageError(f"Unknown matcher {key!r}.", f"Choose one of: auto, {', '.join(specs)}.")
    return _SPECS[key]


def create(
    key: str, params: dict[str, Any] | None = None, device: str = "cpu"
) -> TemplateMatcher | PairMatcher:
    """Make a matcher.

    Raises:
        UsageError: unknown matcher or parameter.
        MissingDependencyError: a package it needs is not installed.
    """
    spec = get_spec(key)
    need(spec.label, spec.needs)
    return spec.factory(from_dict(spec.params, params or {}), device)


def create_template(key: str, device: str = "cpu") -> TemplateMatcher:
    """Make a matcher that compares templates, with its own parameters.

    Raises:
        TypeError: it matches pairs.
        MissingDependencyError: a package it needs is not installed.
    """
    made = create(key, device=device)
    if not isinstance(made, TemplateMatcher):
        raise TypeError(f"{key} must be a template matcher")
    return made
