using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
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

    /// <summary>Says who we are in identify. Default: <c>shoal/version</c>.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>File that keeps known peers between runs. Default: null, kept in memory only.</summary>
    public string? PeerStoreFile { get; init; }

    /// <summary>Where the node tells what it does: each protocol step at Trace. Default: nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
