namespace Shoal.Bench.Compare;

/// <summary>Figures of several runs of one program.</summary>
/// <param name="Values">One per run.</param>
/// <param name="CpuSeconds">Processor seconds of all its processes in one run, one per run.</param>
/// <param name="WallSeconds">Seconds of one run, one per run.</param>
/// <param name="Unit">Unit of the values.</param>
internal sealed record Series(IReadOnlyList<double> Values, IReadOnlyList<double> CpuSeconds, IReadOnlyList<double> WallSeconds, string Unit)
{
    /// <summary>The middle of the values.</summary>
    internal double Median => MedianOf(Values);

    internal static double MedianOf(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
