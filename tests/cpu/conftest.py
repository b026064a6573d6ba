# SPDX-License-Identifier: MIT
"""Fixtures of the tests of timer and firmware calls."""

from __future__ import annotations

import ctypes

import pytest

from . import bench_machine


@pytest.fixture(scope="session")
def bench_library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The bench, compiled for this session."""
    return bench_machine.build(tmp_path_factory.mktemp("bench"))
