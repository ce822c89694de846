using System.Diagnostics;
using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;

namespace Shoal.Bench.Node;

/// <summary>
/// New connections per second, each with its first ping, then closed: <c>connect ADDRESS [--dialers=8] [--count=2000]</c>.
/// Each dialer is a node of its own, as in the js program.
/// </summary>
internal static class ConnectBench
{
    internal static async Task<int> RunAsync(string[] args)
    {
        Multiaddr address = Multiaddr.Parse(args[0]);
        int count = (int)MeasuringProgram.Option(args, "count", 2000);
        Libp2pNode[] nodes = await Task.WhenAll(Enumerable.Range(0, (int)MeasuringProgram.Option(args, "dialers", 8)).Select(_ => BenchNode.StartAsync()));
        await MeasureAsync(nodes, address, 500);
        int status = await MeasuringProgram.ServeLinesAsync(async _ => new Measurement(await MeasureAsync(nodes, address, count), "connections/s"));
        foreach (Libp2pNode node in nodes) await node.DisposeAsync();
        return status;
    }

    private static async Task<double> MeasureAsync(Libp2pNode[] nodes, Multiaddr address, int count)
    {
        int left = count;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(nodes.Select(DialAsync));
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task DialAsync(Libp2pNode node)
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                Libp2pConnection connection = await node.ConnectAnewAsync(address);
                await using (IAsyncEnumerator<TimeSpan> pings = Ping.PingAsync(connection, node.Time).GetAsyncEnumerator())
                    await pings.MoveNextAsync();
                await connection.CloseAsync();
            }
        }
    }
}
