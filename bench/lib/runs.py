"""The results of the benchmark: a line a run, fields parted by tabs."""
import collections

Run = collections.namedtuple("Run", "suite setting contestant number wall cpu peak bytes")
MEGABYTE = 10 ** 6
OURS = "rpilive"


def read(path):
    """All runs that ended well, in their order."""
    runs = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if line.startswith("#") or fields[0] == "suite" or fields[4] != "ok":
                continue
            suite, setting, contestant, number, _, wall, cpu, peak, size = fields
            runs.append(Run(suite, setting, contestant, int(number), float(wall), float(cpu),
                            int(peak) * 1024 / MEGABYTE if peak else None, int(size) if size else None))
    return runs


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def of(runs, suite, setting=None, contestant=None):
    return [run for run in runs if run.suite == suite and setting in (None, run.setting) and contestant in (None, run.contestant)]


def distinct(values):
    return list(dict.fromkeys(values))


def over_turns(ours, theirs, compare):
    """Median over the turns of a comparison of wall times; None where no turn has both. A turn's runs see the same machine."""
    peer = {run.number: run.wall for run in theirs}
    compared = [compare(run.wall, peer[run.number]) for run in ours if peer.get(run.number)]
    return median(compared) if compared else None


def wall_ratio(ours, theirs):
    return over_turns(ours, theirs, lambda our, their: our / their)


def wall_difference(ours, theirs):
    return over_turns(ours, theirs, lambda our, their: our - their)


def size_ratio(ours, theirs):
    """Our size to theirs; None where one is not known."""
    sizes = [[run.bytes for run in side if run.bytes] for side in (ours, theirs)]
    return median(sizes[0]) / median(sizes[1]) if all(sizes) else None
