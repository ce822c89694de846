using System.Globalization;

namespace Shoal.Bench.Compare;

/// <summary>One row of the table: a question, and how it is answered.</summary>
/// <param name="Name">For <c>--only</c>, as in <c>upload</c>.</param>
/// <param name="What">What is measured.</param>
/// <param name="Goal">The goal, as text.</param>
/// <param name="MeasureAsync">Measures; the argument is the number of runs.</param>
internal sealed record Row(string Name, string What, string Goal, Func<int, Task<RowResult>> MeasureAsync);

/// <summary>What a row came to.</summary>
/// <param name="Ours">Our figure with its unit.</param>
/// <param name="Other">The figure of what it is compared with; empty where it stands alone.</param>
/// <param name="Outcome">The ratio, or the figure that the goal speaks of.</param>
/// <param name="IsMet">True when the goal is reached.</param>
/// <param name="Runs">All single figures, and the processor time.</param>
internal sealed record RowResult(string Ours, string Other, string Outcome, bool IsMet, string Runs)
{
    /// <summary>Compares two series by the ratio of their medians.</summary>
    internal static RowResult Ratio(Series ours, Series other, double atLeast)
    {
        double ratio = ours.Median / other.Median;
        return new RowResult(
            Figure(ours.Median, ours.Unit),
            Figure(other.Median, other.Unit),
            $"{ratio.ToString("0.00", CultureInfo.InvariantCulture)} ×",
            ratio >= atLeast,
            $"ours {All(ours)}; other {All(other)}");
    }

    internal static string Figure(double value, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{(value >= 100 ? value.ToString("#,0", CultureInfo.InvariantCulture) : value.ToString("0.##", CultureInfo.InvariantCulture))} {unit}");

    private static string All(Series series)
    {
        string values = string.Join(", ", series.Values.Select(v => v.ToString(v >= 100 ? "0" : "0.##", CultureInfo.InvariantCulture)));
        double cpu = Series.MedianOf(series.CpuSeconds);
        double wall = Series.MedianOf(series.WallSeconds);
        return string.Create(CultureInfo.InvariantCulture, $"{values} (CPU {cpu:0.00} s in {wall:0.00} s)");
    }
}
