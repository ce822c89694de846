using System.Net;
using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Transports;
using Shoal.Net;

namespace Shoal.Libp2p.Connections;

/// <summary>Takes in what others dial on one listener. Owns the listener and its loop.</summary>
internal sealed class InboundAcceptor : IAsyncDisposable
{
    /// <summary>Wait after a failed accept, so that an error that stays (no file handles left) does not spin. Default: 100 ms (ours).</summary>
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(100);

    private readonly ITransportListener _listener;
    private readonly ConnectionUpgrader _upgrader;
    private readonly ConnectionHost _host;
    private readonly ConnectionLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskTracker _handshakes = new();
    private Task _loop = Task.CompletedTask;

    internal InboundAcceptor(ITransportListener listener, ConnectionUpgrader upgrader, ConnectionHost host, ConnectionLimits limits, TimeProvider time, ILogger log) =>
        (_listener, _upgrader, _host, _limits, _time, _log) = (listener, upgrader, host, limits, time, log);

    /// <summary>Where it listens. Addresses that stand for all interfaces stay as they are.</summary>
    internal Multiaddr LocalAddress => _listener.LocalAddress;

    /// <summary>Starts to accept.</summary>
    internal void Start()
    {
        NodeLog.Listening(_log, LocalAddress);
        _loop = AcceptLoopAsync();
    }

    /// <summary>Stops listening and gives up handshakes under way. Connections that are up live on.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _handshakes.DrainAsync(_limits.CloseTimeout, _time).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptLoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                (NetConnection raw, Multiaddr remote) = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                _handshakes.Own(TakeAsync(raw, remote.WithoutPeerId()));
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // No error of one connection may end the loop.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (_stop.IsCancellationRequested) return;
                NodeLog.AcceptFailed(_log, LocalAddress, e.Message);
                await _time.DelayAsync(PauseAfterError, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TakeAsync(NetConnection raw, Multiaddr remote)
    {
        NodeLog.Accepted(_log, remote);
        IPAddress? from = raw.RemoteEndPoint.Port == 0 ? null : raw.RemoteEndPoint.Address;
        if (_host.EnterInbound(from) is { } refusal)
        {
            NodeLog.InboundRefused(_log, remote, refusal);
            raw.Abort();
            return;
        }

        Multiaddr local = raw.LocalEndPoint.Port == 0 ? LocalAddress : Multiaddr.FromTcp(raw.LocalEndPoint);
        UpgradedConnection? upgraded = await UpgradeAsync(raw, remote).ConfigureAwait(false);
        if (upgraded is null)
        {
            _host.OnInboundFailed(from);
            return;
        }

        try
        {
            _host.Admit(upgraded, new ConnectionEnds(Direction.Inbound, local, remote, from));
        }
        catch (Libp2pException e)
        {
            NodeLog.InboundRefused(_log, remote, e.Message);
        }
    }

    private async Task<UpgradedConnection?> UpgradeAsync(NetConnection raw, Multiaddr remote)
    {
        using var timeout = new CancellationTokenSource(_limits.HandshakeTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        try
        {
            return await _upgrader.UpgradeAsync(raw, initiator: false, expected: null, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            NodeLog.InboundTimedOut(_log, remote, nameof(ConnectionLimits.HandshakeTimeout), _limits.HandshakeTimeout);
        }
#pragma warning disable CA1031 // Whatever a stranger provokes costs that stranger the connection and nothing else.
        catch (Exception e)
#pragma warning restore CA1031
        {
            NodeLog.InboundFailed(_log, remote, e.Message);
        }

        raw.Abort();
        return null;
    }
}
