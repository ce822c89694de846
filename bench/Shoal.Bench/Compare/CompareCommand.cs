using System.Globalization;
using System.Text;
using Shoal.InteropTests.Js;

namespace Shoal.Bench.Compare;

/// <summary>Measures every row, ours and the foreign program in turn, and prints the table. A complete run writes it to docs/benchmarks.md.</summary>
internal static class CompareCommand
{
    private const int LeastRuns = 5;

    internal static async Task<int> RunAsync(string[] args)
    {
        int runs = (int)MeasuringProgram.Option(args, "runs", LeastRuns);
        string? only = Only(args);
        Row[] rows = [.. Rows.All.Where(row => only is null || row.Name == only)];
        if (rows.Length == 0)
        {
            await Console.Error.WriteLineAsync($"no row '{only}'; there are {string.Join(", ", Rows.All.Select(r => r.Name))}").ConfigureAwait(false);
            return 2;
        }

        if (JsPackages.WhyNot is { } reason)
        {
            await Console.Error.WriteLineAsync(reason).ConfigureAwait(false);
            return 1;
        }

        var table = new StringBuilder("| what | goal | ours | js / other | outcome | |\n|---|---|---|---|---|---|\n");
        var details = new StringBuilder();
        bool complete = only is null && runs >= LeastRuns;
        foreach (Row row in rows)
        {
            await Console.Error.WriteLineAsync($"{row.Name}: {row.What}").ConfigureAwait(false);
            try
            {
                RowResult result = await row.MeasureAsync(runs).ConfigureAwait(false);
                table.Append(CultureInfo.InvariantCulture, $"| {row.What} | {row.Goal} | {result.Ours} | {result.Other} | {result.Outcome} | {(result.IsMet ? "met" : "**missed**")} |\n");
                details.Append(CultureInfo.InvariantCulture, $"- {row.Name}: {result.Runs}\n");
            }
            catch (Exception e) when (e is BenchException or TimeoutException or IOException)
            {
                table.Append(CultureInfo.InvariantCulture, $"| {row.What} | {row.Goal} | not measured | | | |\n");
                await Console.Error.WriteLineAsync($"{row.Name}: {e.Message}").ConfigureAwait(false);
                complete = false;
            }
        }

        string text = $"{Machine.Describe()}\n\n{table}\nSingle runs; processor seconds are those of both processes together, in one run:\n\n{details}";
        Console.WriteLine(text);
        if (!complete) return only is null ? 1 : 0;
        Page.Write(text);
        return 0;
    }

    private static string? Only(string[] args)
    {
        int at = Array.IndexOf(args, "--only");
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : Array.Find(args, a => a.StartsWith("--only=", StringComparison.Ordinal))?["--only=".Length..];
    }
}
