"""What each paper published, for the tables that put ours beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Paper:
    """How a paper measured its network.

    Attributes:
        title: For the head of the table.
        measures: Of "matches", "keypoints", "flow", "patches".
        published: Figure -> what the paper says of it.
        data: How its data differ from ours.
        params: Parameters of the matcher for this.
    """

    title: str
    measures: tuple[str, ...]
    published: dict[str, str]
    data: str
    params: dict[str, Any] = field(default_factory=dict)


PAPERS: dict[str, Paper] = {
    "kd_cfm": Paper(
        "KD+CFM, Remote Sens. 2022, 14, 3599",
        ("matches", "keypoints"),
        {
            "repeatability": (
                ".435 (mean of 12 pairs; SIFT .079, RIFT .238, SuperPoint .345, R2D2 .402)"
            ),
            "MMA@2": ".116",
            "MMA@3": ".171",
            "MMA@4": ".635 (as printed; it cannot be cumulative)",
            "MMA@5": ".398",
            "MMA@6": ".559",
            "NN mAP": ".743 (Table 2; abstract .712)",
            "M.S.": ".295 (mean of 9 pairs; SIFT .162, SuperPoint .270, D2-Net .231)",
            "RMSE of all, px": "3.41 (mean of 9 pairs; SIFT 8.87, SuperPoint 4.18)",
        },
        "The paper trains on SkySat 0.8 m and Sentinel-1, tests on GF-2 0.8 m and GF-3 1 "
        "m, 512 px, under projective warps whose size it does not tell.",
        {"matches": 128},
    ),
    "soma": Paper(
        "SOMA, arXiv 2511.13168",
        ("flow",),
        {
            "main CMR@1": (
                "+12.29 % (SEN1-2), +18.50 % (GFGE_SO) over the best baseline; no absolute "
                "figure is known to us"
            )
        },
        "The paper measures SEN1-2 (re-registered) and GFGE_SO at 512 px with a frozen "
        "DINOv2-L; ours are windows of 256 px, 192 px of them SAR.",
    ),
    "regnet_mamba2": Paper(
        "RegNetMamba-2, arXiv 2606.03341",
        ("matches",),
        {},
        "The paper measures OSDataset, RoadScene and RGB-NIR scenes of 512 px and more "
        "under random homographies; its figures are not known to us.",
    ),
    "msa_net": Paper(
        "MSA-Net, J. Appl. Remote Sens. 17(3) 036504",
        ("patches", "matches"),
        {
            "accuracy": ".9669",
            "FPR95": ".1769",
            "self NCM": "71.4 (mean of 5 pairs)",
            "self RCM": ".520 (mean of 5 pairs)",
            "self RMSE, px": "1.114 (mean of 5 pairs)",
            "seconds": "13.3 to 19.3 (RTX 3060)",
        },
        "The paper tests patches of SEN1-2's fall scenes, and five pairs of TerraSAR-X "
        "or GF-3 after fine-tuning on the others. Its descriptor sees the 64 px of a patch,"
        " ours the 128 px around their middle, too.",
    ),
}
