# SPDX-License-Identifier: MIT
"""The benchmarks' modules are on the path: bench/ is no package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
