# SPDX-License-Identifier: MIT
"""Build-time generators: tables in, C out. Called by setup.py, imported by tests; they write only to the build directory."""
