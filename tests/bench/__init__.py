# SPDX-License-Identifier: MIT
"""Tests of the benchmarks themselves."""
