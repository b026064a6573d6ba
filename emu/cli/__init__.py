# SPDX-License-Identifier: MIT
"""The command line: argument parsing and printing, no logic that the API lacks. One subcommand a file."""
