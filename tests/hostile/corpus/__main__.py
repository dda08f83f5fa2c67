"""`python -m tests.hostile.corpus` tries every hostile input and prints figures; it exits with 1 outside the bounds."""

import asyncio
import sys
import time

from tests.hostile.corpus.all_cases import list_cases
from tests.hostile.corpus.trying import DEADLINE, Figures, open_tester

_MEMORY = 32 * 1024 * 1024
_STALL = 0.050


async def _try_all() -> Figures:
    cases = list(list_cases())
    async with open_tester() as tester:
        return await tester.try_all(cases)


def main() -> int:
    """Prints the figures; the exit code."""
    started = time.perf_counter()
    figures = asyncio.run(_try_all())
    kinds = ", ".join(f"{count} {kind}" for kind, count in figures.kinds.items())
    print(f"{figures.kinds.total()} hostile inputs ({kinds}) in {time.perf_counter() - started:.0f} s")
    for outcome, count in figures.outcomes.most_common():
        print(f"  {count:4} {outcome}")
    print(f"slowest: {figures.slowest[0]:.2f} s (at most {DEADLINE}), {figures.slowest[1]}")
    print(
        f"longest stall of the loop: {figures.longest_stall[0] * 1000:.0f} ms (at most 50), {figures.longest_stall[1]}"
    )
    print(f"memory of the parent: +{figures.memory[0] / 2**20:.1f} MB (at most +32), {figures.memory[1]}")
    print(f"kept after all of them: +{figures.kept / 2**20:.1f} MB")
    for fault in figures.faults:
        print(f"FAULT {fault}")
    memory = max(figures.memory[0], figures.kept)
    within = figures.slowest[0] <= DEADLINE and figures.longest_stall[0] <= _STALL and memory <= _MEMORY
    return 0 if within and not figures.faults else 1


if __name__ == "__main__":
    sys.exit(main())
