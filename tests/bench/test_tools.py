# SPDX-License-Identifier: MIT
"""What the benchmarks compute of their samples, and `emu bench`."""

import json
import math
import subprocess
import sys
from pathlib import Path

import compare
import host_instructions
import pairs
import pytest
from engines import BenchError, Sample, run_once
from workloads import NOTHING, Workload, find

from emu.cli import bench as command

NAMES = ["calls", "sha256"]


def _samples(ours: float, theirs: float) -> compare.Samples:
    return {"emu": [Sample(ours, ours + 1, 1_000_100)] * 3, "qemu": [Sample(theirs, theirs + 1)] * 3}


@pytest.fixture
def result() -> dict[str, object]:
    nothing = {"emu": [Sample(1, 2, 100)], "qemu": [Sample(1, 2)]}
    rows = {name: compare.summarise(workload, _samples(1.5, 1.5 + index), nothing)
            for index, (name, workload) in enumerate(zip(NAMES, find(NAMES), strict=True))}
    return {"engines": ["emu", "qemu"], "workloads": rows, "host": "a host", "cpus": 2, "load": 0.5, "commit": "abc",
            "date": "2026-01-01", "runs": 3, "nothing": {"emu": 1.0, "qemu": 1.0}}


def test_summary_takes_start_and_stop_off(result):
    row = result["workloads"]["sha256"]
    assert row["instructions"] == 1_000_000
    assert row["seconds"] == {"emu": 0.5, "qemu": 1.5}
    assert row["mips"] == 2.0 and row["ns_per_instruction"] == 500.0
    assert row["ratios"]["qemu"]["cpu"] == [3.0, 3.0, 3.0]


def test_means_are_geometric(result):
    assert compare.means(result, "qemu", "cpu") == pytest.approx({"loops": 1.0, "programs": 3.0, "all": math.sqrt(3)})


def test_table_and_json(result, tmp_path):
    text = compare.table(result)
    assert "| sha256 | 1 | 2 | 500.00 | 0.50 | 1.50 | 3.00 (3.00–3.00) | 3.00 (3.00–3.00) |" in text
    assert "loops 1.00, programs 3.00, all 1.73" in text
    assert "load 0.5" in compare.describe(result)
    compare.write_json(result, tmp_path / "x.json")
    assert json.loads((tmp_path / "x.json").read_text()) == result


def test_an_emulator_that_takes_too_long_has_no_ratio(result):
    nothing = {"emu": [Sample(1, 2, 100)], "qemu": [Sample(1, 2)]}
    samples = {**_samples(1.5, 0), "qemu": []}
    result["workloads"]["calls"] = compare.summarise(find(["calls"])[0], samples, nothing)
    assert "| too long |  |  |" in compare.table(result)


def test_a_wrong_checksum_is_an_error():
    with pytest.raises(BenchError, match="checksum 0x0000000000000001, expected 0x0000000000000002"):
        run_once("emu", Workload("nothing", 1, 1, 2), 60)
    sample = run_once("emu", NOTHING, 60)
    assert sample and sample.instructions > 0 and sample.cpu > 0 and sample.wall > 0


def test_cachegrind_output_is_added_up_by_function():
    text = "events: Ir\nfl=a.c\nfn=one\n1 10\n2 5\nfn=two\n7 1\nfl=b.c\nfn=one\n0 100\nsummary: 116\n"
    assert host_instructions._parse(text) == {"one": 115, "two": 1}
    more, less = host_instructions.Count(10, host_instructions._parse(text)), host_instructions.Count(2, {"one": 100})
    assert (more - less).ratio == 2.0


def test_pairs_have_shapes():
    assert pairs.shape("ldr", "x0, [x1, #0x10]") == "ldr x, [x, #]"
    assert pairs.shape("add", "w3, wzr, #-1") == "add w, w, #"
    assert len(pairs.trace(find(["calls"])[0], 50)) == 50


def _emu(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "emu", "bench", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_command():
    done = _emu("matmul_double", "--runs", "1")
    assert done.returncode == 0 and "| matmul_double | 187 |" in done.stdout
    assert "sha256" in _emu("--list").stdout.splitlines()


@pytest.mark.parametrize("arguments", [["nowhere"], ["--runs", "0"], ["--plot", "x.png"], ["--timeout", "0"]])
def test_command_with_errors(arguments):
    done = _emu(*arguments)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and not done.stdout


def test_command_without_a_checkout(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(command, "_ROOT", tmp_path)
    with pytest.raises(Exception, match="source checkout only"):
        command._modules()
