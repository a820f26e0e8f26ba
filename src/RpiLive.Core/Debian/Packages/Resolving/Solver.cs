namespace RpiLive.Core.Debian.Packages.Resolving;

/// <summary>
/// Finds values of variables that make all clauses true: it draws conclusions from each choice, and when a choice leads to a
/// contradiction it learns a clause that excludes the cause, goes back to the last choice that has part in it, and goes on from there
/// (conflict-driven clause learning, J. P. Marques-Silva and K. A. Sakallah, 1996). Choices are made in the order of the packages
/// that need them, and try the preferred first.
/// </summary>
internal sealed class Solver
{
    /// <summary>Literals that it looks at before it gives up, a second's work or two. Desktops of Debian take under a million.</summary>
    private const long MaxWork = 100_000_000;

    private readonly IClauses _clauses;
    private readonly List<Variable> _variables = [];
    private readonly List<List<Clause>?> _watches = [];
    private readonly List<int> _trail = [];
    private readonly List<Level> _levels = [];
    private Cursor _versions, _choices;
    private int _propagated;
    private long _work;

    public Solver(IClauses clauses) => _clauses = clauses;

    /// <summary>The variables that are true, in the order in which they became so.</summary>
    public IEnumerable<int> True => _trail.Where(literal => (literal & 1) == 0).Select(literal => literal >> 1);

    /// <summary>Without success, a clause all of whose literals are false by conclusions from the clauses alone; null where the work was given up.</summary>
    public Clause? Contradiction { get; private set; }

    /// <summary>The last contradiction that a field of a package made; null where there was none.</summary>
    public Clause? LastContradiction { get; private set; }

    /// <summary>True where the literal is true.</summary>
    public bool IsTrue(int literal) => Value(literal) == 1;

    /// <summary>True where the literal is false.</summary>
    public bool IsFalse(int literal) => Value(literal) == -1;

    /// <summary>The clause that a variable has its value from; null where it was chosen.</summary>
    public Clause? Reason(int variable) => _variables[variable].Reason;

    /// <summary>Looks for values; false where there are none, or none were found with bearable work.</summary>
    public bool Solve()
    {
        Grow();
        Assign(0, null);
        while (_work < MaxWork)
        {
            Clause? contradiction = Propagate();
            if (contradiction is null)
            {
                if (_work < MaxWork && !Choose())
                    return true;
                continue;
            }
            if (contradiction.Kind != ClauseKind.Learned)
                LastContradiction = contradiction;
            if (_levels.Count == 0)
            {
                Contradiction = contradiction;
                return false;
            }
            (Clause learned, int level) = Learn(contradiction);
            GoBack(level);
            // All literals but one are false there, so that one follows.
            Attach(learned);
        }
        return false;
    }

    private int Value(int literal)
    {
        int value = literal >> 1 < _variables.Count ? _variables[literal >> 1].Value : 0;
        return (literal & 1) == 0 ? value : -value;
    }

    private void Grow()
    {
        while (_variables.Count < _clauses.Count)
        {
            _variables.Add(new());
            _watches.Add(null);
            _watches.Add(null);
        }
    }

    private void Assign(int literal, Clause? reason)
    {
        Variable variable = _variables[literal >> 1];
        variable.Value = (literal & 1) == 0 ? 1 : -1;
        variable.Level = _levels.Count;
        variable.Reason = reason;
        _trail.Add(literal);
    }

    /// <summary>Draws all conclusions, as far as the work goes; a clause that cannot be true any more, or null.</summary>
    private Clause? Propagate()
    {
        while (_propagated < _trail.Count && _work < MaxWork)
        {
            int literal = _trail[_propagated++];
            if ((literal & 1) == 0 && Expand(literal >> 1) is { } contradiction)
                return contradiction;
            if (Visit(literal ^ 1) is { } failed)
                return failed;
        }
        return null;
    }

    private Clause? Expand(int index)
    {
        Variable variable = _variables[index];
        if (variable.IsExpanded)
            return null;
        variable.IsExpanded = true;
        IReadOnlyList<Clause> clauses = _clauses.Of(index);
        Grow();
        // All of them are attached, even after a contradiction: they are not asked for again.
        Clause? contradiction = null;
        foreach (Clause clause in clauses)
            contradiction = Attach(clause) is { } failed && contradiction is null ? failed : contradiction;
        return contradiction;
    }

    /// <summary>Watches the two literals that can be true for longest; the clause itself where none can.</summary>
    private Clause? Attach(Clause clause)
    {
        _work += clause.Literals.Length;
        int first = -1, second = -1;
        foreach (int literal in clause.Literals)
        {
            if (first < 0 || Rank(literal) > Rank(first))
                (first, second) = (literal, first);
            else if (second < 0 || Rank(literal) > Rank(second))
                second = literal;
        }
        clause.FirstWatch = first;
        clause.SecondWatch = second < 0 ? first : second;
        (_watches[first] ??= []).Add(clause);
        if (second >= 0)
            (_watches[second] ??= []).Add(clause);
        if (IsFalse(first))
            return clause;
        if (Value(first) == 0 && (second < 0 || IsFalse(second)))
            Assign(first, clause);
        return null;
    }

    /// <summary>True before open before false, and false the later the better.</summary>
    private int Rank(int literal) => Value(literal) switch
    {
        1 => int.MaxValue,
        0 => int.MaxValue - 1,
        _ => _variables[literal >> 1].Level,
    };

    /// <summary>Finds another literal to watch for all clauses that watch one that is false now.</summary>
    private Clause? Visit(int falsified)
    {
        if (_watches[falsified] is not { } watching)
            return null;
        _work += watching.Count;
        int kept = 0;
        Clause? contradiction = null;
        for (int i = 0; i < watching.Count; i++)
        {
            Clause clause = watching[i];
            int other = clause.FirstWatch == falsified ? clause.SecondWatch : clause.FirstWatch;
            if (contradiction is null && !IsTrue(other) && Replacement(clause, other) is >= 0 and int replacement)
            {
                (clause.FirstWatch, clause.SecondWatch) = (other, replacement);
                (_watches[replacement] ??= []).Add(clause);
                continue;
            }
            watching[kept++] = clause;
            if (contradiction is not null || IsTrue(other))
                continue;
            if (IsFalse(other))
                contradiction = clause;
            else
                Assign(other, clause);
        }
        watching.RemoveRange(kept, watching.Count - kept);
        return contradiction;
    }

    private int Replacement(Clause clause, int other)
    {
        foreach (int literal in clause.Literals)
        {
            _work++;
            if (literal != other && !IsFalse(literal))
                return literal;
        }
        return -1;
    }

    /// <summary>Chooses for the first dependency that is open; false where there is none.</summary>
    private bool Choose()
    {
        Cursor versions = _versions, choices = _choices;
        // A dependency on one package in several versions is hardly a choice: what it takes may meet those that are.
        int literal = Advance(ref versions, onlyVersions: true);
        if (literal < 0)
            literal = Advance(ref choices, onlyVersions: false);
        if (literal < 0)
            return false;
        _levels.Add(new(_trail.Count, _versions, _choices));
        (_versions, _choices) = (versions, choices);
        Assign(literal, null);
        return true;
    }

    private int Advance(ref Cursor cursor, bool onlyVersions)
    {
        for (; cursor.Trail < _trail.Count; cursor = new(cursor.Trail + 1, 0))
        {
            int variable = _trail[cursor.Trail] >> 1;
            if ((_trail[cursor.Trail] & 1) != 0)
                continue;
            IReadOnlyList<Clause> clauses = _clauses.Of(variable);
            for (; cursor.Clause < clauses.Count; cursor = cursor with { Clause = cursor.Clause + 1 })
            {
                Clause clause = clauses[cursor.Clause];
                _work++;
                if (clause.IsDependency && FirstOpen(clause) is >= 0 and int literal && (!onlyVersions || _clauses.IsOnePackage(clause, this)))
                    return literal;
            }
        }
        return -1;
    }

    /// <summary>The preferred choice of a dependency that nothing meets yet, or -1.</summary>
    private int FirstOpen(Clause clause)
    {
        _work += clause.Literals.Length;
        int open = -1;
        foreach (int literal in clause.Literals[1..])
        {
            if (IsTrue(literal))
                return -1;
            if (open < 0 && !IsFalse(literal))
                open = literal;
        }
        return open;
    }

    /// <summary>
    /// Replaces conclusions of the last level by their reasons until one literal of it is left: the clause, and the level at which
    /// that literal follows from the others.
    /// </summary>
    private (Clause Learned, int Level) Learn(Clause contradiction)
    {
        HashSet<int> seen = [];
        List<int> literals = [];
        int open = 0, level = 0, position = _trail.Count, own = -1;
        bool resolved = false;
        ReadOnlySpan<int> reason = contradiction.Literals;
        while (true)
        {
            _work += reason.Length;
            foreach (int literal in reason)
            {
                Variable variable = _variables[literal >> 1];
                // What holds from the start needs no mention.
                if (literal == own || variable.Level == 0 || !seen.Add(literal >> 1))
                    continue;
                if (variable.Level == _levels.Count)
                    open++;
                else
                {
                    literals.Add(literal);
                    level = Math.Max(level, variable.Level);
                }
            }
            do
                own = _trail[--position];
            while (!seen.Contains(own >> 1));
            if (--open == 0)
                break;
            resolved = true;
            reason = _variables[own >> 1].Reason!.Literals;
        }
        literals.Add(own ^ 1);
        // Without a step this is still what a package says, which messages can quote.
        Clause learned = resolved
            ? new(ClauseKind.Learned, 0, null, [.. literals])
            : new(contradiction.Kind, contradiction.Owner, contradiction.Relation, contradiction.Literals.ToArray());
        return (learned, level);
    }

    private void GoBack(int level)
    {
        Level start = _levels[level];
        _work += _trail.Count - start.Trail;
        for (int i = start.Trail; i < _trail.Count; i++)
        {
            Variable variable = _variables[_trail[i] >> 1];
            variable.Value = 0;
            variable.Reason = null;
        }
        _trail.RemoveRange(start.Trail, _trail.Count - start.Trail);
        _propagated = start.Trail;
        (_versions, _choices) = (start.Versions, start.Choices);
        _levels.RemoveRange(level, _levels.Count - level);
    }

    private sealed class Variable
    {
        public int Value { get; set; }

        public int Level { get; set; }

        public Clause? Reason { get; set; }

        public bool IsExpanded { get; set; }
    }

    /// <summary>A dependency of a true variable by its place in the trail.</summary>
    private readonly record struct Cursor(int Trail, int Clause);

    /// <summary>What was so when a level began.</summary>
    private readonly record struct Level(int Trail, Cursor Versions, Cursor Choices);
}
