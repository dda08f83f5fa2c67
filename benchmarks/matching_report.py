"""The tables and the growth plot of `benchmarks/matching.py`, for docs/benchmarks.md."""

from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

PLOT = "benchmarks-matching.svg"
_SETTING = (
    "`python -m benchmarks.matching` on {machine}. {items} items of 67 words in nine languages, raw text in; processor"
    " time, medians of {rounds} rounds, engines in turn. Tocsin gives matches with evidence and offsets into the"
    " original text; the peers only tell which terms occur."
)
_BEGIN, _END = "<!-- matching: begin -->", "<!-- matching: end -->"


class Measured(Protocol):
    """What a run measured (see `benchmarks.matching.Figures`)."""

    rounds: int
    items: int
    machine: str
    by_engine: dict[str, dict[int, float]]
    build_seconds: dict[str, dict[int, float]]
    hits: dict[int, float]
    facts: dict[str, float]


def write_report(figures: Measured, docs: Path | None) -> None:
    """Print the report; with `docs`, put it and the plot there too, in place of the last one."""
    text = build_report(figures)
    print(text)
    if docs is None:
        return
    if find_spec("matplotlib") is None:
        print("No plot: `pip install 'tocsin[benchmark]'` brings matplotlib.")
    else:
        _plot(figures, docs / PLOT)
    page = docs / "benchmarks.md"
    old = page.read_text(encoding="utf-8") if page.exists() else "# Benchmarks\n"
    section = f"{_BEGIN}\n{text}\n{_END}\n"
    if _BEGIN in old and _END in old:
        before, rest = old.split(_BEGIN, 1)
        new = f"{before}{section}{rest.split(_END, 1)[1].lstrip(chr(10))}"
    else:
        new = f"{old.rstrip()}\n\n{section}"
    page.write_text(new, encoding="utf-8")


def build_report(figures: Measured) -> str:
    """The report as Markdown."""
    sizes = sorted(figures.hits)
    tocsin = figures.by_engine["Tocsin"]
    largest = sizes[-1]
    lines = [
        "## The matcher",
        "",
        _SETTING.format(machine=figures.machine, items=figures.items, rounds=figures.rounds),
        "",
        f"![Cost of one item by number of terms]({PLOT})",
        "",
        f"| µs an item | {' | '.join(f'{size:,} terms' for size in sizes)} | build at {largest:,}, s |",
        f"|---|{'---:|' * (len(sizes) + 1)}",
    ]
    for name, row in figures.by_engine.items():
        cells = " | ".join(f"{row[size]:,.1f}" if size in row else "" for size in sizes)
        lines.append(f"| {name} | {cells} | {figures.build_seconds[name].get(largest, 0):.1f} |")
    hits = " | ".join(f"{figures.hits[size]:.2f}" for size in sizes)
    lines += [f"| *places found an item* | {hits} | |", "", "| Tocsin | |", "|---|---:|"]
    lines.append(
        f"| growth of the cost from {sizes[0]:,} to {largest:,} terms | {tocsin[largest] / tocsin[sizes[0]]:.2f}x |"
    )
    for name, row in figures.by_engine.items():
        if name != "Tocsin" and largest in row:
            lines.append(f"| speed against {name} at {largest:,} terms | {row[largest] / tocsin[largest]:,.2f}x |")
    if "rules: µs an item" in figures.facts:
        ratio = figures.facts["rules: µs an item"] / tocsin[largest]
        lines.append(f"| {largest:,} boolean and proximity rules against as many plain terms | {ratio:.2f}x |")
    lines += [f"| {name} | {value:,.2f} |" for name, value in figures.facts.items()]
    return "\n".join(lines)


def _plot(figures: Measured, path: Path) -> None:
    import matplotlib as mpl  # noqa: PLC0415 an optional dependency
    from matplotlib.figure import Figure  # noqa: PLC0415

    mpl.rcParams["svg.hashsalt"] = "tocsin"
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for name, row in figures.by_engine.items():
        axes.loglog(list(row), list(row.values()), marker="o", label=name, linewidth=3 if name == "Tocsin" else 1.5)
    axes.set_xlabel("terms")
    axes.set_ylabel("µs an item")
    axes.grid(visible=True, which="both", alpha=0.2)
    axes.legend()
    figure.savefig(path, metadata={"Date": None})
