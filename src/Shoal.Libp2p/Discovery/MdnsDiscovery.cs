namespace Shoal.Libp2p.Discovery;

/// <summary>Settings of <see cref="MdnsDiscovery"/>. Every property states its unit and default.</summary>
public sealed record MdnsOptions
{
    /// <summary>The service asked for. Default: <c>_p2p._udp.local</c> (libp2p specification, mdns).</summary>
    public string ServiceName { get; init; } = "_p2p._udp.local";
}

/// <summary>Finds peers on the local network by multicast DNS (libp2p specification, discovery/mdns) and reports them by <see cref="Libp2pNode.OnDiscovered"/>.</summary>
public sealed class MdnsDiscovery : IAsyncDisposable
{
    private MdnsDiscovery()
    {
    }

    /// <summary>Starts to ask and to answer.</summary>
    public static MdnsDiscovery Start(Libp2pNode node, MdnsOptions? options = null) => throw new NotImplementedException();

    /// <summary>Says goodbye (records with lifetime 0) and stops.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
