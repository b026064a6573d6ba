# SPDX-License-Identifier: MIT
"""Host instructions for each guest instruction stay within budget.json: ``pytest -m budget bench``.

Counts hardly change from run to run and from host to host, unlike times; another compiler shifts them by some percent.
The margin is for that. A change that needs more must say why and raise the number; one that needs less lowers it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from host_instructions import steady
from workloads import find

MARGIN = 1.05
BUDGET: dict[str, float] = json.loads(Path(__file__).with_name("budget.json").read_text())


@pytest.mark.budget
@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
@pytest.mark.parametrize("name", BUDGET)
def test_budget(name: str) -> None:
    [workload] = find([name])
    assert steady(workload).ratio <= BUDGET[name] * MARGIN
