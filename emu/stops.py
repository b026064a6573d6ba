# SPDX-License-Identifier: MIT
"""Why a run came to its end."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class StopReason(Enum):
    """The kinds of end that a run can come to."""

    POWER_OFF = "power off"
    RESET = "reset"
    EXIT = "exit"
    UNTIL = "until"
    LIMIT = "limit"
    TIMEOUT = "timeout"
    BREAKPOINT = "breakpoint"
    WATCHPOINT = "watchpoint"
    INTERRUPTED = "interrupted"
    STUCK = "stuck"


class Stop(NamedTuple):
    """One end of a run.

    instructions counts those retired in this run, by all cores. pc is the program counter of core number cpu.
    exit_code is the guest's own status (0 after a power off), None while it has none. message explains STUCK.
    """

    reason: StopReason
    pc: int
    instructions: int
    exit_code: int | None = None
    cpu: int = 0
    message: str = ""
