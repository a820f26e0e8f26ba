// Two emulated boards at once would take longer than one after the other, and miss their time limits.
[assembly: Parallelization(Mode = ParallelMode.None)]
