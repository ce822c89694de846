using System.Diagnostics;

namespace Shoal.Bench.Compare;

/// <summary>One side of a comparison: the processes that take part, and how one run is measured.</summary>
/// <param name="Name">As in <c>js</c>.</param>
/// <param name="Processes">All processes whose processor time counts; disposed with the contestant.</param>
/// <param name="RunAsync">One run.</param>
internal sealed record Contestant(string Name, IReadOnlyList<BenchProcess> Processes, Func<Task<Measurement>> RunAsync) : IAsyncDisposable
{
    /// <summary>A listener, and a dialer that measures; <paramref name="line"/> tells the dialer what.</summary>
    internal static Contestant Pair(string name, BenchProcess listener, BenchProcess dialer, string line = "") =>
        new(name, [listener, dialer], () => dialer.MeasureAsync(line));

    /// <summary>A program that measures by itself.</summary>
    internal static Contestant Single(string name, BenchProcess program) => new(name, [program], () => program.MeasureAsync());

    /// <summary>Measures all of them in turn, so that what else the machine does hits each alike. The first run of each is a warm-up.</summary>
    internal static async Task<IReadOnlyList<Series>> AlternateAsync(IReadOnlyList<Contestant> contestants, int runs)
    {
        var values = contestants.Select(_ => new List<(double Value, double Cpu, double Wall, string Unit)>()).ToList();
        for (int run = 0; run <= runs; run++)
        {
            for (int i = 0; i < contestants.Count; i++)
            {
                (Measurement m, double cpu, double wall) = await contestants[i].MeasureAsync().ConfigureAwait(false);
                if (run > 0) values[i].Add((m.Value, cpu, wall, m.Unit));
            }
        }

        return [.. values.Select(v => new Series([.. v.Select(x => x.Value)], [.. v.Select(x => x.Cpu)], [.. v.Select(x => x.Wall)], v[0].Unit))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (BenchProcess process in Processes) await process.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<(Measurement Measurement, double CpuSeconds, double WallSeconds)> MeasureAsync()
    {
        TimeSpan before = Sum();
        long start = Stopwatch.GetTimestamp();
        Measurement measurement = await RunAsync().ConfigureAwait(false);
        return (measurement, (Sum() - before).TotalSeconds, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private TimeSpan Sum() => Processes.Aggregate(TimeSpan.Zero, (sum, p) => sum + p.Cpu);
}
