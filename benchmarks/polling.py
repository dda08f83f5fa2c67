"""What does a poll cost, and how does that compare with what others need?

    python -m benchmarks.polling                      # the tables of docs/benchmarks.md
    python -m benchmarks.polling --feeds 200 --rounds 1 --only tocsin --print   # a quick look

A server process of our own serves generated feeds on loopback; every feed has a host of its own, as on the web. Each
peer is a process that keeps running; its start is not counted, its children are.
Figures are processor time of the whole process tree for a poll, medians of the rounds. Every round begins with empty
databases, and all peers see the same documents. `pip install 'tocsin[benchmark]'` brings the peers.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PEERS = ("script", "reader", "tocsin")
_TICKS = os.sysconf("SC_CLK_TCK")
_BEGIN, _END = "<!-- polling: begin -->", "<!-- polling: end -->"
_PAGE = Path("docs/benchmarks.md")
_SETTING = (
    "`python -m benchmarks.polling` on {cores} cores, {machine}, CPython {python}, medians of {rounds} rounds, peers in"
    " turn. Generated feeds (RSS, Atom, RDF; ten languages; 3 % ill-formed, 4 % in other encodings), packed with gzip,"
    " each on a host of its own. Milliseconds of processor time for a poll, of the whole process tree, without its"
    " start. *script* is httpx, feedparser and sqlite-utils, fifty feeds at a time; *reader* is reader from PyPI with"
    " sixteen threads. Tocsin runs whole: address guard, parse workers, store"
    " transaction, full-text index, matching of the shipped lists."
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the server does before a round. `warm_up` polls once, uncounted, under the new rules before that."""

    name: str
    words: str
    command: dict[str, object]
    warm_up: dict[str, object] | None = None


FULL = (
    Scenario("first", "first poll", {"validators": "all"}),
    Scenario("304", "everything 304", {}),
    Scenario("unchanged", "no validators, body unchanged", {"validators": "none"}),
    Scenario("head", "only the feed's head changed", {"stamp": 1}),
    Scenario("new", "one new entry per feed", {"stamp": 1, "news": "one"}),
    Scenario(
        "mixed", "mixed (own validators, 5 % with news)", {"news": "some"}, warm_up={"validators": "own", "stamp": 1}
    ),
)


@dataclass(frozen=True, slots=True)
class Round:
    """One peer in one scenario: milliseconds of processor time a poll, seconds on the clock, megabytes at the peak."""

    cpu: float
    seconds: float
    peak: float
    answer: dict[str, Any]


@dataclass(slots=True)
class Results:
    """Rounds by scenario and peer, and what all documents held."""

    feeds: int
    tiny: bool
    rounds: dict[tuple[str, str], list[Round]] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)

    def add(self, scenario: str, peer: str, measured: Round) -> None:
        """Takes one round in."""
        self.rounds.setdefault((scenario, peer), []).append(measured)

    def cpu(self, scenario: str, peer: str) -> float:
        """The median milliseconds a poll."""
        return statistics.median(one.cpu for one in self.rounds[scenario, peer])

    def peak(self, peer: str) -> float:
        """The most memory a peer ever took, in MB."""
        return max(one.peak for (_, whose), measured in self.rounds.items() if whose == peer for one in measured)

    def ratio(self, scenario: str, peer: str) -> float:
        """How many times as much as Tocsin a peer needs: the median over the rounds, each compared with its twin."""
        pairs = zip(self.rounds[scenario, peer], self.rounds[scenario, "tocsin"], strict=True)
        return statistics.median(theirs.cpu / max(ours.cpu, 1e-9) for theirs, ours in pairs)


class Child:
    """A process that is talked to in lines of JSON."""

    def __init__(self, module: str, *arguments: object) -> None:
        command = [sys.executable, "-m", module, *map(str, arguments)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.greeting = self.hear()

    def hear(self) -> dict[str, Any]:
        """The next line."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args!r} ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, command: dict[str, object]) -> dict[str, Any]:
        """Sends a line and waits for the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self.hear()

    def close(self) -> None:
        """Ends its input and waits for it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def measure(peer: Child, feeds: int) -> Round:
    """Lets a peer poll once."""
    tree = peer.process.pid
    with _watch_memory(tree) as peak:
        before = _cpu_of(tree)
        started = time.monotonic()
        answer = peer.ask({})
        seconds = time.monotonic() - started
        cpu = _cpu_of(tree) - before
    return Round(cpu * 1000 / feeds, seconds, peak[0], answer)


def run(feeds: int, rounds: int, peers: Sequence[str], *, tiny: bool, scenarios: Sequence[Scenario]) -> Results:
    """All rounds of all peers in turn."""
    results = Results(feeds, tiny)
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            server = Child("benchmarks.polling_server", feeds, number, "tiny" if tiny else "full")
            stack.callback(server.close)
            children = {}
            for peer in peers:
                place = Path(folder) / peer
                place.mkdir()
                children[peer] = Child("benchmarks.polling_peers", peer, place, server.greeting["port"], feeds)
                stack.callback(children[peer].close)
            for scenario in scenarios:
                if scenario.warm_up is not None:
                    server.ask(scenario.warm_up)
                    for child in children.values():
                        child.ask({})
                told = server.ask(scenario.command)
                results.entries[scenario.name] = told["entries"] if scenario.name == "first" else told["new"]
                for peer, child in children.items():
                    measured = measure(child, feeds)
                    results.add(scenario.name, peer, measured)
                    _report(number, scenario, peer, measured, results.entries[scenario.name])
    return results


def _report(number: int, scenario: Scenario, peer: str, measured: Round, expected: int) -> None:
    print(
        f"round {number + 1}  {scenario.name:10} {peer:7} {measured.cpu:8.3f} ms/poll  {measured.seconds:6.1f} s  "
        f"{measured.peak:5.0f} MB  {measured.answer['new']}/{expected} new",
        file=sys.stderr,
    )


def build_table(results: Results, peers: Sequence[str]) -> str:
    """The results as Markdown."""
    others = [peer for peer in peers if peer != "tocsin"]
    kind = "tiny" if results.tiny else "full-size"
    columns = "".join(f" {peer}, ms | times Tocsin |" for peer in others)
    lines = [
        f"### {results.feeds:,} {kind} feeds",
        "",
        f"| scenario | Tocsin, ms |{columns} new entries found |",
        f"|---|---{'|---|---' * len(others)}|---|",
    ]
    for name in dict.fromkeys(scenario for scenario, _ in results.rounds):
        words = next(scenario.words for scenario in FULL if scenario.name == name)
        theirs = "".join(f" {results.cpu(name, peer):.2f} | {results.ratio(name, peer):.1f} |" for peer in others)
        found = ", ".join(f"{peer} {results.rounds[name, peer][-1].answer['new']:,}" for peer in peers)
        expected = results.entries[name]
        lines.append(f"| {words} | {results.cpu(name, 'tocsin'):.3f} |{theirs} {found} of {expected:,} |")
    peaks = (f"{peer} {results.peak(peer):.0f}" for peer in peers)
    return "\n".join([*lines, "", f"Most memory of the whole process tree, MB: {', '.join(peaks)}.", ""])


def measure_loop(feeds: int) -> str:
    """How long Tocsin's event loop is held up, and how fast slow servers are polled, in words."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        server = Child("benchmarks.polling_server", feeds, 0, "full")
        stack.callback(server.close)
        server.ask({"validators": "all"})
        peer = Child("benchmarks.polling_peers", "tocsin", folder, server.greeting["port"], feeds, "lag")
        stack.callback(peer.close)
        first = peer.ask({})
        server.ask({"delay": 0.3})
        slow = peer.ask({})
    return (
        f"First poll of {feeds:,} full-size feeds: the event loop worked at most {first['longest_ms']:.0f} ms without a"
        f" pause, {first['over_20_ms']} times longer than 20 ms. {feeds:,} feeds whose servers take 300 ms to answer"
        f" 304: {slow['seconds']:.1f} s by the default settings.\n"
    )


def write_section(text: str) -> None:
    """Puts the report into docs/benchmarks.md, in place of the last one."""
    old = _PAGE.read_text(encoding="utf-8") if _PAGE.exists() else "# Benchmarks\n"
    section = f"{_BEGIN}\n{text}\n{_END}\n"
    if _BEGIN in old and _END in old:
        before, rest = old.split(_BEGIN, 1)
        new = f"{before}{section}{rest.split(_END, 1)[1].lstrip(chr(10))}"
    else:
        new = f"{old.rstrip()}\n\n{section}"
    _PAGE.write_text(new, encoding="utf-8")


def _tree(root: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            stat = _stat(int(entry.name))
            if stat:
                children.setdefault(int(stat[1]), []).append(int(entry.name))
    found, queue = [], [root]
    while queue:
        process = queue.pop()
        found.append(process)
        queue += children.get(process, [])
    return found


def _stat(process: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none for a process that is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _memory(process: int) -> int:
    """Bytes, a page that several processes share divided among them; 0 for one that is gone."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _cpu_of(root: int) -> float:
    """Seconds of processor time of a tree, what has ended included."""
    return sum(map(_process_cpu, _tree(root)))


def _process_cpu(process: int) -> float:
    """The scheduler's clock is fine but forgets threads that have ended; the process's own counts them, in ticks."""
    stat = _stat(process)
    if not stat:
        return 0.0
    own, ended = (sum(int(value) for value in stat[first : first + 2]) / _TICKS for first in (11, 13))
    return max(own, _threads_cpu(process)) + ended


def _threads_cpu(process: int) -> float:
    seconds = 0.0
    with suppress(OSError):  # it may end while it is looked at
        for task in Path(f"/proc/{process}/task").iterdir():
            seconds += int((task / "schedstat").read_text().split()[0]) / 1e9
    return seconds


@contextmanager
def _watch_memory(root: int) -> Iterator[list[float]]:
    """The most memory of a tree while the block lasts, in MB, as the only element; shared pages count once."""
    peak, ended = [0.0], threading.Event()

    def sample() -> None:
        while True:
            peak[0] = max(peak[0], sum(map(_memory, _tree(root))) / 1_000_000)
            if ended.wait(0.5):
                return

    watcher = threading.Thread(target=sample)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def main() -> None:
    """Runs the benchmark and writes its section of docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, nargs="*", default=[200, 1_000])
    parser.add_argument("--tiny", type=int, nargs="*", default=[5_000], help="numbers of tiny feeds, for 304 rounds")
    parser.add_argument("--alone", type=int, nargs="*", default=[5_000], help="full-size feeds for Tocsin alone, once")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(PEERS), choices=PEERS, help="peers to run")
    parser.add_argument("--scenarios", nargs="*", default=[scenario.name for scenario in FULL])
    parser.add_argument("--loop", type=int, default=1_000, help="feeds for the event loop's figures; 0 for none")
    parser.add_argument("--print", action="store_true", help="write nothing")
    given = parser.parse_args()
    chosen = [scenario for scenario in FULL if scenario.name in given.scenarios]
    few = [scenario for scenario in chosen if scenario.name in ("first", "304")]
    setting = _SETTING.format(
        cores=os.cpu_count(), machine=platform.machine(), python=platform.python_version(), rounds=given.rounds
    )
    parts = ["## Polling", "", setting, ""]
    rounds, peers = given.rounds, given.only
    parts += [build_table(run(feeds, rounds, peers, tiny=False, scenarios=chosen), peers) for feeds in given.feeds]
    parts += [build_table(run(feeds, rounds, peers, tiny=True, scenarios=few), peers) for feeds in given.tiny]
    for feeds in given.alone:
        parts.append(build_table(run(feeds, 1, ["tocsin"], tiny=False, scenarios=chosen), ["tocsin"]))
    if given.loop:
        parts.append(measure_loop(given.loop))
    text = "\n".join(parts)
    print(text)
    if not given.print:
        write_section(text)


if __name__ == "__main__":
    main()
