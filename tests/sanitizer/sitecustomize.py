# SPDX-License-Identifier: MIT
"""On PYTHONPATH of tests under AddressSanitizer: it ends any process that loads a library with RTLD_DEEPBIND, as capstone does."""

import os

if hasattr(os, "RTLD_DEEPBIND"):
    del os.RTLD_DEEPBIND
