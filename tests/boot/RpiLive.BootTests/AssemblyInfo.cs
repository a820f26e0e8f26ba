// Emulated boards wait a lot: two at a time take less time than one after the other. Those that must not wait are in a collection of their own.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.Collections, MaxThreads = 2)]
