using System.Diagnostics;
using System.Globalization;
using Shoal.InteropTests;

namespace Shoal.Bench.Compare;

/// <summary>The rows of docs/benchmarks.md.</summary>
internal static class Rows
{
    /// <summary>Connections opened to measure the memory of one.</summary>
    private const int IdleConnections = 1000;

    /// <summary>Starts of the command for its median.</summary>
    private const int CommandStarts = 10;

    internal static IReadOnlyList<Row> All { get; } =
    [
        new("upload", "one stream, Noise + yamux, two processes on loopback, upload; against js-libp2p to js-libp2p", "≥ 1.6 × js",
            runs => AgainstJsAsync("perf", runs, 1.6, "up")),
        new("download", "the same, download", "≥ 1.6 × js", runs => AgainstJsAsync("perf", runs, 1.6, "down")),
        new("pipe", "upload, against an encrypt-frame-decrypt pipe of the same frame size with nothing else", "≥ 0.6 × pipe", AgainstPipeAsync),
        new("connect", "new connections with first ping per second, 8 dialers", "≥ 4 × js", runs => AgainstJsAsync("connect", runs, 4)),
        new("ping", "ping round trips per second on one stream", "≥ 1.5 × js", runs => AgainstJsAsync("ping", runs, 1.5)),
        new("gossip", "signed gossipsub deliveries per second, 10 nodes in one process, 1 KiB", "≥ 5 × js", GossipAsync),
        new("memory", "memory per idle connection, dialer and listener", "≤ 24 KiB each side", MemoryAsync),
        new("start", "start of `shoal key show` (built)", "≤ 0.35 s", _ => StartAsync()),
    ];

    /// <summary>A dialing measurement of ours to our listener, in turn with the same of js to its listener.</summary>
    private static async Task<RowResult> AgainstJsAsync(string program, int runs, double atLeast, string line = "")
    {
        await using BenchProcess ourListener = await BenchProcess.StartOurs("listen").ReadAddressAsync().ConfigureAwait(false);
        await using BenchProcess jsListener = await BenchProcess.StartJs("listen.mjs").ReadAddressAsync().ConfigureAwait(false);
        await using var ours = Contestant.Pair("ours", ourListener, BenchProcess.StartOurs(program, ourListener.Address), line);
        await using var js = Contestant.Pair("js", jsListener, BenchProcess.StartJs($"{program}.mjs", jsListener.Address), line);
        IReadOnlyList<Series> series = await Contestant.AlternateAsync([ours, js], runs).ConfigureAwait(false);
        return RowResult.Ratio(series[0], series[1], atLeast);
    }

    private static async Task<RowResult> AgainstPipeAsync(int runs)
    {
        await using BenchProcess listener = await BenchProcess.StartOurs("listen").ReadAddressAsync().ConfigureAwait(false);
        await using BenchProcess pipeListener = await BenchProcess.StartOurs("pipe", "--listen").ReadAddressAsync().ConfigureAwait(false);
        await using var stream = Contestant.Pair("ours", listener, BenchProcess.StartOurs("perf", listener.Address), "up");
        await using var pipe = Contestant.Pair("pipe", pipeListener, BenchProcess.StartOurs("pipe", pipeListener.Address));
        IReadOnlyList<Series> series = await Contestant.AlternateAsync([stream, pipe], runs).ConfigureAwait(false);
        return RowResult.Ratio(series[0], series[1], 0.6);
    }

    private static async Task<RowResult> GossipAsync(int runs)
    {
        await using var ours = Contestant.Single("ours", BenchProcess.StartOurs("gossip"));
        await using var js = Contestant.Single("js", BenchProcess.StartJs("gossip.mjs"));
        IReadOnlyList<Series> series = await Contestant.AlternateAsync([ours, js], runs).ConfigureAwait(false);
        return RowResult.Ratio(series[0], series[1], 5);
    }

    /// <summary>Growth of resident memory over many connections; new processes for each run, since memory once taken is kept.</summary>
    private static async Task<RowResult> MemoryAsync(int runs)
    {
        List<(double Dialer, double Listener)> ours = [];
        List<(double Dialer, double Listener)> js = [];
        for (int run = 0; run < runs; run++)
        {
            ours.Add(await OneAsync(BenchProcess.StartOurs("listen"), address => BenchProcess.StartOurs("memory", address, Count())).ConfigureAwait(false));
            js.Add(await OneAsync(BenchProcess.StartJs("listen.mjs"), address => BenchProcess.StartJs("memory.mjs", address, Count())).ConfigureAwait(false));
        }

        double worst = Math.Max(Median(ours, o => o.Dialer), Median(ours, o => o.Listener));
        return new RowResult(Both(ours), Both(js), RowResult.Figure(worst, "KiB"), worst <= 24, $"ours {Each(ours)}; js {Each(js)}");

        static string Count() => $"--count={IdleConnections}";

        static double Median(List<(double, double)> runs, Func<(double Dialer, double Listener), double> side) => Series.MedianOf([.. runs.Select(side)]);

        static string Both(List<(double Dialer, double Listener)> runs) =>
            $"{RowResult.Figure(Median(runs, r => r.Dialer), "KiB")}, {RowResult.Figure(Median(runs, r => r.Listener), "KiB")}";

        static string Each(List<(double Dialer, double Listener)> runs) =>
            string.Join(", ", runs.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Dialer:0.0}/{r.Listener:0.0}")));

        static async Task<(double Dialer, double Listener)> OneAsync(BenchProcess starting, Func<string, BenchProcess> startDialer)
        {
            await using BenchProcess listener = await starting.ReadAddressAsync().ConfigureAwait(false);
            await using BenchProcess dialer = startDialer(listener.Address);
            double dialerBefore = (await dialer.MeasureAsync("read").ConfigureAwait(false)).Value;
            double listenerBefore = (await listener.MeasureAsync().ConfigureAwait(false)).Value;
            double dialerAfter = (await dialer.MeasureAsync("open").ConfigureAwait(false)).Value;
            double listenerAfter = (await listener.MeasureAsync().ConfigureAwait(false)).Value;
            return ((dialerAfter - dialerBefore) / 1024 / IdleConnections, (listenerAfter - listenerBefore) / 1024 / IdleConnections);
        }
    }

    private static async Task<RowResult> StartAsync()
    {
        string project = Path.Combine(Checkout.Root, "apps", "Shoal.Cli");
        await RunAsync("dotnet", "build", project, "-c", "Release", "-v", "quiet", "-nologo").ConfigureAwait(false);
        string command = Path.Combine(project, "bin", "Release", "net10.0", OperatingSystem.IsWindows() ? "shoal.exe" : "shoal");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("shoal-bench-");
        try
        {
            string key = Path.Combine(folder.FullName, "key");
            await RunAsync(command, "key", "new", key).ConfigureAwait(false);
            List<double> seconds = [];
            for (int i = 0; i < CommandStarts; i++) seconds.Add(await RunAsync(command, "key", "show", key).ConfigureAwait(false));
            double median = Series.MedianOf(seconds);
            return new RowResult(RowResult.Figure(median, "s"), "", RowResult.Figure(median, "s"), median <= 0.35,
                string.Join(", ", seconds.Select(s => s.ToString("0.00", CultureInfo.InvariantCulture))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Runs a program to its end and gives the seconds it took.</summary>
    private static async Task<double> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        if (process.ExitCode != 0) throw new BenchException($"{program} {string.Join(' ', arguments)}: {await errors.ConfigureAwait(false)} {await output.ConfigureAwait(false)}");
        return seconds;
    }
}
