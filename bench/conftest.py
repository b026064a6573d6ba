# SPDX-License-Identifier: MIT
"""The mark of what only `pytest -m budget` runs."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "budget: counts host instructions with valgrind; runs only with -m budget")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the budget tests unless they are asked for."""
    if "budget" in (config.getoption("markexpr") or ""):
        return
    for item in items:
        if item.get_closest_marker("budget"):
            item.add_marker(pytest.mark.skip(reason="slow; asked for with -m budget"))
