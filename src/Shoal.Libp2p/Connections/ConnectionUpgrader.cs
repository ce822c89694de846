using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Muxing;
using Shoal.Libp2p.Security;
using Shoal.Net;

namespace Shoal.Libp2p.Connections;

/// <summary>Turns a raw connection into a secured, multiplexed one: multistream-select, Noise, yamux.</summary>
internal sealed class ConnectionUpgrader : IDisposable
{
    private static readonly string[] Muxers = [YamuxSession.Protocol];
    private static readonly string[] Securities = [NoiseSecurity.Protocol];

    private readonly YamuxOptions _yamux;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly NoiseIdentity _identity;
    private readonly NoiseSecurity _noise;
    private readonly PeerId _self;

    internal ConnectionUpgrader(PrivateKey key, YamuxOptions yamux, TimeProvider time, ILogger log)
    {
        _yamux = yamux;
        _time = time;
        _log = log;
        _self = key.PeerId;
        _identity = new NoiseIdentity(key, Muxers);
        _noise = new NoiseSecurity(_identity, Muxers);
    }

    /// <summary>Runs the handshakes. On any failure the raw connection is aborted and the reason thrown.</summary>
    /// <param name="raw">The connection; owned by the result afterwards.</param>
    /// <param name="initiator">True on the side that dialled.</param>
    /// <param name="expected">The peer that was dialled, if known.</param>
    /// <param name="cancellationToken">Aborts the connection.</param>
    /// <exception cref="WireFormatException">The peer broke a protocol.</exception>
    /// <exception cref="PeerIdentityException">Another peer answered, or we ourselves.</exception>
    /// <exception cref="ProtocolNotSupportedException">No security or muxer in common.</exception>
    /// <exception cref="NetworkException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, a time-out for instance.</exception>
    internal async Task<UpgradedConnection> UpgradeAsync(NetConnection raw, bool initiator, PeerId? expected, CancellationToken cancellationToken)
    {
        var received = new ReceiveBuffer(raw);
        try
        {
            using CancellationTokenRegistration abort = cancellationToken.UnsafeRegister(static c => ((NetConnection)c!).Abort(), raw);
            return await UpgradeAsync(raw, received, initiator, expected).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            received.Dispose();
            raw.Abort();
            if (cancellationToken.IsCancellationRequested) throw new OperationCanceledException("the handshake took too long or was cancelled", e, cancellationToken);
            throw;
        }
    }

    public void Dispose() => _identity.Dispose();

    private async Task<UpgradedConnection> UpgradeAsync(NetConnection raw, ReceiveBuffer received, bool initiator, PeerId? expected)
    {
        var plain = new RawStream(raw, received);
        if (initiator)
        {
            HandshakeLog.Proposing(_log, NoiseSecurity.Protocol, raw.RemoteEndPoint);
            await MultistreamSelect.ProposeAsync(plain, Securities, CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            if (await MultistreamSelect.AnswerAsync(plain, static p => p == NoiseSecurity.Protocol, CancellationToken.None).ConfigureAwait(false) is null)
                throw new ConnectionClosedException("the peer closed the connection before it proposed a security protocol we have (we have /noise)");
            await plain.FlushAheadAsync().ConfigureAwait(false);
        }
        HandshakeLog.Selected(_log, NoiseSecurity.Protocol, raw.RemoteEndPoint);

        SecuredConnection secured = await _noise.SecureAsync(raw, received, initiator).ConfigureAwait(false);
        PeerId remote = secured.RemoteKey.PeerId;
        HandshakeLog.Secured(_log, raw.RemoteEndPoint, remote);
        if (expected is { } dialled && dialled != remote) throw new PeerIdentityException($"dialled {dialled}, but {remote} answered");
        if (remote == _self) throw new PeerIdentityException("that is ourselves");

        if (secured.EarlyMuxer is null) await SelectMuxerAsync(secured.Channel, initiator).ConfigureAwait(false);
        HandshakeLog.Muxed(_log, remote, YamuxSession.Protocol, secured.EarlyMuxer is null ? "multistream-select" : "the Noise handshake");
        var session = new YamuxSession(secured.Channel, initiator, _yamux, _time, _log);
        return new UpgradedConnection(remote, secured.RemoteKey, NoiseSecurity.Protocol, YamuxSession.Protocol, session);
    }

    private static async Task SelectMuxerAsync(SecureChannel channel, bool initiator)
    {
        var stream = new SecureStream(channel);
        if (initiator)
        {
            await MultistreamSelect.ProposeAsync(stream, Muxers, CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            if (await MultistreamSelect.AnswerAsync(stream, static p => p == YamuxSession.Protocol, CancellationToken.None).ConfigureAwait(false) is null)
                throw new ConnectionClosedException("the peer closed the connection before it proposed a muxer we have (we have /yamux/1.0.0)");
            await stream.FlushAheadAsync().ConfigureAwait(false);
        }
        channel.Unread(stream.Rest);
    }
}
