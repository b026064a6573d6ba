# SPDX-License-Identifier: MIT
"""Floating point in a machine: the host's sticky flags in FPSR, changes of FPCR, and what the compiler made of hot handlers.

What each instruction computes is tested in tests/fp/.
"""

from __future__ import annotations

import pytest

from .machines import Ours, State
from .test_codegen import body

FDIV_D0_D1_D2, FADD_D3_D3_D3, FMUL_D0_D1_D2 = 0x1E621820, 0x1E632863, 0x1E620820
MRS_X0_FPSR, MRS_X2_FPSR, MSR_FPCR_X1, MSR_FPSR_XZR = 0xD53B4420, 0xD53B4422, 0xD51B4401, 0xD51B443F
IOC, DZC, OFC, UFC, IXC = 1, 2, 4, 8, 16
ONE, THREE, HUGE, TINY, SIGNALING = 0x3FF << 52, 0x4008 << 48, 0x7FE << 52, 1 << 52, 0x7FF << 52 | 1

HOT = {"op_FADD_s_d": 16, "op_FMUL_s_d": 24, "op_FMADD_d": 27, "op_FCMP_d": 25, "op_FCVTZS_int_w_d": 14, "op_SCVTF_int_d_w": 13,
       "op_FMOV_s_d": 12, "op_FMOV_d_x": 12, "op_FMUL_v_4s": 20, "op_FMLA_v_2d": 24, "op_FADD_v_2d": 16}


@pytest.fixture(scope="module")
def ours() -> Ours:
    """A machine."""
    return Ours()


@pytest.mark.parametrize("n, m, flags", [(ONE, THREE, IXC), (ONE, 0, DZC), (0, 0, IOC), (SIGNALING, ONE, IOC), (HUGE, TINY, OFC | IXC),
                                         (TINY, HUGE, UFC | IXC), (THREE, ONE, 0)])
def test_flags_stick_until_they_are_written(ours: Ours, n: int, m: int, flags: int) -> None:
    """MRS sees what the host's FPU has gathered; an exact operation adds nothing; MSR clears it."""
    state = State()
    state.v[1], state.v[2] = n, m
    after, esr = ours.run([FDIV_D0_D1_D2, MRS_X0_FPSR, FADD_D3_D3_D3, MSR_FPSR_XZR, MRS_X2_FPSR], state)
    assert esr is None
    assert (after.x[0], after.x[2], after.fpsr) == (flags, 0, 0)


@pytest.mark.parametrize("rmode, quotient", [(0, 0x3FD5555555555555), (1, 0x3FD5555555555556), (2, 0x3FD5555555555555),
                                             (3, 0x3FD5555555555555)])
def test_rounding_mode_counts_from_the_next_instruction(ours: Ours, rmode: int, quotient: int) -> None:
    """The same word before and after MSR FPCR."""
    state = State()
    state.v[1], state.v[2], state.x[1] = ONE, THREE, rmode << 22
    after, esr = ours.run([FDIV_D0_D1_D2, MSR_FPCR_X1, FDIV_D0_D1_D2], state)
    assert esr is None
    assert (after.v[0], after.fpsr, after.fpcr) == (quotient, IXC, rmode << 22)


def test_underflow_is_detected_before_rounding(ours: Ours) -> None:
    """A product just below the smallest normal number that rounds up to it is tiny for Arm, and not for x86."""
    state = State()
    state.v[1], state.v[2] = 0x3FEFFFFFFFFFFFFF, TINY | 1   # (1 - 2^-53) * (1 + 2^-52) * 2^-1022: above
    after, _ = ours.run([FMUL_D0_D1_D2], state)
    assert (after.v[0], after.fpsr) == (TINY, IXC)
    state.v[1], state.v[2] = 0x3FEFFFFFFFFFFFFF, TINY       # (1 - 2^-53) * 2^-1022
    after, _ = ours.run([FMUL_D0_D1_D2], state)
    assert (after.v[0], after.fpsr) == (TINY, UFC | IXC)


@pytest.mark.parametrize("name", HOT)
def test_hot_handler_is_short(name: str) -> None:
    """No frame, no saved registers, no calls."""
    insns = body(name)
    assert len(insns) <= HOT[name], insns
    assert not any(i.startswith(("push", "call", "sub    $")) for i in insns), insns
