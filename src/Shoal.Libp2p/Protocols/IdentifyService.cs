using System.Net;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Protocols.Messages;
using Shoal.Net;

namespace Shoal.Libp2p.Protocols;

/// <summary>
/// Identify and identify-push: asks every new connection's peer who it is, answers the same question, and tells
/// connected peers when our protocols or addresses change (libp2p specification, identify).
/// </summary>
internal sealed class IdentifyService : IAsyncDisposable
{
    /// <summary>The opener is told who the other side is.</summary>
    internal const string Protocol = "/ipfs/id/1.0.0";

    /// <summary>The opener tells who it is.</summary>
    internal const string PushProtocol = "/ipfs/id/push/1.0.0";

    /// <summary>Inbound streams of each of the two, on one connection. Default: 2 (js-libp2p: 1; one more for a peer that asks again).</summary>
    internal const int MaxStreams = 2;

    private readonly OwnIdentity _own;
    private readonly ConnectionHost _host;
    private readonly KnownPeers _known;
    private readonly NodeAddresses _addresses;
    private readonly IdentifyOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly TaskTracker _tasks = new();
    private readonly Lock _sync = new();
    private readonly ObservedAddresses _observed;
    private readonly ITimer _pushTimer;
    private bool _isPushDue;

    internal IdentifyService(
        OwnIdentity own, ConnectionHost host, KnownPeers known, NodeAddresses addresses, IdentifyOptions options, TimeProvider time, ILogger log)
    {
        (_own, _host, _known, _addresses, _options, _time, _log) = (own, host, known, addresses, options, time, log);
        _observed = new ObservedAddresses(options.ObserversNeeded);
        _pushTimer = time.CreateTimer(static state => ((IdentifyService)state!).PushToAll(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A peer told who it is. Raised by the host's <see cref="ConnectionHost.Events"/>.</summary>
    internal event Action<PeerId, IdentifyInfo>? PeerIdentified;

    /// <summary>Enough peers agree on where we are, or no longer do.</summary>
    internal event Action? ObservedChanged;

    /// <summary>Asks a new connection's peer who it is.</summary>
    internal void OnOpened(Libp2pConnection connection)
    {
        if (_options.AskOnConnect) _tasks.Own(AskAsync(connection));
        else connection.OnIdentified(new Libp2pException($"it was not asked ({nameof(IdentifyOptions)}.{nameof(IdentifyOptions.AskOnConnect)})"));
    }

    /// <summary>Forgets what a peer that is gone said of us.</summary>
    internal void OnGone(PeerId peer)
    {
        bool changed;
        lock (_sync) changed = _observed.OnGone(peer);
        if (changed) TellObserved();
    }

    /// <summary>Notes that our protocols or addresses changed; after a moment, connected peers are told.</summary>
    internal void OnOwnChanged()
    {
        _own.Renew();
        lock (_sync)
        {
            if (_isPushDue) return;
            _isPushDue = true;
        }

        _pushTimer.Change(_options.PushDelay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Answers on one stream who we are.</summary>
    internal async Task AnswerAsync(Libp2pStream stream, CancellationToken cancellationToken)
    {
        await TellAsync(stream, cancellationToken).ConfigureAwait(false);
        NodeLog.IdentifySent(_log, stream.RemotePeer);
    }

    /// <summary>Takes on one stream what the peer says of itself.</summary>
    internal async Task TakePushAsync(Libp2pStream stream, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            Take(stream.Connection, await IdentifyCodec.ReadAsync(stream, either.Token).ConfigureAwait(false));
        }
        catch (Exception e) when (e is WireFormatException or PeerIdentityException)
        {
            NodeLog.IdentifyBroken(_log, stream.RemotePeer, e.Message);
            stream.Connection.Abort(e);
            throw;
        }
    }

    /// <summary>Stops pushing and waits for questions under way; end the connections first.</summary>
    public async ValueTask DisposeAsync()
    {
        await _pushTimer.DisposeAsync().ConfigureAwait(false);
        await _tasks.DrainAsync(_options.Timeout, _time).ConfigureAwait(false);
    }

    private async Task AskAsync(Libp2pConnection connection)
    {
        Libp2pStream? stream = null;
        try
        {
            using var timeout = new CancellationTokenSource(_options.Timeout, _time);
            stream = connection.OpenLazily(Protocol);
            Identify record;
            try
            {
                record = await IdentifyCodec.ReadAsync(stream, timeout.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                throw new Libp2pException($"no answer within {_options.Timeout.TotalSeconds:0.###} s ({nameof(IdentifyOptions)}.{nameof(IdentifyOptions.Timeout)})");
            }

            await stream.DisposeAsync().ConfigureAwait(false);
            Take(connection, record);
            connection.OnIdentified(null);
            if (connection.RecordSent > 0) PushIfOld(connection);
        }
#pragma warning disable CA1031 // Told to those who asked to know.
        catch (Exception e)
#pragma warning restore CA1031
        {
            stream?.Abort();
            if (e is WireFormatException or PeerIdentityException)
            {
                NodeLog.IdentifyBroken(_log, connection.RemotePeer, e.Message);
                connection.Abort(e);
            }
            else
            {
                NodeLog.NotIdentified(_log, connection.RemotePeer, e.Message);
            }

            connection.OnIdentified(e);
        }
    }

    private void Take(Libp2pConnection connection, Identify record)
    {
        PeerId peer = connection.RemotePeer;
        IdentifiedPeer identified = IdentifyReader.Read(record, peer, connection.Identity);
        foreach (Libp2pConnection each in _host.Of(peer)) each.Identity = identified.Info;
        connection.Identity = identified.Info;
        IdentifyInfo info = identified.Info;
        NodeLog.Identified(_log, peer, info.AgentVersion, info.Protocols.Count, info.ListenAddresses.Count, info.ObservedAddress);

        _known.OnIdentified(peer, identified);
        TakeObserved(connection, info.ObservedAddress);
        _host.Events.Post(() => PeerIdentified?.Invoke(peer, info));
        _host.Events.Raise();
    }

    /// <summary>Only what was seen on a port that we listen on can be dialled by others; a dialler's own port is a passing one.</summary>
    private void TakeObserved(Libp2pConnection connection, Multiaddr? observed)
    {
        if (observed is null || connection.Ends.RemoteIP is not { } from) return;
        if (!observed.TryGetTcpEndPoint(out IPEndPoint? seen) || IPAddress.IsLoopback(seen.Address)) return;
        if (!connection.LocalAddress.TryGetTcpEndPoint(out IPEndPoint? local) || !_addresses.IsListeningPort(local.Port)) return;

        bool changed;
        lock (_sync) changed = _observed.OnObserved(connection.RemotePeer, from, observed);
        if (changed) TellObserved();
    }

    private void TellObserved()
    {
        IReadOnlyList<Multiaddr> believed;
        lock (_sync) believed = _observed.Believed;
        NodeLog.Observed(_log, believed);
        if (_addresses.SetObserved(believed)) ObservedChanged?.Invoke();
    }

    private void PushToAll()
    {
        lock (_sync) _isPushDue = false;
        foreach (PeerId peer in _host.Peers)
            if (_host.Preferred(peer) is { } connection) PushIfOld(connection);
    }

    private void PushIfOld(Libp2pConnection connection)
    {
        if (connection.RecordSent >= _own.Edition || connection.Identity is not { } identity || !identity.Protocols.Contains(PushProtocol)) return;
        _tasks.Own(PushAsync(connection));
    }

    private async Task PushAsync(Libp2pConnection connection)
    {
        Libp2pStream? stream = null;
        try
        {
            using var timeout = new CancellationTokenSource(_options.Timeout, _time);
            stream = connection.OpenLazily(PushProtocol);
            await TellAsync(stream, timeout.Token).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
            NodeLog.IdentifyPushed(_log, connection.RemotePeer);
        }
#pragma warning disable CA1031 // A push that fails is a push less.
        catch (Exception e)
#pragma warning restore CA1031
        {
            stream?.Abort();
            NodeLog.PushFailed(_log, connection.RemotePeer, e.Message);
        }
    }

    private async ValueTask TellAsync(Libp2pStream stream, CancellationToken cancellationToken)
    {
        Libp2pConnection connection = stream.Connection;
        OwnRecord record = _own.Record;
        connection.RecordSent = record.Edition;
        await stream.WriteAsync(record.Write(connection.RemoteAddress), cancellationToken).ConfigureAwait(false);
        await stream.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
    }
}
