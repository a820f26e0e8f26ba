using RpiLive.Core.Debian.Packages;
using RpiLive.Core.Errors;
using RpiLive.Tests.Debian.Support;

namespace RpiLive.Tests.Debian.Packages;

public sealed class PackageResolverTests
{
    private static readonly string[] s_signs = ["<<", "<=", "=", ">=", ">>"];

    [Fact]
    public void Packages_come_after_what_they_need() => Assert.Equal(["e", "c", "d", "b", "a"], new SamplePackages()
        .Add("a", "Depends: b, c").Add("b", "Depends: c, d (>= 1)").Add("c", "Pre-Depends: e").Add("d").Add("e").Add("f").Resolve("a"));

    [Fact]
    public void Essential_packages_come_first_and_required_ones_when_asked_for()
    {
        SamplePackages sample = new SamplePackages().Add("a").Add("required", "Priority: required").Add("base", "Essential: yes", "Depends: lib").Add("lib");
        Assert.Equal(["lib", "base", "a"], sample.Resolve("a"));
        Assert.Equal(["required", "lib", "base", "a"], Names(sample, new() { Wanted = ["a"], Required = true }));
        Assert.Equal(["a"], Names(sample, new() { Wanted = ["a"], Essential = false }));
        Assert.Equal(["a"], Names(sample, new() { Wanted = ["a"], Excluded = ["base"] }));
        Assert.Equal(["required"], Names(sample, new() { Wanted = [], Required = true, Essential = false }));
    }

    [Fact]
    public void Within_a_cycle_what_is_pre_depended_on_comes_first()
    {
        // The order of the fields alone would bring a before b.
        SamplePackages sample = new SamplePackages().Add("a", "Depends: b").Add("b", "Depends: c, a").Add("c", "Pre-Depends: a").Add("top", "Depends: c");
        foreach (string first in (string[])["a", "b", "c", "top"])
        {
            IReadOnlyList<Package> packages = new PackageResolver(sample.ToIndex()).Resolve(new() { Wanted = [first, "top"] });
            Assert.Equal(4, packages.Count);
            Assert.Empty(PackageSet.Disorder(packages, RelationField.PreDepends));
            Assert.Equal("top", packages[^1].Name);
        }
    }

    [Fact]
    public void Recommended_packages_are_not_taken() => Assert.Equal(["a"], new SamplePackages().Add("a", "Recommends: b", "Suggests: b").Add("b").Resolve("a"));

    [Theory]
    [InlineData("a", "b a")]
    [InlineData("a c", "c a")]
    [InlineData("c a", "c a")]
    [InlineData("a d", "c d a")]
    public void The_first_alternative_is_taken_unless_another_is_there_anyway(string wanted, string expected) => Assert.Equal(expected.Split(' ').Order(),
        new SamplePackages().Add("a", "Depends: b | c").Add("b").Add("c").Add("d", "Depends: c").Resolve(wanted.Split(' ')).Order());

    [Fact]
    public void An_alternative_that_cannot_be_had_is_passed_over()
    {
        SamplePackages sample = new SamplePackages().Add("a", "Depends: none | old (>= 2) | broken | clash | deep | good").Add("old").Add("broken", "Depends: none")
            .Add("clash", "Conflicts: a").Add("deep", "Depends: deeper | none").Add("deeper", "Depends: a (<< 1)").Add("good");
        Assert.Equal(["good", "a"], sample.Resolve("a"));
    }

    [Fact]
    public void A_real_package_goes_before_those_that_provide_its_name()
    {
        SamplePackages sample = new SamplePackages().Add("a", "Depends: v").Add("m", "Provides: v", "Priority: required").Add("v").Add("x", "Provides: v");
        Assert.Equal(["v", "a"], sample.Resolve("a"));
        Assert.Equal(["v"], sample.Resolve("v"));
    }

    [Fact]
    public void Of_those_that_provide_a_name_priority_counts_then_the_name()
    {
        Assert.Equal(["z", "a"], new SamplePackages().Add("a", "Depends: v").Add("b", "Provides: v").Add("z", "Provides: v", "Priority: standard").Resolve("a"));
        Assert.Equal(["b", "a"], new SamplePackages().Add("a", "Depends: v").Add("c", "Provides: v").Add("b", "Provides: v").Resolve("a"));
        Assert.Equal(["c"], new SamplePackages().Add("c", "Provides: v").Resolve("v"));
    }

    [Fact]
    public void A_dependency_with_a_version_is_met_by_a_provided_version_alone() => Assert.Equal(["y", "a"], new SamplePackages()
        .Add("a", "Depends: v (>= 2)").Add("w", "Version: 3", "Provides: v").Add("x", "Provides: v (= 1)").Add("y", "Provides: v (= 2)").Resolve("a"));

    [Fact]
    public void Any_architecture_is_met_by_what_allows_it()
    {
        SamplePackages sample = new SamplePackages().Add("a", "Depends: p:any").Add("b", "Depends: q:any").Add("c", "Depends: q:arm64, q:native").Add("d", "Depends: q:armhf")
            .Add("p", "Multi-Arch: allowed").Add("q", "Multi-Arch: foreign");
        Assert.Equal(["p", "a"], sample.Resolve("a"));
        Assert.Equal(["q", "c"], sample.Resolve("c"));
        Assert.Equal(ErrorIds.DependencyUnmet, Assert.Throws<ImageException>(() => sample.Resolve("b")).ErrorId);
        Assert.Equal(ErrorIds.DependencyUnmet, Assert.Throws<ImageException>(() => sample.Resolve("d")).ErrorId);
    }

    [Fact]
    public void The_highest_version_is_taken_that_works()
    {
        SamplePackages sample = new SamplePackages().Add("a", "Version: 1").Add("a", "Version: 2").Add("a", "Version: 3", "Depends: none")
            .Add("old", "Depends: a (= 1)").Add("new", "Depends: a (>= 2)");
        Assert.Equal(["a 2"], Chosen(sample, "a"));
        Assert.Equal(["a 1"], Chosen(sample, "a=1"));
        Assert.Equal(["a 1", "old 1.0"], Chosen(sample, "a", "old"));
        ImageException error = Fails(sample, "old", "new");
        Assert.Equal(ErrorIds.PackageConflict, error.ErrorId);
        Assert.Contains("versions of one package", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_version_that_was_asked_for_is_taken()
    {
        SamplePackages sample = new SamplePackages().Add("a", "Version: 1").Add("a", "Version: 2").Add("new", "Depends: a (>= 2)");
        ImageException error = Fails(sample, "a=1", "new");
        Assert.Equal(ErrorIds.DependencyUnmet, error.ErrorId);
        Assert.Equal("new depends on a (>= 2), which is asked for as 1.", error.Message);
        Assert.Equal("a is asked for as 1 and as 2.", Fails(sample, "a=1", "a=2").Message);
    }

    [Theory]
    [InlineData("Conflicts: b", "")]
    [InlineData("", "Conflicts: a")]
    [InlineData("Breaks: b (<< 1.1)", "")]
    [InlineData("", "Breaks: a (= 1.0)")]
    [InlineData("Conflicts: virtual", "Provides: virtual")]
    [InlineData("Provides: virtual (= 3)", "Breaks: virtual (>> 2)")]
    public void Packages_that_exclude_each_other_are_an_error(string ofA, string ofB)
    {
        SamplePackages sample = new SamplePackages().Add("a", Fields(ofA)).Add("b", Fields(ofB)).Add("c", "Depends: b");
        foreach (string[] wanted in (string[][])[["a", "b"], ["b", "a"], ["a", "c"]])
        {
            ImageException error = Fails(sample, wanted);
            Assert.Equal(ErrorIds.PackageConflict, error.ErrorId);
            Assert.Contains("a is asked for.", error.Message, StringComparison.Ordinal);
            Assert.Contains(wanted[^1] == "c" ? "c depends on b" : "b is asked for.", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Conflicts: b (<< 1.0)", "")]
    [InlineData("Conflicts: virtual (= 1)", "Provides: virtual")]
    [InlineData("Breaks: virtual (= 1)", "Provides: virtual (= 2)")]
    [InlineData("Provides: virtual\nConflicts: virtual", "")]
    [InlineData("Breaks: a (<< 1)", "Replaces: a")]
    [InlineData("Conflicts: b:armhf", "")]
    public void What_is_not_excluded_is_taken(string ofA, string ofB) =>
        Assert.Equal(["a", "b"], new SamplePackages().Add("a", Fields(ofA)).Add("b", Fields(ofB)).Resolve("a", "b"));

    [Fact]
    public void A_choice_that_leads_to_a_conflict_is_taken_back()
    {
        SamplePackages sample = new SamplePackages().Add("a", "Depends: x | y, p | q").Add("x", "Depends: x1").Add("x1", "Depends: x2 | x3")
            .Add("x2", "Conflicts: p, q").Add("x3", "Breaks: r").Add("p", "Depends: r").Add("q", "Depends: r").Add("r").Add("y");
        Assert.Equal(["y", "r", "p", "a"], sample.Resolve("a"));
    }

    [Theory]
    [InlineData("nam", "No index has a package nam; did you mean name?")]
    [InlineData("no_such", "No index has a package no_such.")]
    [InlineData("name=2", "No index has name in version 2; there is 1.0.")]
    [InlineData("name=", "'name=' has no version after the equals sign.")]
    [InlineData("a b", "'a b' is not the name of a package.")]
    [InlineData("", "'' is not the name of a package.")]
    [InlineData("../etc", "'../etc' is not the name of a package.")]
    [InlineData("virtual=1", "No index has a package virtual.")]
    public void A_wrong_name_is_told_with_what_it_may_be(string wanted, string message)
    {
        ImageException error = Fails(new SamplePackages().Add("name", "Provides: virtual"), wanted);
        Assert.Equal(ErrorIds.PackageMissing, error.ErrorId);
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("a", "a depends on b (>= 1), which depends on c, which no index has.")]
    [InlineData("old", "old depends on b (>= 2), which the indexes have as 1.0.")]
    [InlineData("either", "either depends on x | y, which no index can meet.")]
    [InlineData("both", "both depends on b | old; old depends on b (>= 2), which the indexes have as 1.0.")]
    [InlineData("far", "far depends on a, which depends on b (>= 1), which depends on c, which no index has.")]
    [InlineData("virtual", "provider depends on c, which no index has.")]
    public void A_dependency_that_cannot_be_met_is_told_with_its_chain(string wanted, string message)
    {
        ImageException error = Fails(new SamplePackages().Add("a", "Depends: b (>= 1)").Add("b", "Depends: c").Add("old", "Depends: b (>= 2)").Add("either", "Depends: x | y")
            .Add("both", "Depends: b | old").Add("far", "Depends: a").Add("provider", "Provides: virtual", "Depends: c"), wanted);
        Assert.Equal(ErrorIds.DependencyUnmet, error.ErrorId);
        Assert.Equal(message, error.Message);
        Assert.NotEmpty(error.RecommendedAction);
    }

    [Fact]
    public void What_is_excluded_is_not_taken()
    {
        SamplePackages sample = new SamplePackages().Add("a", "Depends: b | c").Add("b").Add("c").Add("d", "Depends: b");
        Assert.Equal(["c", "a"], Names(sample, new() { Wanted = ["a"], Excluded = ["b"] }));
        Assert.Equal("d depends on b, which is excluded.", Assert.Throws<ImageException>(() => Names(sample, new() { Wanted = ["d"], Excluded = ["b"] })).Message);
        Assert.Equal("a is asked for and excluded.", Assert.Throws<ImageException>(() => Names(sample, new() { Wanted = ["a"], Excluded = ["a"] })).Message);
    }

    [Fact]
    public void Conflicts_behind_choices_are_explained()
    {
        // Each of the two alternatives excludes one of what c takes.
        ImageException error = Fails(new SamplePackages().Add("a", "Depends: x | y").Add("x", "Conflicts: p").Add("y", "Conflicts: q")
            .Add("c", "Depends: p | p2, q | q2").Add("p").Add("p2", "Conflicts: x, y").Add("q").Add("q2", "Conflicts: x, y"), "a", "c");
        Assert.Equal(ErrorIds.PackageConflict, error.ErrorId);
        Assert.Contains("conflicts with", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_indexes_are_solved_whenever_they_can_be()
    {
        int solved = 0, unsolvable = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            SamplePackages sample = RandomPackages(new Random(seed), 7);
            PackageIndex index = sample.ToIndex();
            Package[] all = [.. index.Newest.SelectMany(package => index.Versions(package.Name))];
            bool solvable = Enumerable.Range(0, 1 << all.Length).Any(bits =>
                all.Where((_, i) => (bits >> i & 1) != 0).ToList() is var set && set.Any(package => package.Name == "p0") && PackageSet.Problems(set).Count == 0);
            try
            {
                IReadOnlyList<Package> packages = new PackageResolver(index).Resolve(new() { Wanted = ["p0"] });
                Assert.True(PackageSet.Problems(packages).Count == 0, $"Seed {seed}: {string.Join("; ", PackageSet.Problems(packages))}\n{sample.Text}");
                Assert.Contains(packages, package => package.Name == "p0");
                Assert.Equal(packages, new PackageResolver(sample.ToIndex()).Resolve(new() { Wanted = ["p0"] }), (left, right) => left.ToString() == right.ToString());
                solved++;
            }
            catch (ImageException e)
            {
                Assert.True(!solvable, $"Seed {seed}: {e.Message}\n{sample.Text}");
                Assert.Contains(e.ErrorId, (string[])[ErrorIds.DependencyUnmet, ErrorIds.PackageConflict]);
                unsolvable++;
            }
        }
        Assert.InRange(solved, 50, 350);
        Assert.InRange(unsolvable, 50, 350);
    }

    [Fact]
    public void Thousands_of_packages_come_to_an_end()
    {
        for (int seed = 0; seed < 3; seed++)
        {
            PackageIndex index = RandomPackages(new Random(seed), 3000).ToIndex();
            try
            {
                Assert.Empty(PackageSet.Problems(new PackageResolver(index).Resolve(new() { Wanted = ["p0", "p1", "p2"] })));
            }
            catch (ImageException e)
            {
                Assert.Contains(e.ErrorId, (string[])[ErrorIds.DependencyUnmet, ErrorIds.PackageConflict]);
            }
        }
    }

    [Fact]
    public void A_long_chain_is_followed_to_its_end()
    {
        SamplePackages sample = new();
        for (int i = 0; i < 5000; i++)
            sample.Add($"p{i}", $"Depends: p{i + 1}");
        ImageException error = Fails(sample, "p0");
        Assert.Equal("p4994 depends on p4995, which depends on p4996, which depends on p4997, which depends on p4998, which depends on p4999, which depends on p5000, which no index has.", error.Message);
        string[] names = sample.Add("p5000").Resolve("p0");
        Assert.Equal(5001, names.Length);
        Assert.Equal(("p5000", "p0"), (names[0], names[^1]));
    }

    [Theory]
    [InlineData(5, "conflicts with hole")]
    [InlineData(20, "No solution was found with much work; at the last, p")]
    public void Pigeons_that_do_not_fit_their_holes_come_to_an_end(int holes, string message)
    {
        // One package more than there are places: a proof without counting takes exponentially many steps.
        SamplePackages sample = new();
        for (int pigeon = 0; pigeon <= holes; pigeon++)
        {
            sample.Add($"pigeon{pigeon}", "Depends: " + string.Join(" | ", Enumerable.Range(0, holes).Select(hole => $"p{pigeon}h{hole}")));
            for (int hole = 0; hole < holes; hole++)
                sample.Add($"p{pigeon}h{hole}", $"Provides: hole{hole}", $"Conflicts: hole{hole}");
        }
        ImageException error = Fails(sample, [.. Enumerable.Range(0, holes + 1).Select(pigeon => $"pigeon{pigeon}")]);
        Assert.Equal(ErrorIds.PackageConflict, error.ErrorId);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(holes, sample.Resolve([.. Enumerable.Range(0, holes).Select(pigeon => $"pigeon{pigeon}")]).Length / 2);
    }

    [Fact]
    public void Indexes_of_endless_choices_are_refused()
    {
        SamplePackages sample = new();
        for (int i = 0; i < 3000; i++)
            sample.Add($"p{i}", "Provides: v", "Depends: " + string.Join(", ", Enumerable.Range(1, 5).Select(version => $"v (= {version})")));
        sample.Add("a", "Depends: " + string.Join(", ", Enumerable.Range(0, 10_000).Select(_ => "v")));
        ImageException error = Fails(sample, "a");
        Assert.Equal("CorruptPackageIndex", error.ErrorId);
        Assert.Contains("more choices than can be looked at", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Packages p0, p1 …, some in two versions, with random relations to each other and to virtual packages v0, v1 and v2.</summary>
    private static SamplePackages RandomPackages(Random random, int count)
    {
        SamplePackages sample = new();
        for (int i = 0; i < count; i++)
        {
            for (int version = random.Next(4) == 0 ? 2 : 1; version > 0; version--)
            {
                List<string> fields = [$"Version: {version}"];
                fields.Add("Depends: " + string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => string.Join(" | ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => Relation())))));
                fields.Add("Pre-Depends: " + (random.Next(6) == 0 ? Relation() : ""));
                if (random.Next(3) == 0)
                    fields.Add((random.Next(2) == 0 ? "Conflicts: " : "Breaks: ") + Relation());
                if (random.Next(4) == 0)
                    fields.Add($"Provides: v{random.Next(3)}{(random.Next(2) == 0 ? $" (= {random.Next(1, 3)})" : "")}");
                sample.Add($"p{i}", fields);
            }
        }
        return sample;

        string Relation() => (random.Next(6) == 0 ? $"v{random.Next(3)}" : $"p{random.Next(count)}")
            + (random.Next(3) == 0 ? $" ({s_signs[random.Next(s_signs.Length)]} {random.Next(1, 3)})" : "");
    }

    private static string[] Fields(string lines) => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static ImageException Fails(SamplePackages sample, params string[] wanted) => Assert.Throws<ImageException>(() => sample.Resolve(wanted));

    private static string[] Chosen(SamplePackages sample, params string[] wanted) =>
        [.. new PackageResolver(sample.ToIndex()).Resolve(new() { Wanted = wanted }).Select(package => package.ToString()).Order(StringComparer.Ordinal)];

    private static string[] Names(SamplePackages sample, PackageRequest request) =>
        [.. new PackageResolver(sample.ToIndex()).Resolve(request).Select(package => package.Name)];
}
