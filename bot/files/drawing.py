"""Plots as pictures, by matplotlib. Only the file worker may load this module.

Colours are of the Okabe-Ito palette, which colour-blind readers tell apart (https://jfly.uni-koeln.de/color/); what a
colour says stands in words as well. The paper is light grey, so that the picture hurts in no dark chat.
"""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import matplotlib as mpl
import matplotlib.dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bot.domain.plots import DailyPlot, Plot, TimelinePlot, TrendPanel, TrendPlot
from bot.matching.records import Priority

_WIDTH, _DPI = 5.4, 200  # inches; 1,080 pixels are as wide as phones show
_PAPER, _INK, _FAINT, _BAND = "#f2f1ed", "#22262b", "#8a8d91", "#cfcfca"
_BLUE, _VERMILION = "#0072b2", "#d55e00"
_OF_PRIORITY = {
    Priority.CRITICAL: (_VERMILION, "////"),
    Priority.HIGH: ("#e69f00", ""),
    Priority.MEDIUM: ("#56b4e9", "...."),
    Priority.LOW: ("#b8bcc0", ""),
}
_STYLE: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "figure.facecolor": _PAPER,
    "axes.facecolor": _PAPER,
    "savefig.facecolor": _PAPER,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.edgecolor": _FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
    "text.parse_math": False,
}
_PANEL_INCHES = 1.45
_TITLE_LIMIT = 46
_DAYS_WITH_EDGES = 31
_DAYS_OF_LONG_STEPS = 14


def draw(plot: Plot) -> bytes:
    """The plot as a PNG."""
    with mpl.rc_context(_STYLE):
        if isinstance(plot, DailyPlot):
            figure = _draw_daily(plot)
        elif isinstance(plot, TrendPlot):
            figure = _draw_trend(plot)
        else:
            figure = _draw_timeline(plot)
        file = BytesIO()
        figure.savefig(file, format="png", dpi=_DPI)
        return file.getvalue()


def _draw_daily(plot: DailyPlot) -> Figure:
    figure = Figure((_WIDTH, 3.2), layout="constrained")
    axes = figure.subplots()
    days, base = [_place(day) for day in plot.days], [0] * len(plot.days)
    few = len(plot.days) <= _DAYS_WITH_EDGES
    for priority, counts in plot.counts:
        colour, hatch = _OF_PRIORITY[priority]
        axes.bar(
            days,
            counts,
            bottom=base,
            width=0.84,
            color=colour,
            hatch=hatch if few else "",
            edgecolor=_PAPER,
            linewidth=0.4 if few else 0,
            label=f"{priority.name.lower()} ({sum(counts)})",
        )
        base = [below + count for below, count in zip(base, counts, strict=True)]
    _finish(axes, plot.days)
    figure.suptitle(_cut(plot.title), x=0.02, ha="left", fontsize=11, fontweight="bold")
    figure.legend(loc="outside lower left", ncols=4, frameon=False, handlelength=1.2, columnspacing=1.2, fontsize=8.5)
    return figure


def _draw_trend(plot: TrendPlot) -> Figure:
    figure = Figure((_WIDTH, 0.75 + _PANEL_INCHES * len(plot.panels)), layout="constrained")
    column = figure.subplots(len(plot.panels), 1, sharex=True, squeeze=False)
    for axes, panel in zip(column[:, 0], plot.panels, strict=True):
        _draw_panel(axes, panel, plot)
    figure.suptitle(_cut(plot.title), x=0.02, ha="left", fontsize=11, fontweight="bold")
    legend = "bars: stories a day, dark: the last 7 days · line and grey band: usual number (median ± MAD)"
    figure.supxlabel(legend, x=0.02, ha="left", fontsize=7)
    return figure


def _draw_panel(axes: Axes, panel: TrendPanel, plot: TrendPlot) -> None:
    days = [_place(day) for day in plot.days]
    axes.axhspan(max(panel.low, 0), panel.high, color=_BAND, linewidth=0, zorder=0)
    axes.axhline(panel.usual, color=_FAINT, linewidth=1.2, zorder=1)
    earlier = len(days) - plot.fresh
    axes.bar(days[:earlier], panel.counts[:earlier], width=0.84, color="#56b4e9", zorder=2)
    axes.bar(days[earlier:], panel.counts[earlier:], width=0.84, color="#004c7a", zorder=2)
    total = sum(panel.counts[earlier:])
    axes.set_title(_cut(panel.title), loc="left", fontsize=9, fontweight="bold", pad=3)
    axes.set_title(f"{total} in 7 days", loc="right", fontsize=9, color="#004c7a", pad=3)
    _finish(axes, plot.days)


def _finish(axes: Axes, days: Sequence[date]) -> None:
    axes.margins(x=0.01)
    axes.set_ylim(bottom=0, top=max(axes.get_ylim()[1], 1.05))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.grid(axis="y", color=_FAINT, alpha=0.25, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=2, labelsize=8)
    step = _DAYS_OF_LONG_STEPS if len(days) > _DAYS_WITH_EDGES else max(-(-len(days) // 6), 1)
    ticks = list(days[::-1][::step])[::-1]
    axes.set_xticks([_place(day) for day in ticks], [f"{day.day} {day:%b}" for day in ticks])


def _draw_timeline(plot: TimelinePlot) -> Figure:
    outlets = list(dict.fromkeys(point.outlet for point in plot.points))[::-1]
    figure = Figure((_WIDTH, max(1.25 + 0.3 * len(outlets), 2.2)), layout="constrained")
    axes = figure.subplots()
    for is_copy, colour, marker, label in ((False, _BLUE, "o", "own news"), (True, _VERMILION, "^", "from another")):
        points = [point for point in plot.points if point.is_copy is is_copy]
        if points:
            moments = [_place(point.at) for point in points]
            rows = [outlets.index(point.outlet) for point in points]
            axes.scatter(moments, rows, s=48, color=colour, marker=marker, label=label, zorder=3, edgecolor=_PAPER)
    axes.set_yticks(range(len(outlets)), [_cut(outlet, 24) for outlet in outlets])
    axes.set_ylim(-0.6, len(outlets) - 0.4)
    axes.margins(x=0.06)
    axes.grid(axis="both", color=_FAINT, alpha=0.25, linewidth=0.6)
    zone = plot.points[0].at.tzinfo
    locator = mdates.AutoDateLocator(tz=zone, maxticks=5)  # type: ignore[no-untyped-call]  # matplotlib has no types
    axes.xaxis.set_major_locator(locator)
    formatter = mdates.ConciseDateFormatter(locator, tz=zone)  # type: ignore[no-untyped-call]  # as above
    axes.xaxis.set_major_formatter(formatter)
    axes.tick_params(length=2, labelsize=8)
    figure.suptitle(_cut(plot.title), x=0.02, ha="left", fontsize=11, fontweight="bold")
    figure.legend(loc="outside lower left", ncols=2, frameon=False, fontsize=8.5)
    return figure


def _place(moment: date) -> float:
    """Where a day or a moment stands on an axis."""
    return float(mdates.date2num(moment))  # type: ignore[no-untyped-call]  # as above


def _cut(text: str, limit: int = _TITLE_LIMIT) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
