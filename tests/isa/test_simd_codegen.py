# SPDX-License-Identifier: MIT
"""What the compiler made of common vector handlers: host vector instructions, no frame, no calls, one jump to the next."""

from __future__ import annotations

import re

import pytest

from .test_codegen import body

# The limit is what gcc 12 needs, and two instructions more.
HOT = {
    "op_ADD_v_4s": 12, "op_SUB_v_16b": 12, "op_MUL_v_8h": 12, "op_AND_v_16b": 12, "op_ORR_v_16b": 12, "op_EOR_v_16b": 12,
    "op_CMEQ_v_16b": 12, "op_CMHI_v_16b": 15, "op_CMEQ_zero_v_8b": 13, "op_MOVI_16b": 10, "op_DUP_gen_16b": 13,
    "op_DUP_elem_4s": 11, "op_UMOV_s": 10, "op_INS_gen_d": 10, "op_USHR_v_4s": 14, "op_SHL_v_2d": 13, "op_SHRN_v_8b": 18,
    "op_EXT_v_16b": 27, "op_EXT_v_whole_16b": 12, "op_ZIP1_v_16b": 12, "op_UZP1_v_4s": 12, "op_UADDLV_v_8b": 30,
    "op_ADDP_v_4s": 16, "op_UMAXP_v_4s": 24, "op_REV64_v_16b": 19, "op_host_TBL_v_1_16b": 14,
}


@pytest.mark.parametrize("name", HOT)
def test_hot_vector_handler_is_short(name: str) -> None:
    """No frame, no saved registers, not many instructions."""
    insns = body(name)
    assert re.match(r"jmp +\*", insns[-1]), insns
    assert not [i for i in insns if re.match(r"push|pop|call|sub .*%rsp", i)], insns
    assert len(insns) <= HOT[name], insns
