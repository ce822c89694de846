using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;

namespace Shoal.Bench.Node;

/// <summary>A listener that serves ping and perf: prints its address, then its resident memory for each line.</summary>
internal static class ListenerBench
{
    internal static async Task<int> RunAsync(string[] args)
    {
        await using Libp2pNode node = await BenchNode.StartAsync("/ip4/127.0.0.1/tcp/0");
        Perf.Serve(node);
        Echo.Serve(node);
        MeasuringProgram.PrintAddress(node.Addresses[0].ToString());
        return await MeasuringProgram.ServeLinesAsync(async _ => new Measurement(await BenchNode.SettledMemoryAsync(), "bytes"));
    }
}
