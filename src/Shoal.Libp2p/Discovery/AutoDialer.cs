using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Discovery.Dialing;

namespace Shoal.Libp2p.Discovery;

/// <summary>Settings of <see cref="AutoDialer"/>. Every property states its unit and default.</summary>
public sealed record AutoDialerOptions
{
    /// <summary>Connected peers, whoever dialled, from which on nobody is dialled. Default: 64.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>Dials under way at a time. Default: 8.</summary>
    public int Parallelism { get; init; } = 8;

    /// <summary>Discovered peers remembered; beyond that the one that failed most makes room. Default: 256.</summary>
    public int MaxPeers { get; init; } = 256;

    /// <summary>Failures in a row after which a peer is forgotten until it is discovered again. Default: 6, about five minutes.</summary>
    public int MaxFailures { get; init; } = 6;

    /// <summary>Pause after the first failure and after a lost connection; doubles with each failure. Default: 5 s.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest pause. Default: 5 min.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>Connects to the peers that a node discovers, and again when such a connection is lost.</summary>
public sealed class AutoDialer : IAsyncDisposable
{
    private readonly Libp2pNode _node;
    private readonly DialLoop<PeerId> _loop;

    private AutoDialer(Libp2pNode node, AutoDialerOptions options)
    {
        _node = node;
        var plan = new RedialPlan<PeerId>(
            new RedialPlanOptions
            {
                Parallelism = options.Parallelism,
                MaxConnections = options.MaxConnections,
                MaxTargets = options.MaxPeers,
                MaxFailures = options.MaxFailures,
                FirstBackoff = options.FirstBackoff,
                MaxBackoff = options.MaxBackoff,
            },
            DialLoop<PeerId>.RandomOf(node.Id));
        _loop = new DialLoop<PeerId>(
            "discovered",
            (peer, ct) => node.ConnectAsync(peer, ct),
            peer => node.ConnectedPeers.Contains(peer),
            () => node.ConnectedPeers.Count,
            plan,
            node.Time,
            node.Options.LoggerFactory.CreateLogger("Shoal.Libp2p.Dialer"));
    }

    /// <summary>Starts to dial what is discovered from now on.</summary>
    public static AutoDialer Start(Libp2pNode node, AutoDialerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        var dialer = new AutoDialer(node, options ?? new AutoDialerOptions());
        node.PeerDiscovered += dialer.OnDiscovered;
        node.PeerConnected += dialer.OnConnected;
        node.PeerDisconnected += dialer._loop.OnLost;
        return dialer;
    }

    /// <summary>Gives up the dials under way and stops. Connections live on.</summary>
    public async ValueTask DisposeAsync()
    {
        _node.PeerDiscovered -= OnDiscovered;
        _node.PeerConnected -= OnConnected;
        _node.PeerDisconnected -= _loop.OnLost;
        await _loop.DisposeAsync().ConfigureAwait(false);
    }

    private void OnDiscovered(PeerId peer, IReadOnlyList<Multiaddr> addresses)
    {
        if (peer != _node.Id) _loop.Add(peer);
    }

    private void OnConnected(Libp2pConnection connection) => _loop.OnConnected(connection.RemotePeer);
}
