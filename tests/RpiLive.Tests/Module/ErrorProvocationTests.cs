using System.Management.Automation;
using RpiLive.Core.Errors;
using RpiLive.Errors;
using RpiLive.Tests.Module.Errors;

namespace RpiLive.Tests.Module;

/// <summary>Every error of the table is provoked through a cmdlet, and is what the table and its users expect.</summary>
public sealed class ErrorProvocationTests(LiveImageFixture images) : IClassFixture<LiveImageFixture>
{
    /// <summary>What a recommended action starts with.</summary>
    private static readonly string[] s_verbs =
    [
        "Add", "Ask", "Check", "Choose", "Close", "Correct", "Decompress", "Do", "Download", "Free", "Give", "Install", "Keep", "Leave", "List", "Make", "Name", "Pass", "Please",
        "Remove", "Repair", "Say", "See", "Start", "Take", "Try", "Unpack", "Use", "Wait",
    ];

    public static TheoryData<string> Ways { get; } = [.. Provocations.All.Select(way => way.ToString())];

    private static IEnumerable<ErrorKind> Kinds => ErrorTable.Sections.SelectMany(section => section.Kinds);

    [Theory]
    [MemberData(nameof(Ways))]
    public void The_error_says_what_is_wrong_with_what_and_leaves_nothing(string name)
    {
        Provocation way = Provocations.All.Single(way => way.ToString() == name);
        ErrorKind kind = Kinds.Single(kind => kind.Id == way.Id);
        using ErrorWorkshop workshop = new(images);
        string script = way.Prepare(workshop);
        Dictionary<string, string> before = new(workshop.Look());
        ErrorRecord error = Assert.Single(workshop.Provoke(script).Errors);

        string command = way.Id == "Unexpected" ? "RpiLive.Tests.Module.FakeBuildCommand" : @"RpiLive\.Commands\.\w+Command";
        Assert.True(error.FullyQualifiedErrorId.StartsWith(way.Id + ",", StringComparison.Ordinal), $"{error.FullyQualifiedErrorId}: {error}");
        Assert.Matches($"^{way.Id},{command}$", error.FullyQualifiedErrorId);
        Assert.Equal(kind.Category, error.CategoryInfo.Category);
        Assert.Equal(way.Id == "ParametersDisagree", error.TargetObject is null);
        Assert.Contains(way.Names ?? error.TargetObject!.ToString()!, error.ErrorDetails.Message, StringComparison.Ordinal);
        AssertHelps(error.ErrorDetails.RecommendedAction, kind);

        Dictionary<string, string> after = new(workshop.Look().Where(pair => way.KeepsIn is null || !pair.Key.StartsWith(way.KeepsIn + Path.DirectorySeparatorChar, StringComparison.Ordinal)));
        Assert.Equal(way.Makes is not null, way.Makes is not null && after.Remove(way.Makes));
        Assert.Equal(before.OrderBy(pair => pair.Key, StringComparer.Ordinal), after.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_error_of_the_table_is_provoked() =>
        Assert.Equal(Kinds.Select(kind => kind.Id).Order(StringComparer.Ordinal), Provocations.All.Select(way => way.Id).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_action_of_the_table_asks_for_something() => Assert.All(Kinds, kind => Assert.Contains(kind.Action.Split(' ')[0], s_verbs));

    /// <summary>One imperative sentence; where the engine knows none for this format alone, the table's.</summary>
    private static void AssertHelps(string action, ErrorKind kind)
    {
        Assert.Contains(action.Split(' ')[0], s_verbs);
        Assert.Matches(@"[^.\s]\.$", action);
        string[] general = [ImageException.Corrupt("", "", "").RecommendedAction, ImageException.Unsupported("", "", "").RecommendedAction];
        if (general.Contains(action))
            Assert.Equal(kind.Action, action);
    }
}
