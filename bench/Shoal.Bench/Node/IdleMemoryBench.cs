using Shoal.Libp2p;

namespace Shoal.Bench.Node;

/// <summary>
/// Memory per idle connection of the dialing side: <c>memory ADDRESS [--count=1000]</c>. A line is <c>open</c> (opens them) or
/// <c>read</c>; both answer with the resident memory.
/// </summary>
internal static class IdleMemoryBench
{
    internal static async Task<int> RunAsync(string[] args)
    {
        Multiaddr address = Multiaddr.Parse(args[0]);
        int count = (int)MeasuringProgram.Option(args, "count", 1000);
        await using Libp2pNode node = await BenchNode.StartAsync();
        await DialAsync(node, address, 50); // warm-up
        return await MeasuringProgram.ServeLinesAsync(async line =>
        {
            if (line == "open") await DialAsync(node, address, count);
            return new Measurement(await BenchNode.SettledMemoryAsync(), "bytes");
        });
    }

    private static async Task DialAsync(Libp2pNode node, Multiaddr address, int count)
    {
        for (int i = 0; i < count; i++) await node.ConnectAnewAsync(address);
    }
}
