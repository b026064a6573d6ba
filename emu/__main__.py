# SPDX-License-Identifier: MIT
"""`python -m emu`: the same program as the console script `emu`."""

from .cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
