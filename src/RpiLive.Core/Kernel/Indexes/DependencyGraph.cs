namespace RpiLive.Core.Kernel.Indexes;

/// <summary>Which modules each module needs to be loaded before it, by the symbols that it imports.</summary>
internal sealed class DependencyGraph
{
    private readonly IReadOnlyList<IndexedModule> _modules;
    private readonly int[][] _direct;
    private readonly int[] _rank, _seen;
    private int _round;

    /// <summary>Resolves the imports.</summary>
    /// <param name="modules">All modules, in their order.</param>
    /// <param name="owners">For each exported symbol the place of the module that exports it.</param>
    /// <param name="folder">The module directory, for errors.</param>
    /// <exception cref="Errors.ImageException"><c>CorruptModule</c>: modules need each other in a circle.</exception>
    public DependencyGraph(IReadOnlyList<IndexedModule> modules, IReadOnlyDictionary<string, int> owners, string folder)
    {
        _modules = modules;
        _direct = [.. modules.Select(module => Direct(module, owners))];
        _rank = new int[modules.Count];
        _seen = new int[modules.Count];
        Rank(folder);
    }

    /// <summary>All that a module needs, directly or not, by the rank of users before what they use.</summary>
    /// <param name="module">Place of the module.</param>
    public IReadOnlyList<IndexedModule> Closure(int module)
    {
        _round++;
        List<int> found = [];
        Visit(module, found);
        for (int i = 0; i < found.Count; i++)
            Visit(found[i], found);
        found.Sort((left, right) => _rank[left] - _rank[right]);
        return [.. found.Select(index => _modules[index])];
    }

    private void Visit(int module, List<int> found)
    {
        foreach (int needed in _direct[module])
        {
            if (_seen[needed] != _round)
            {
                _seen[needed] = _round;
                found.Add(needed);
            }
        }
    }

    private static int[] Direct(IndexedModule module, IReadOnlyDictionary<string, int> owners)
    {
        // An ordered set: the order of the symbol table decides the ranks.
        OrderedDictionary<int, bool> found = [];
        foreach (string import in module.Facts.Imports)
        {
            // 64-bit PowerPC names the code of a function with a dot before its name.
            string symbol = import.StartsWith('.') ? import[1..] : import;
            if (owners.TryGetValue(symbol, out int owner))
                found.TryAdd(owner, true);
        }
        return [.. found.Keys];
    }

    /// <summary>
    /// Ranks users before what they use. Of those that are free to come next, depmod takes the one that became free last; equal
    /// files need that too.
    /// </summary>
    private void Rank(string folder)
    {
        int[] users = new int[_modules.Count];
        foreach (int needed in _direct.SelectMany(direct => direct))
            users[needed]++;
        Stack<int> free = new(Enumerable.Range(0, users.Length).Where(module => users[module] == 0));
        int rank = 0;
        while (free.TryPop(out int module))
        {
            _rank[module] = rank++;
            foreach (int needed in _direct[module])
            {
                if (--users[needed] == 0)
                    free.Push(needed);
            }
        }
        if (rank < users.Length)
            throw ModuleError.Of($"{folder}/{_modules[OnCircle(users)].Path}", "needs itself, through modules that it depends on");
    }

    /// <summary>What is left without a rank has a user without a rank: going up from user to user ends in a circle.</summary>
    /// <param name="users">For each module the users that have no rank.</param>
    private int OnCircle(int[] users)
    {
        Dictionary<int, int> userOf = [];
        for (int i = 0; i < users.Length; i++)
        {
            foreach (int needed in users[i] > 0 ? _direct[i] : [])
                userOf[needed] = i;
        }
        HashSet<int> passed = [];
        int module = Array.FindIndex(users, count => count > 0);
        while (passed.Add(module))
            module = userOf[module];
        return module;
    }
}
