using System.Text.Json;
using Json.Schema;

namespace RpiLive.Tests.Support;

/// <summary>The schemas of docs/schemas, as judges of what the shell writes.</summary>
internal static class Schemas
{
    private static readonly string s_folder = Path.Combine(FindTop(), "docs", "schemas");
    private static readonly Dictionary<string, JsonSchema> s_schemas = [];

    /// <summary>Fails the test unless a document is as its schema says.</summary>
    /// <param name="name">Name of the schema, such as <c>rpilive-status</c>.</param>
    /// <param name="document">The document.</param>
    public static void Check(string name, JsonElement document)
    {
        JsonSchema? schema;
        lock (s_schemas)
        {
            if (!s_schemas.TryGetValue(name, out schema))
                s_schemas.Add(name, schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(s_folder, name + ".schema.json"))));
        }
        EvaluationResults results = schema.Evaluate(document, new EvaluationOptions { OutputFormat = OutputFormat.List });
        IEnumerable<string> faults = (results.Details ?? []).Where(detail => detail.Errors is not null)
            .Select(detail => $"{detail.InstanceLocation}: {string.Join("; ", detail.Errors!.Values)}");
        Assert.True(results.IsValid, $"{document}\nis no {name}:\n{string.Join('\n', faults)}");
    }

    private static string FindTop()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RpiLive.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("these tests lie in no checkout of RpiLive");
    }
}
