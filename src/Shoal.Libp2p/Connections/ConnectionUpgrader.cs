using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Muxing;
using Shoal.Net;

namespace Shoal.Libp2p.Connections;

/// <summary>Turns a raw connection into a secured, multiplexed one: multistream-select, Noise, yamux.</summary>
internal sealed class ConnectionUpgrader(PrivateKey key, YamuxOptions yamux, TimeProvider time, ILogger log)
{
    /// <summary>Runs the handshakes. On any failure the raw connection is aborted and the reason thrown.</summary>
    /// <param name="raw">The connection; owned by the result afterwards.</param>
    /// <param name="initiator">True on the side that dialled.</param>
    /// <param name="expected">The peer that was dialled, if known.</param>
    /// <param name="cancellationToken">Aborts the connection.</param>
    /// <exception cref="WireFormatException">The peer broke a protocol.</exception>
    /// <exception cref="PeerIdentityException">Another peer answered.</exception>
    /// <exception cref="ProtocolNotSupportedException">No security or muxer in common.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, a time-out for instance.</exception>
    internal Task<UpgradedConnection> UpgradeAsync(NetConnection raw, bool initiator, PeerId? expected, CancellationToken cancellationToken) =>
        throw new NotImplementedException($"{key} {yamux} {time} {log}");
}
