# SPDX-License-Identifier: MIT
"""Random instructions on us and on an oracle: the differential harness. `python -m tests.isa.differ --help`.

Each row gets a generator seeded by the seed and its name, so that a run of one row repeats what a run of all did.
"""

from __future__ import annotations

import argparse
import os
import pickle
import random
import secrets
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from pyx.gen.table import Row

from .engines import OursFast, UnicornFast
from .explained import Explanations
from .qemu_batch import QemuBatch
from .record import WINDOW, Case, Cases, Outcome, Registers, address_offset
from .words import table

HERE = Path(__file__).parent
STATES_PER_WORD = 4
QEMU_BATCH = 10_000                     # cases a process: it takes a while to start
Engine = Callable[[list[Case]], list[Outcome]]


@dataclass
class Result:
    """What came of one row."""

    row: str
    cases: int = 0
    explained: dict[str, int] = field(default_factory=dict)     # file:line of the explanation to count
    mismatches: list[str] = field(default_factory=list)


def rows_for(explanations: Explanations, pattern: str = "*") -> list[Row]:
    """The rows that the oracle can be asked about."""
    return [r for r in table().rows if fnmatchcase(r.name, pattern) and explanations.compares(r)]


def uses_memory(row: Row) -> bool:
    """Whether its form is one of a memory access."""
    return table().forms[row.form].mem or row.form == "prefetch"


def engine_of(oracle: str, directory: Path) -> Engine:
    """The oracle as a function of many cases."""
    if oracle == "qemu":
        return QemuBatch(directory).run_cases
    unicorn = UnicornFast()
    return lambda cases: [unicorn.run_case(c) for c in cases]


class Differ:
    """Compares us with one oracle."""

    def __init__(self, oracle: str, directory: Path, model: str = "max") -> None:
        self.explanations = Explanations(HERE / "differ.explained", oracle)
        self.ours = OursFast(model)
        self.theirs = engine_of(oracle, directory)

    def run_rows(self, rows: list[Row], count: int, seed: int, most: int = 3) -> list[Result]:
        """So many random cases of each row; at most so many mismatches of each are shrunk and shown."""
        results = {row.name: Result(row.name) for row in rows}
        cases = [c for row in rows for c in random_cases(row, count, Cases(random.Random(f"{seed} {row.name}")))]
        for case, theirs in zip(cases, self.theirs(cases), strict=True):
            result = results[case.row.name]
            result.cases += 1
            line = self.judge(case, self.ours.run_case(case), theirs)
            if line == "different":
                if len(result.mismatches) < most:
                    result.mismatches.append(self.describe(self.shrink(case)))
                else:
                    result.mismatches[-1] = result.mismatches[-1].partition(" (and more)")[0] + " (and more)"
            elif line:
                result.explained[line] = result.explained.get(line, 0) + 1
        return list(results.values())

    def judge(self, case: Case, mine: Outcome, theirs: Outcome) -> str:
        """"" they agree (or the oracle has no memory there); "different"; or the line that explains it."""
        changed = mine.differences(theirs)
        if not changed or theirs.stop == "outside":
            return ""
        before = Registers.of(case.registers)
        address = before.x[case.word >> 5 & 31]
        accessed = address + address_offset(case.row, case.word) & 0xFFFFFFFFFFFFFFFF
        offered = {"changed": set(changed), "mine": mine.stop, "theirs": theirs.stop, "fpcr": before.fpcr,
                   "address": address, "accessed": accessed, "x": [*before.x[:31], 0], "v": before.v}
        explanation = self.explanations.find(case.row, case.word, offered)
        return explanation.where if explanation else "different"

    def kinds(self, cases: list[Case]) -> list[tuple[str, ...]]:
        """What differs in each, as names; () where it agrees or is explained."""
        found = []
        for case, theirs in zip(cases, self.theirs(cases), strict=True):
            mine = self.ours.run_case(case)
            different = self.judge(case, mine, theirs) == "different"
            found.append((mine.stop, theirs.stop, *mine.differences(theirs)) if different else ())
        return found

    def shrink(self, case: Case) -> Case:
        """The case with every register, and every byte of those left, zero that may be while the same things differ; memory too."""
        wanted = self.kinds([case])[0]
        for steps in simplifications(case):
            kinds = self.kinds([step(case) for step in steps])
            good = [step for step, kind in zip(steps, kinds, strict=True) if kind == wanted]
            while good:
                simpler = case
                for step in good:
                    simpler = step(simpler)
                if simpler == case or self.kinds([simpler])[0] == wanted:
                    case = simpler
                    break
                good = good[:len(good) // 2]
        return case

    def describe(self, case: Case) -> str:
        """One line that reproduces it, the instruction, and what differs."""
        mine, theirs = self.ours.run_case(case), self.theirs([case])[0]
        changed = ", ".join(f"{name} {a} not {b}" for name, (a, b) in mine.differences(theirs).items())
        return f"{case.row.name}: --replay {replay_text(case)}  [{assembly(case.word)}]  {changed}"


def random_cases(row: Row, count: int, cases: Cases) -> Iterator[Case]:
    """Cases of a row, with a few states for each word."""
    memory = uses_memory(row)
    for i in range(count):
        if i % STATES_PER_WORD == 0:
            word = cases.word(row)
            if word is None:
                return
        yield cases.case(row, word, memory)


def simplifications(case: Case) -> Iterator[list[Callable[[Case], Case]]]:
    """Functions that make a case simpler, in groups: coarse ones first."""
    def zero(offset: int, size: int) -> Callable[[Case], Case]:
        return lambda c: replace(c, registers=c.registers[:offset] + bytes(size) + c.registers[offset + size:])

    def clear(at: int, size: int) -> Callable[[Case], Case]:
        return lambda c: replace(c, memory=c.memory[:at] + bytes(size) + c.memory[at + size:])

    used = sorted({f.of(case.word) for f in case.row.fields if f.width == 5})
    yield [zero(0, 512), zero(512, 248), lambda c: replace(c, memory=bytes(WINDOW)), *(zero(776 + 4 * i, 4) for i in range(3))]
    yield [clear(at, 64) for at in range(0, WINDOW, 64)]
    yield [clear(at, 4) for at in range(0, WINDOW, 4)]
    yield [zero(512 + 8 * i, 8) for i in range(31)] + [zero(16 * i, 16) for i in range(32)]
    yield [zero(16 * n + b, 1) for n in used for b in range(16)]
    yield [zero(512 + 8 * n + b, 1) for n in used if n != 31 for b in range(8)]


def replay_text(case: Case) -> str:
    """WORD,name=value,… with what is not zero."""
    start = Registers.of(case.registers)
    values = [f"{name}={value:#x}" for name, value in start.named().items() if value and name not in ("pc",)]
    memory = [f"memory={case.memory.hex()}"] if any(case.memory) else []
    return ",".join([f"{case.word:08x}", *values, *memory])


def parse_replay(text: str) -> Case:
    """The case that replay_text() wrote."""
    word_text, *parts = text.split(",")
    word = int(word_text, 16)
    row = next(r for r in table().rows if r.matches(word))
    start = Cases(random.Random(0)).case(row, word, False)
    blank = Registers.of(bytes(512 + 256) + start.registers[768:776] + bytes(16))
    values = dict(part.split("=") for part in parts)
    memory = bytes.fromhex(values.pop("memory", "00" * WINDOW))
    for name, number in values.items():
        value = int(number, 16)
        if name[0] in "xv":
            (blank.x if name[0] == "x" else blank.v)[int(name[1:])] = value
        elif name == "sp":
            blank.x[31] = value
        else:
            blank = replace(blank, **{name: value})
    return Case(row, word, blank.packed(), memory)


def assembly(word: int) -> str:
    """The instruction as text, where capstone knows it."""
    import capstone

    found = next(capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM).disasm(struct.pack("<I", word), 0), None)
    return f"{found.mnemonic} {found.op_str}" if found else "?"


def _work(oracle: str, model: str, rows: list[Row], count: int, seed: int, out: int) -> None:
    """In a child: results of rows, one after the other, pickled to a pipe."""
    with tempfile.TemporaryDirectory() as directory, os.fdopen(out, "wb") as pipe:
        differ = Differ(oracle, Path(directory), model)
        together = max(1, QEMU_BATCH // count) if oracle == "qemu" else 1
        for start in range(0, len(rows), together):
            for result in differ.run_rows(rows[start:start + together], count, seed):
                pickle.dump(result, pipe)
            pipe.flush()


def run_rows(oracle: str, rows: list[Row], count: int, seed: int, model: str = "max") -> Iterator[Result]:
    """In children, since Unicorn may abort: a row that kills its child is a mismatch, and the next child goes on after it."""
    while rows:
        receive, send = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(receive)
            try:
                _work(oracle, model, rows, count, seed, send)
                os._exit(0)
            finally:                                        # never back into what the parent was doing
                traceback.print_exc()
                os._exit(1)
        os.close(send)
        done = 0
        with os.fdopen(receive, "rb") as pipe:
            while done < len(rows):
                try:
                    yield pickle.load(pipe)
                except EOFError:
                    break
                done += 1
        _, status = os.waitpid(child, 0)
        if done < len(rows):
            yield Result(rows[done].name, 0, {}, [f"{rows[done].name}: the child died (status {status:#x}) with seed {seed}"])
            done += 1
        rows = rows[done:]


def run_jobs(oracle: str, rows: list[Row], count: int, seed: int, jobs: int, model: str = "max") -> list[Result]:
    """The same in several processes, the rows dealt out."""
    if jobs == 1:
        return list(run_rows(oracle, rows, count, seed, model))
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(jobs) as pool:
        parts = pool.map(lambda i: list(run_rows(oracle, rows[i::jobs], count, seed, model)), range(jobs))
        return [result for part in parts for result in part]


def report(oracle: str, results: list[Result], seconds: float) -> int:
    """Prints what was found; returns the number of rows with mismatches."""
    wrong = [r for r in results if r.mismatches]
    for result in wrong:
        print("\n".join(result.mismatches))
    used = {where for r in results for where in r.explained}
    lines = Explanations(HERE / "differ.explained", oracle).lines
    unused = [e.where for e in lines if e.kind == "differs" and e.where not in used]
    cases, explained = sum(r.cases for r in results), sum(sum(r.explained.values()) for r in results)
    print(f"{oracle}: {cases} cases, {len(results)} rows, {len(wrong)} rows differ, {explained} differences explained, {seconds:.0f} s")
    if unused:
        print(f"explanations not used: {' '.join(unused)}")
    return len(wrong)


def replay(oracle: str, text: str) -> int:
    """Runs one case again and prints the differences."""
    with tempfile.TemporaryDirectory() as directory:
        differ = Differ(oracle, Path(directory))
        case = parse_replay(text)
        print(differ.describe(case))
        return int(differ.kinds([case])[0] != ())


def main() -> int:
    """The command. Status 1: something differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.isa.differ", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default="*", metavar="PATTERN", help="rows by name, * and ? allowed (all)")
    parser.add_argument("--cases", type=int, default=2000, help="cases a row (2000)")
    parser.add_argument("--seed", type=int, help="random, and printed, without it")
    parser.add_argument("--hours", type=float, default=0.0, help="go on with new seeds for so long")
    parser.add_argument("--jobs", type=int, default=1, help="processes (1)")
    parser.add_argument("--oracle", choices=("unicorn", "qemu"), default="unicorn")
    parser.add_argument("--model", default="max", help="our CPU model (max)")
    parser.add_argument("--replay", metavar="CASE", help="run one case, as a mismatch's line gives it")
    args = parser.parse_args()
    if args.replay:
        return replay(args.oracle, args.replay)
    rows = rows_for(Explanations(HERE / "differ.explained", args.oracle), args.rows)
    end, wrong = time.monotonic() + 3600 * args.hours, 0
    while True:
        seed = secrets.randbits(32) if args.seed is None else args.seed
        print(f"seed {seed}", flush=True)
        start = time.monotonic()
        wrong += report(args.oracle, run_jobs(args.oracle, rows, args.cases, seed, args.jobs, args.model), time.monotonic() - start)
        if time.monotonic() >= end:
            return int(wrong > 0)
        args.seed = None


if __name__ == "__main__":
    sys.exit(main())
