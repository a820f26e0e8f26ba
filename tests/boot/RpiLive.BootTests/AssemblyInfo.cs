// Two emulated boards at once would take longer than one after the other, and miss their time limits.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
