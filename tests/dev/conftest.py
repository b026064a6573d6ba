# SPDX-License-Identifier: MIT
"""Fixtures of the C devices' tests."""

from __future__ import annotations

import ctypes

import pytest

from . import gic_library as library


@pytest.fixture(scope="session")
def gic_library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The GIC model, compiled for this session."""
    return library.build(tmp_path_factory.mktemp("gic"))
