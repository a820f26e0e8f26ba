#!/usr/bin/env python3
"""Prints the table of one suite.

    table.py RESULTS SUITE
"""
import sys

import limits
from runs import OURS, distinct, median, of, read, size_ratio, wall_ratio

HEADS = ["setting", "contestant", "runs", "wall s", "from-to", "CPU s", "peak MB", "bytes", "wall ×", "size ×", ""]


def number(value, decimals):
    return "" if value is None else f"{value:.{decimals}f}"


def judge(suite, setting, wall, size):
    """What the line says of its limits."""
    limit = limits.wall_limit(suite, setting)
    if limit is None or wall is None:
        return ""
    words = [f"wall {'over' if wall > limit else 'ok'} ({limit:g})"]
    if size is not None:
        words.append(f"size {'over' if size > limits.SIZE_RATIO else 'ok'}")
    return ", ".join(words)


def line(runs, suite, setting, contestant, reference):
    """Medians of one contestant, and how RpiLive compares to it."""
    own = of(runs, suite, setting, contestant)
    walls = [run.wall for run in own]
    peaks, sizes = [run.peak for run in own if run.peak], [run.bytes for run in own if run.bytes]
    wall = size = None
    if contestant != OURS:
        wall, size = wall_ratio(reference, own), size_ratio(reference, own)
    return [setting, contestant, str(len(own)), number(median(walls), 2), f"{min(walls):.2f}-{max(walls):.2f}",
            number(median(run.cpu for run in own), 2), number(max(peaks, default=None), 0), number(median(sizes) if sizes else None, 0),
            number(wall, 3), number(size, 4), judge(suite, setting, wall, size)]


def lines(runs, suite):
    for setting in distinct(run.setting for run in of(runs, suite)):
        reference = of(runs, suite, setting, OURS)
        for contestant in distinct(run.contestant for run in of(runs, suite, setting)):
            yield line(runs, suite, setting, contestant, reference)


def plane(runs):
    """From the fastest to the slowest, each compared to RpiLive's default."""
    ours = of(runs, "plane", contestant=OURS)
    dominating = limits.dominating(runs) or []
    rows = []
    for setting in distinct(run.setting for run in of(runs, "plane")):
        own = of(runs, "plane", setting)
        row = line(runs, "plane", setting, own[0].contestant, [])
        if own[0] not in ours and ours:
            row[8] = number(median(run.wall for run in ours) / own[0].wall, 3)
            row[9] = number(size_ratio(ours, own), 4)
            row[10] = "faster and smaller than the default" if own[0] in dominating else ""
        rows.append((median(run.wall for run in own), row))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def main():
    runs, suite = read(sys.argv[1]), sys.argv[2]
    rows = plane(runs) if suite == "plane" else list(lines(runs, suite))
    widths = [max(map(len, column)) for column in zip(HEADS, *rows)]
    print(f"suite {suite} (ratios: rpilive to the contestant of the line)")
    for row in [HEADS, *rows]:
        print("  ".join(cell.ljust(width) if i < 2 or i == 10 else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(row, widths))).rstrip())
    if suite == "plane":
        points = limits.dominating(runs)
        print("no run of RpiLive's default" if points is None else
              "mksquashfs settings both faster and smaller than RpiLive's default: " + (", ".join(run.setting for run in points) or "none"))


main()
