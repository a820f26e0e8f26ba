using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RpiLive.Tests.Module;

public sealed partial class FormatFileTests
{
    private static readonly XDocument s_format = XDocument.Load(Path.Join(Path.GetDirectoryName(Subjects.Module), "RpiLive.Format.ps1xml"));

    /// <summary>What the cmdlets emit, and what that holds.</summary>
    private static IEnumerable<Type> Types => typeof(RpiLiveImage).Assembly.GetExportedTypes()
        .Where(type => type is { Namespace: "RpiLive", IsEnum: false } && type != typeof(ModuleInitializer));

    [Fact]
    public void Every_property_that_a_view_names_is_one_of_its_type()
    {
        foreach (XElement view in s_format.Descendants("View"))
        {
            Type type = TypeOf(view);
            Assert.NotEmpty(NamedIn(view));
            Assert.All(NamedIn(view), name => Assert.NotNull(type.GetProperty(name)));
        }
    }

    [Fact]
    public void Every_public_type_has_a_short_view_first_and_then_a_list()
    {
        Assert.InRange(Types.Count(), 9, 100);
        Assert.All(Types, type => Assert.Collection(
            s_format.Descendants("View").Where(view => TypeOf(view) == type),
            view => Assert.NotNull(view.Element("TableControl") ?? view.Element("CustomControl")),
            view => Assert.NotNull(view.Element("ListControl"))));
    }

    [Fact]
    public void A_list_tells_everything_that_its_object_knows()
    {
        foreach (XElement list in s_format.Descendants("View").Where(view => view.Element("ListControl") is not null))
        {
            string[] properties = [.. TypeOf(list).GetProperties().Select(property => property.Name)];
            // The name of a file is the end of its path.
            Assert.Equal(properties.Where(name => name != "Name" || !properties.Contains("Path")).Order(), NamedIn(list).Distinct().Order());
        }
    }

    [Fact]
    public void No_table_has_more_columns_than_fit()
    {
        foreach (XElement table in s_format.Descendants("TableControl"))
        {
            Assert.InRange(table.Descendants("TableColumnItem").Count(), 1, 5);
            Assert.Equal(table.Descendants("TableColumnHeader").Count(), table.Descendants("TableColumnItem").Count());
        }
    }

    [Fact]
    public void Colour_comes_from_the_user_s_style_alone()
    {
        Assert.Contains("$PSStyle.", s_format.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", s_format.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("`e", s_format.ToString(), StringComparison.Ordinal);
    }

    private static Type TypeOf(XElement view)
    {
        string set = view.Descendants("SelectionSetName").Single().Value;
        XElement types = s_format.Descendants("SelectionSet").Single(element => element.Element("Name")!.Value == set);
        string name = types.Descendants("TypeName").First().Value;
        Assert.Equal([name, "Deserialized." + name], types.Descendants("TypeName").Select(type => type.Value));
        return typeof(RpiLiveImage).Assembly.GetType(name, throwOnError: true)!;
    }

    private static IEnumerable<string> NamedIn(XElement view) => view.Descendants("PropertyName").Select(element => element.Value)
        .Concat(view.Descendants("ScriptBlock").SelectMany(element => PropertyOfInput().Matches(element.Value)).Select(match => match.Groups[1].Value));

    [GeneratedRegex(@"\$_\.([A-Za-z0-9]+)")]
    private static partial Regex PropertyOfInput();
}
