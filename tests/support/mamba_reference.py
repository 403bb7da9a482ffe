"""mamba-ssm's own reference functions, without the CUDA modules it would load."""

from __future__ import annotations

import importlib.metadata
import sys
import types


def load():
    """Return (selective_scan_ref, ssd_minimal_discrete) of the installed mamba-ssm."""
    importlib.metadata.version("mamba-ssm")
    location = importlib.metadata.distribution("mamba-ssm").locate_file("mamba_ssm")
    package = types.ModuleType(
        "mamba_ssm"
    )  # the package's own __init__ imports what only CUDA machines have
    package.__path__ = [str(location)]
    sys.modules["mamba_ssm"] = package
    stubs = {
        "selective_scan_cuda": {},
        "mamba_ssm.ops.triton.layer_norm": {"_layer_norm_fwd": None},
        "mamba_ssm.ops.triton.ssd_combined": {"mamba_chunk_scan_combined": None},
    }
    for name, content in stubs.items():
        stub = types.ModuleType(name)
        stub.__dict__.update(content)
        sys.modules[name] = stub
    from mamba_ssm.modules.ssd_minimal import ssd_minimal_discrete
    from mamba_ssm.ops.selective_scan_interface import selective_scan_ref

    return selective_scan_ref, ssd_minimal_discrete
