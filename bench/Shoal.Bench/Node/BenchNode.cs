using Shoal.Libp2p;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Protocols;

namespace Shoal.Bench.Node;

/// <summary>Nodes to measure: as js-libp2p is measured, with nobody asked who it is and no limit in the way.</summary>
internal static class BenchNode
{
    internal static Task<Libp2pNode> StartAsync(params string[] listen) => Libp2pNode.StartAsync(new Libp2pOptions
    {
        Listen = [.. listen.Select(Multiaddr.Parse)],
        Identify = new IdentifyOptions { AskOnConnect = false },
        Connections = new ConnectionLimits { MaxConnections = int.MaxValue, MaxConnectionsPerPeer = int.MaxValue, MaxPendingInbound = int.MaxValue },
    });

    /// <summary>Resident memory after what is garbage is gone, in bytes.</summary>
    internal static async Task<long> SettledMemoryAsync()
    {
        for (int i = 0; i < 4; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            await Task.Delay(300);
        }

        return Environment.WorkingSet;
    }
}
