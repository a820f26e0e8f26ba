using RpiLive.Core.Debian.Packages;

namespace RpiLive.Tests.Debian.Support;

/// <summary>Checks a set of packages by the words of Debian Policy 7, with nothing of the resolver.</summary>
internal static class PackageSet
{
    /// <summary>What is wrong with installing these packages together; empty where nothing is.</summary>
    public static IReadOnlyList<string> Problems(IReadOnlyCollection<Package> packages)
    {
        List<string> problems = [];
        foreach (Package package in packages)
        {
            foreach (Dependency dependency in package.Relations(RelationField.PreDepends).Concat(package.Relations(RelationField.Depends)))
            {
                if (!packages.Any(other => dependency.Alternatives.Any(relation => Meets(other, relation))))
                    problems.Add($"{package} depends on {dependency}");
            }
            foreach (Dependency dependency in package.Relations(RelationField.Conflicts).Concat(package.Relations(RelationField.Breaks)))
            {
                foreach (Package other in packages.Where(other => other != package && Meets(other, dependency.Alternatives[0])))
                    problems.Add($"{package} conflicts with {other}");
            }
            if (packages.Count(other => other.Name == package.Name) > 1)
                problems.Add($"{package.Name} is there twice");
        }
        return problems;
    }

    /// <summary>The dependencies that are met by later packages only, each <c>user needs package</c>; for sets without cycles and alternatives.</summary>
    public static IReadOnlyList<string> Disorder(IReadOnlyList<Package> packages, params RelationField[] fields)
    {
        List<string> late = [];
        for (int i = 0; i < packages.Count; i++)
        {
            foreach (Dependency dependency in fields.SelectMany(packages[i].Relations))
            {
                if (!packages.Take(i + 1).Any(other => dependency.Alternatives.Any(relation => Meets(other, relation))))
                    late.Add($"{packages[i].Name} needs {dependency}");
            }
        }
        return late;
    }

    private static bool Meets(Package package, PackageRelation relation) =>
        (package.Name == relation.Name && relation.Accepts(package.Version))
        || package.Relations(RelationField.Provides).Select(provided => provided.Alternatives[0]).Any(provided =>
            provided.Name == relation.Name && (relation.Version is null || (provided.Version is not null && relation.Accepts(provided.Version))));
}
