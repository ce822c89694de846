using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Discovery.Dialing;

namespace Shoal.Libp2p.Discovery;

/// <summary>Settings of <see cref="BootstrapDiscovery"/>. Every property states its unit and default.</summary>
public sealed record BootstrapOptions
{
    /// <summary>Dials under way at a time. Default: 4.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>Pause after the first failure and after a lost connection; doubles with each failure. Default: 2 s.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest pause. Default: 5 min.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>Connects to a fixed list of peers, and again whenever one of them is not connected.</summary>
public sealed class BootstrapDiscovery : IAsyncDisposable
{
    private readonly Libp2pNode _node;
    private readonly DialLoop<Multiaddr> _loop;
    private readonly Lock _gate = new();
    private readonly List<(PeerId Peer, Multiaddr Address)> _reached = [];

    private BootstrapDiscovery(Libp2pNode node, IReadOnlyList<Multiaddr> peers, BootstrapOptions options)
    {
        _node = node;
        var plan = new RedialPlan<Multiaddr>(
            new RedialPlanOptions
            {
                Parallelism = options.Parallelism,
                MaxConnections = int.MaxValue,
                MaxTargets = peers.Count,
                MaxFailures = int.MaxValue,
                FirstBackoff = options.FirstBackoff,
                MaxBackoff = options.MaxBackoff,
            },
            DialLoop<Multiaddr>.RandomOf(node.Id));
        _loop = new DialLoop<Multiaddr>("bootstrap", DialAsync, IsConnected, () => 0, plan, node.Time, node.Options.LoggerFactory.CreateLogger("Shoal.Libp2p.Bootstrap"));
    }

    /// <summary>The bootstrap peers of the public libp2p and IPFS network, as the go and js implementations ship them.</summary>
    public static IReadOnlyList<Multiaddr> PublicPeers =>
    [
        Multiaddr.Parse("/dnsaddr/bootstrap.libp2p.io/p2p/QmNnooDu7bfjPFoTZYxMNLWUQJyrVwtbZg5gBMjTezGAJN"),
        Multiaddr.Parse("/dnsaddr/bootstrap.libp2p.io/p2p/QmQCU2EcMqAqQPR2i9bChDtGNJchTbq5TbXJJ16u19uLTa"),
        Multiaddr.Parse("/dnsaddr/bootstrap.libp2p.io/p2p/QmbLHAnMoJPWSCR5Zhtx6BHJX9KiKNN6tpvbUcqanj75Nb"),
        Multiaddr.Parse("/dnsaddr/bootstrap.libp2p.io/p2p/QmcZf59bWwK5XFi76CZX8cbJ4BhTzzA3gU1ZjYZcYW3dwt"),
        Multiaddr.Parse("/ip4/104.131.131.82/tcp/4001/p2p/QmaCpDMGvV2BGHeYERUEnRQAwe3N8SzbUtfsmvsqQLuvuJ"),
    ];

    /// <summary>Starts to dial. Names in the addresses are resolved anew for each attempt.</summary>
    /// <param name="node">Who dials.</param>
    /// <param name="peers">Whom; an address with our own peer id is passed over.</param>
    /// <param name="options">Default: those of <see cref="BootstrapOptions"/>.</param>
    public static BootstrapDiscovery Start(Libp2pNode node, IReadOnlyList<Multiaddr> peers, BootstrapOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(peers);
        var discovery = new BootstrapDiscovery(node, peers, options ?? new BootstrapOptions());
        node.PeerDisconnected += discovery.OnDisconnected;
        foreach (Multiaddr address in peers)
            if (address.PeerId != node.Id) discovery._loop.Add(address);
        return discovery;
    }

    /// <summary>Gives up the dials under way and stops. Connections live on.</summary>
    public async ValueTask DisposeAsync()
    {
        _node.PeerDisconnected -= OnDisconnected;
        await _loop.DisposeAsync().ConfigureAwait(false);
    }

    private async Task DialAsync(Multiaddr address, CancellationToken cancellationToken)
    {
        Libp2pConnection connection = await _node.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
        lock (_gate)
            if (!_reached.Contains((connection.RemotePeer, address))) _reached.Add((connection.RemotePeer, address));
    }

    private bool IsConnected(Multiaddr address)
    {
        IReadOnlyCollection<PeerId> connected = _node.ConnectedPeers;
        lock (_gate) return _reached.Any(r => r.Address.Equals(address) && connected.Contains(r.Peer));
    }

    private void OnDisconnected(PeerId peer)
    {
        List<Multiaddr> lost;
        lock (_gate)
        {
            lost = [.. _reached.Where(r => r.Peer == peer).Select(r => r.Address)];
            _reached.RemoveAll(r => r.Peer == peer);
        }

        foreach (Multiaddr address in lost) _loop.OnLost(address);
    }
}
