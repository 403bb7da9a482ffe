"""The matchers, one file each.

Importing this package imports every file in it; heavy packages are imported by the classes.
"""

from .registry import (
    MatcherSpec,
    PairMatcher,
    PairMatches,
    TemplateMatcher,
    all_specs,
    create,
    create_template,
    get_spec,
    register,
    resolve_auto,
)

__all__ = [
    "MatcherSpec",
    "PairMatcher",
    "PairMatches",
    "TemplateMatcher",
    "all_specs",
    "create",
    "create_template",
    "get_spec",
    "register",
    "resolve_auto",
]
