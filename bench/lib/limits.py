"""What RpiLive promises, and how it did."""
import collections

from runs import OURS, distinct, median, of, size_ratio, wall_difference, wall_ratio

PEAK_MB = 300
STARTUP_SECONDS = 0.5
IMPORT_SECONDS = 0.15
EDIT_SECONDS = 0.2
TEST_WALL_RATIO = 1.3
TEST_PEAK_MB = 200
BOOT_SECONDS = 2
BASE_SECONDS = 90
CACHED_COMMAND_SECONDS = 15
SIZE_RATIO = 1.01
XZ_WALL_RATIO = 0.6
RAW_WALL_RATIO = {"gzip": 0.7, "zstd": 1.0}

Result = collections.namedtuple("Result", "what limit measured unit")


def is_over(result):
    """What could not be measured was not kept."""
    return result.measured is None or result.measured > result.limit


def wall_limit(suite, setting):
    """The most that wall_ratio may be; None where nothing is promised."""
    return {"raw": RAW_WALL_RATIO.get(setting.split()[0]), "xz": XZ_WALL_RATIO}.get(suite)


def dominating(runs):
    """The points of the plane that are both faster and smaller than RpiLive's default; None without that."""
    ours = of(runs, "plane", contestant=OURS)
    if not ours:
        return None
    wall, size = median(run.wall for run in ours), ours[0].bytes
    return [run for run in of(runs, "plane") if run.contestant != OURS and run.wall < wall and run.bytes < size]


def results(runs):
    """A result for every limit whose suite ran; measured is None where RpiLive or its peer did not get through."""
    found = []
    for suite in ("raw", "xz"):
        for setting in distinct(run.setting for run in of(runs, suite)):
            ours = of(runs, suite, setting, OURS)
            for peer in distinct(run.contestant for run in of(runs, suite, setting) if run.contestant != OURS):
                theirs = of(runs, suite, setting, peer)
                what = f"{suite}, {setting}, against {peer}"
                found.append(Result(f"{what}: wall time", wall_limit(suite, setting), wall_ratio(ours, theirs), "×"))
                found.append(Result(f"{what}: size", SIZE_RATIO, size_ratio(ours, theirs), "×"))
    points = dominating(runs)
    if points is not None:
        found.append(Result("plane: settings of mksquashfs faster and smaller than the default", 0, len(points), ""))
    if of(runs, "startup"):
        seconds = wall_difference(of(runs, "startup", contestant="Get-RpiLiveImage"), of(runs, "startup", contestant="empty"))
        imports = wall_difference(of(runs, "startup", contestant="import"), of(runs, "startup", contestant="empty"))
        found.append(Result("startup: import of the module", IMPORT_SECONDS, imports, "s"))
        found.append(Result("startup: module and Get-RpiLiveImage", STARTUP_SECONDS, seconds, "s"))
    edits = of(runs, "edit", "settings", OURS)
    if edits:
        found.append(Result("edit: settings of a live image", EDIT_SECONDS, median(run.wall for run in edits), "s"))
    tests = of(runs, "test", "full", OURS)
    if tests:
        found.append(Result("test: all checks against unsquashfs: wall time", TEST_WALL_RATIO, wall_ratio(tests, of(runs, "test", "full", "unsquashfs")), "×"))
        found.append(Result("test: peak memory", TEST_PEAK_MB, max(run.peak for run in tests), "MB"))
    own = of(runs, "boot", "our part", OURS + "-counted")
    if own:
        found.append(Result("boot: our part without the copy, by instructions", BOOT_SECONDS, median(run.wall for run in own), "s"))
    bases, commands = of(runs, "base", "empty cache", OURS), of(runs, "base", "one command", OURS)
    if bases:
        found.append(Result("base: a base image, from an empty cache", BASE_SECONDS, median(run.wall for run in bases), "s"))
        found.append(Result("base: the one command without its boot, from the cache", CACHED_COMMAND_SECONDS, median([run.wall for run in commands]) if commands else None, "s"))
    peaks = [run for run in runs if run.contestant == OURS and run.peak and run.suite != "decode"]
    if peaks:
        worst = max(peaks, key=lambda run: run.peak)
        found.append(Result(f"peak memory, worst of {len(peaks)} runs ({worst.suite}, {worst.setting})", PEAK_MB, worst.peak, "MB"))
    return found
