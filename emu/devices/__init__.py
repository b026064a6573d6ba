# SPDX-License-Identifier: MIT
"""The board's own devices, one a file."""
