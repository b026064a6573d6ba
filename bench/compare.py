# SPDX-License-Identifier: MIT
"""The comparison behind `emu bench`: the same images on each emulator, in turns; a table of ratios, JSON, a plot.

What an emulator needs to start and stop (the median of the workload `nothing`) is taken off its times. A ratio is the
other's time / ours: above 1, ours is faster. Ratios are made of neighbouring runs, so that a change of the host's speed
meets both; the table has their median and the smallest and largest.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engines import BenchError, Sample, run_once
from machines import ROOT, describe_host
from workloads import LOOPS, NOTHING, PROGRAMS, Workload

SLOW = 0.2  # of the timeout
SHORTEST = 1e-3  # seconds; nothing is divided by less
Samples = dict[str, list[Sample]]


def measure(workload: Workload, engines: list[str], runs: int, timeout: float) -> Samples:
    """Run a workload `runs` times on each emulator, in turns; another one that is slow is not tried again.

    BenchError if ours takes too long, or one of them for nothing.
    """
    samples: Samples = {engine: [] for engine in engines}
    alive = list(engines)
    for _ in range(runs):
        for engine in list(alive):
            sample = run_once(engine, workload, timeout)
            if sample is None and (engine == "emu" or workload is NOTHING):
                raise BenchError(f"{engine}: {workload.name}: not done after {timeout:g} seconds")
            if sample is not None:
                samples[engine].append(sample)
            if engine != "emu" and (sample is None or sample.wall > SLOW * timeout):
                alive.remove(engine)
    return samples


def _net(samples: Samples, nothing: Samples) -> dict[str, dict[str, list[float]]]:
    """Return engine → measure → seconds without start and stop."""
    result: dict[str, dict[str, list[float]]] = {}
    for engine, taken in samples.items():
        base = {what: statistics.median(getattr(sample, what) for sample in nothing[engine]) for what in ("cpu", "wall")}
        result[engine] = {what: [max(getattr(sample, what) - base[what], SHORTEST) for sample in taken] for what in base}
    return result


def summarise(workload: Workload, samples: Samples, nothing: Samples) -> dict[str, Any]:
    """Return what is kept of a workload: samples, instructions, medians, MIPS, ns per instruction, ratios."""
    net = _net(samples, nothing)
    instructions = samples["emu"][0].instructions - nothing["emu"][0].instructions
    seconds = statistics.median(net["emu"]["cpu"])
    row: dict[str, Any] = {"instructions": instructions, "mips": instructions / seconds / 1e6,
                           "ns_per_instruction": seconds * 1e9 / instructions,
                           "samples": {engine: [asdict(sample) for sample in taken] for engine, taken in samples.items()}}
    row["seconds"] = {engine: statistics.median(values["cpu"]) for engine, values in net.items() if values["cpu"]}
    row["ratios"] = {}
    for engine in (engine for engine in row["seconds"] if engine != "emu"):
        for what in ("cpu", "wall"):
            ratios = [theirs / ours for theirs, ours in zip(net[engine][what], net["emu"][what])]
            row["ratios"].setdefault(engine, {})[what] = [statistics.median(ratios), min(ratios), max(ratios)]
    return row


def _commit() -> str:
    done = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def run(workloads: list[Workload], engines: list[str], runs: int, timeout: float, progress: Any = None) -> dict[str, Any]:
    """Measure everything; returns the result as it is kept in JSON. progress is called with each name."""
    result: dict[str, Any] = {"host": describe_host(), "load": os.getloadavg()[0], "cpus": os.cpu_count(), "commit": _commit(),
                              "date": time.strftime("%Y-%m-%d"), "engines": engines, "runs": runs}
    nothing = measure(NOTHING, engines, max(runs, 3), timeout)
    result["nothing"] = {engine: statistics.median(sample.cpu for sample in taken) for engine, taken in nothing.items()}
    result["workloads"] = {}
    for workload in workloads:
        if progress:
            progress(workload.name)
        result["workloads"][workload.name] = summarise(workload, measure(workload, engines, runs, timeout), nothing)
    return result


def geometric_mean(values: list[float]) -> float:
    """Return exp(mean(log)); NaN of nothing."""
    return math.exp(statistics.fmean(math.log(value) for value in values)) if values else math.nan


def means(result: dict[str, Any], engine: str, what: str) -> dict[str, float]:
    """Return group → geometric mean of the ratios to an emulator, for the workloads that both ran."""
    groups = {"loops": LOOPS, "programs": PROGRAMS, "all": LOOPS + PROGRAMS}
    rows = result["workloads"]
    return {group: geometric_mean([rows[w.name]["ratios"][engine][what][0] for w in members
                                   if engine in rows.get(w.name, {}).get("ratios", {})])
            for group, members in groups.items()}


def table(result: dict[str, Any]) -> str:
    """Return the result as Markdown."""
    others = [engine for engine in result["engines"] if engine != "emu"]
    heads = ["workload", "M instructions", "MIPS", "ns/instruction", *(f"{engine} s" for engine in result["engines"])]
    for other in others:
        heads += [f"{other} / emu, CPU", f"{other} / emu, wall"]
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    for name, row in result["workloads"].items():
        cells = [name, f"{row['instructions'] / 1e6:.0f}", f"{row['mips']:.0f}", f"{row['ns_per_instruction']:.2f}"]
        cells += [f"{row['seconds'][engine]:.2f}" if engine in row["seconds"] else "too long" for engine in result["engines"]]
        for other in others:
            for what in ("cpu", "wall"):
                ratio = row["ratios"].get(other, {}).get(what)
                cells.append(f"{ratio[0]:.2f} ({ratio[1]:.2f}–{ratio[2]:.2f})" if ratio else "")
        lines.append("| " + " | ".join(cells) + " |")
    for other in others:
        for what in ("cpu", "wall"):
            text = ", ".join(f"{group} {value:.2f}" for group, value in means(result, other, what).items())
            lines += ["", f"Geometric means of {other} / emu, {'CPU time' if what == 'cpu' else 'wall time'}: {text}."]
    return "\n".join(lines)


def describe(result: dict[str, Any]) -> str:
    """Return the lines above a table: host, load, commit, what start and stop took."""
    start = ", ".join(f"{engine} {seconds:.2f} s" for engine, seconds in result["nothing"].items())
    return (f"{result['host']}; {result['cpus']} CPUs, load {result['load']:.1f} at the start; commit {result['commit']}, "
            f"{result['date']}; {result['runs']} runs in turns.\nStart and stop, taken off (CPU time): {start}.")


def write_json(result: dict[str, Any], path: Path) -> None:
    """Keep a result."""
    path.write_text(json.dumps(result, indent=1) + "\n")


def plot(result: dict[str, Any], path: Path) -> None:
    """Draw the ratios as bars on a logarithmic axis; ImportError without matplotlib."""
    import matplotlib  # type: ignore[import-not-found]

    matplotlib.use("Agg")
    from matplotlib import pyplot  # type: ignore[import-not-found]

    names = list(result["workloads"])
    others = [engine for engine in result["engines"] if engine != "emu"]
    figure, axes = pyplot.subplots(figsize=(8, 0.3 * len(names) + 1.5))
    height = 0.8 / max(len(others), 1)
    for index, other in enumerate(others):
        ratios = [result["workloads"][name]["ratios"].get(other, {}).get("cpu", [math.nan])[0] for name in names]
        axes.barh([i + index * height for i in range(len(names))], ratios, height, label=f"{other} / emu")
    axes.set_yticks([i + 0.4 - height / 2 for i in range(len(names))], names)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xlabel("CPU time of the other / of emu (above 1: emu is faster)")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path)
