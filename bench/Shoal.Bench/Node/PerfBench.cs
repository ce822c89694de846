using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;

namespace Shoal.Bench.Node;

/// <summary>Bytes per second of one stream: <c>perf ADDRESS [--bytes=1073741824]</c>; a line is <c>up</c> or <c>down</c>.</summary>
internal static class PerfBench
{
    internal static async Task<int> RunAsync(string[] args)
    {
        long bytes = MeasuringProgram.Option(args, "bytes", 1L << 30);
        await using Libp2pNode node = await BenchNode.StartAsync();
        Libp2pConnection connection = await node.ConnectAsync(Multiaddr.Parse(args[0]));
        await Perf.MeasureAsync(connection, node.Time, bytes / 4, bytes / 4, null, CancellationToken.None);
        return await MeasuringProgram.ServeLinesAsync(async line =>
        {
            bool up = line != "down";
            PerfResult result = await Perf.MeasureAsync(connection, node.Time, up ? bytes : 0, up ? 0 : bytes, null, CancellationToken.None);

            // A download is timed from its request, so both directions count the same things.
            return new Measurement(bytes / 1e6 / (result.UploadTime + result.DownloadTime).TotalSeconds, "MB/s");
        });
    }
}
