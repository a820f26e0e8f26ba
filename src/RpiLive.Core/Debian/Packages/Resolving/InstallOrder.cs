namespace RpiLive.Core.Debian.Packages.Resolving;

/// <summary>Brings the packages of a solution into an order, and leaves out what was chosen on the way but nothing needs.</summary>
internal sealed class InstallOrder
{
    private readonly PackageClauses _clauses;
    private readonly Dictionary<int, List<int>> _all = [], _before = [], _users = [];

    public InstallOrder(PackageClauses clauses, Solver solver)
    {
        _clauses = clauses;
        foreach (int variable in solver.True)
        {
            List<int> all = [], before = [];
            foreach (Clause clause in clauses.Of(variable))
            {
                if (!clause.IsDependency)
                    continue;
                int needed = Needed(clause, solver);
                all.Add(needed);
                if (clause.Kind == ClauseKind.PreDepends)
                    before.Add(needed);
            }
            (_all[variable], _before[variable]) = (all, before);
        }
    }

    /// <summary>Packages after what they depend on; within a cycle, after what they pre-depend on, where that is no cycle too.</summary>
    public IReadOnlyList<Package> Sort()
    {
        List<int> order = PostOrder([0], _all, []);
        Dictionary<int, int> rank = [];
        for (int i = 0; i < order.Count; i++)
            rank[order[i]] = i;
        foreach (int variable in order)
        {
            foreach (int needed in _all[variable])
            {
                if (!_users.TryGetValue(needed, out List<int>? users))
                    _users[needed] = users = [];
                users.Add(variable);
            }
        }
        // Against the edges, from the last: each search finds one cycle, and users before what they need (S. R. Kosaraju, 1978).
        List<List<int>> cycles = [];
        HashSet<int> seen = [];
        for (int i = order.Count - 1; i >= 0; i--)
        {
            if (!seen.Contains(order[i]))
                cycles.Add(PostOrder([order[i]], _users, seen));
        }
        List<Package> packages = [];
        for (int i = cycles.Count - 1; i >= 0; i--)
        {
            List<int> cycle = cycles[i];
            cycle.Sort((left, right) => rank[left].CompareTo(rank[right]));
            HashSet<int> outside = [.. cycle.SelectMany(variable => _before[variable])];
            outside.ExceptWith(cycle);
            foreach (int variable in PostOrder(cycle, _before, outside))
            {
                if (_clauses.Package(variable) is { } package)
                    packages.Add(package);
            }
        }
        return packages;
    }

    /// <summary>The preferred one of the choices that are in the solution.</summary>
    private static int Needed(Clause clause, Solver solver)
    {
        foreach (int literal in clause.Literals[1..])
        {
            if (solver.IsTrue(literal))
                return literal >> 1;
        }
        throw new InvalidOperationException("A dependency of the solution is not met.");
    }

    /// <summary>What can be reached from the starts, each after what can be reached from it; without recursion, as chains may be long.</summary>
    private static List<int> PostOrder(IEnumerable<int> starts, Dictionary<int, List<int>> edges, HashSet<int> seen)
    {
        List<int> order = [];
        Stack<(int Node, int Next)> path = [];
        foreach (int start in starts)
        {
            if (seen.Add(start))
                path.Push((start, 0));
            while (path.TryPop(out (int Node, int Next) step))
            {
                List<int> next = edges.GetValueOrDefault(step.Node) ?? [];
                if (step.Next == next.Count)
                {
                    order.Add(step.Node);
                    continue;
                }
                path.Push((step.Node, step.Next + 1));
                if (seen.Add(next[step.Next]))
                    path.Push((next[step.Next], 0));
            }
        }
        return order;
    }
}
