using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Dialing;
using Shoal.Libp2p.Muxing;
using Shoal.Libp2p.Protocols;
using Shoal.Libp2p.Transports;
using Shoal.Net;

namespace Shoal.Libp2p;

/// <summary>Settings of a <see cref="Libp2pNode"/>. Every property states its unit and default.</summary>
public sealed record Libp2pOptions
{
    /// <summary>The node's identity. Default: a new Ed25519 key, gone with the node.</summary>
    public PrivateKey? Key { get; init; }

    /// <summary>Addresses to listen on. Default: none, the node only dials.</summary>
    public IReadOnlyList<Multiaddr> Listen { get; init; } = [];

    /// <summary>The world the node lives in. Default: the system's sockets and clock.</summary>
    public INetwork? Network { get; init; }

    /// <summary>Looks up names in addresses. Default: the system's name servers.</summary>
    public IAddressResolver? Resolver { get; init; }

    /// <summary>Says who we are in identify. Default: <c>shoal/version</c>.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>File that keeps known peers between runs. Default: null, kept in memory only.</summary>
    public string? PeerStoreFile { get; init; }

    /// <summary>Bounds of what is remembered of peers. Default: see there.</summary>
    public PeerStoreOptions PeerStore { get; init; } = new();

    /// <summary>Bounds on connections. Default: see there.</summary>
    public ConnectionLimits Connections { get; init; } = new();

    /// <summary>Bounds on streams. Default: see there.</summary>
    public StreamLimits Streams { get; init; } = new();

    /// <summary>Bounds of the muxer. Default: see there.</summary>
    public YamuxOptions Yamux { get; init; } = new();

    /// <summary>How peers are dialled. Default: see there.</summary>
    public DialOptions Dialing { get; init; } = new();

    /// <summary>How peers tell each other who they are. Default: see there.</summary>
    public IdentifyOptions Identify { get; init; } = new();

    /// <summary>Where the node tells what it does: each protocol step at Trace. Default: nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
