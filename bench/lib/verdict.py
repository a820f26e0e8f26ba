#!/usr/bin/env python3
"""Prints every limit beside what was measured; ends with 3 where one was not kept.

    verdict.py RESULTS
"""
import sys

import limits
import runs

results = limits.results(runs.read(sys.argv[1]))
if not results:
    print("verdict: nothing with a limit was measured")
    sys.exit()
width = max(len(result.what) for result in results)
print(f"{'verdict':{width}}  {'limit':>9}  {'measured':>9}")
for result in results:
    decimals = {"": 0, "MB": 0}.get(result.unit, 3)
    limit, measured = ("none" if value is None else f"{value:.{decimals}f} {result.unit}".rstrip()
                       for value in (result.limit, result.measured))
    print(f"{result.what:{width}}  {limit:>9}  {measured:>9}  {'over' if limits.is_over(result) else 'ok'}")
over = sum(map(limits.is_over, results))
print(f"{len(results) - over} of {len(results)} limits kept")
sys.exit(3 if over else 0)
