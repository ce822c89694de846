using System.Net;
using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Transports;
using Shoal.Net;

namespace Shoal.Libp2p.Dialing;

/// <summary>Connects to peers: one attempt per peer at a time, joined by everybody who wants that peer.</summary>
internal sealed class Dialer : IAsyncDisposable
{
    private readonly IReadOnlyList<ITransport> _transports;
    private readonly ConnectionUpgrader _upgrader;
    private readonly ConnectionHost _host;
    private readonly IAddressResolver _resolver;
    private readonly ConnectionLimits _limits;
    private readonly DialSlots _slots;
    private readonly TaskTracker _attempts = new();
    private readonly Lock _sync = new();
    private readonly Dictionary<PeerId, DialAttempt> _byPeer = [];
    private readonly List<DialAttempt> _running = [];
    private bool _isClosed;

    internal Dialer(
        DialOptions options, ConnectionLimits limits, IReadOnlyList<ITransport> transports, IAddressResolver resolver,
        ConnectionUpgrader upgrader, ConnectionHost host, TimeProvider time, ILogger log)
    {
        (Options, _limits, _transports, _resolver, _upgrader, _host, Time, Log) = (options, limits, transports, resolver, upgrader, host, time, log);
        _slots = new DialSlots(options.MaxConcurrent, options.MaxWaiting);
    }

    internal DialOptions Options { get; }

    internal TimeProvider Time { get; }

    internal ILogger Log { get; }

    internal TimeSpan Now => _host.Now;

    /// <summary>An address of a peer could not be connected to.</summary>
    internal event Action<PeerId, Multiaddr>? Failed;

    /// <summary>True for addresses that must be resolved before they can be dialled.</summary>
    internal static bool IsName(Multiaddr address) => address.Parts is [{ Protocol: "dns" or "dns4" or "dns6" or "dnsaddr" }, ..];

    /// <summary>True when a transport understands the address.</summary>
    internal bool CanDial(Multiaddr address) => _transports.Any(t => t.CanDial(address));

    /// <summary>Connects to a peer, or to whoever is at the addresses.</summary>
    /// <exception cref="DialException">None of the addresses could be connected to.</exception>
    /// <exception cref="PeerIdentityException">Another peer answered.</exception>
    /// <exception cref="LimitExceededException">There are too many connections.</exception>
    internal async Task<Libp2pConnection> ConnectAsync(PeerId? peer, IReadOnlyList<Multiaddr> addresses, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _host.CheckRoom();
        DialAttempt? attempt = null;
        bool isNew = false;
        lock (_sync)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(Libp2pNode));
            if (peer is { } id && _byPeer.TryGetValue(id, out attempt) && !attempt.TryJoin(addresses)) attempt = null;
            if (attempt is null)
            {
                isNew = true;
                attempt = new DialAttempt(this, peer);
                attempt.TryJoin(addresses);
                if (peer is { } key) _byPeer[key] = attempt;
                _running.Add(attempt);
            }
        }

        if (isNew) _attempts.Own(attempt.RunAsync());
        else NodeLog.DialJoined(Log, peer);
        return await attempt.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens one more connection to an address, whether there is one or not.</summary>
    internal async Task<Libp2pConnection> ConnectAnewAsync(Multiaddr address, CancellationToken cancellationToken)
    {
        _host.CheckRoom();
        DialStep step = await DialOneAsync(address.WithoutPeerId(), address.PeerId, cancellationToken).ConfigureAwait(false);
        if (step.Failure is { } failure) throw DialReport.Of(address.PeerId, [new DialFailure(step.Address, failure)]);
        return _host.Admit(step.Upgraded!, step.Ends!, always: true);
    }

    /// <summary>Gives up all attempts and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        DialAttempt[] running;
        lock (_sync)
        {
            _isClosed = true;
            running = [.. _running];
        }

        foreach (DialAttempt attempt in running) attempt.Cancel();
        await _attempts.DrainAsync(_limits.CloseTimeout, Time).ConfigureAwait(false);
    }

    /// <summary>Forgets an attempt that is over.</summary>
    internal void OnOver(DialAttempt attempt)
    {
        lock (_sync)
        {
            _running.Remove(attempt);
            if (attempt.Peer is { } peer && _byPeer.TryGetValue(peer, out DialAttempt? known) && ReferenceEquals(known, attempt)) _byPeer.Remove(peer);
        }
    }

    internal Libp2pConnection Admit(DialStep step) => _host.Admit(step.Upgraded!, step.Ends!);

    /// <summary>Notes that an address could not be connected to.</summary>
    internal void OnFailed(PeerId? peer, DialStep step)
    {
        NodeLog.DialFailed(Log, step.Address, step.Failure!.Message);
        if (peer is { } id && !step.WasName && step.Failure is not OperationCanceledException) Failed?.Invoke(id, step.Address);
    }

    /// <summary>Drops a connection that came too late.</summary>
    internal void Drop(UpgradedConnection upgraded) => _host.Drop(upgraded, new ConnectionClosedException("another address was faster"));

    /// <summary>Looks a name up. Throws nothing but a cancellation.</summary>
    internal async Task<DialStep> ResolveAsync(Multiaddr name, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<Multiaddr> resolved = await _resolver.ResolveAsync(name, cancellationToken).ConfigureAwait(false);
            resolved = [.. resolved.Where(a => !IsName(a))];
            NodeLog.Resolved(Log, name, resolved.Count);
            return resolved.Count > 0
                ? new DialStep(name) { Resolved = resolved, WasName = true }
                : new DialStep(name) { Failure = new Libp2pException("the name stands for no address"), WasName = true };
        }
        catch (ShoalException e)
        {
            return new DialStep(name) { Failure = e, WasName = true };
        }
        catch (OperationCanceledException e)
        {
            return new DialStep(name) { Failure = e, WasName = true };
        }
    }

    /// <summary>Dials one address and upgrades. Throws nothing.</summary>
    internal async Task<DialStep> DialOneAsync(Multiaddr address, PeerId? peer, CancellationToken cancellationToken)
    {
        try
        {
            await _slots.TakeAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                NetConnection raw = await DialRawAsync(address, cancellationToken).ConfigureAwait(false);
                NodeLog.DialAnswered(Log, address);
                Multiaddr local = raw.LocalEndPoint.Port == 0 ? address : Multiaddr.FromTcp(raw.LocalEndPoint);
                IPAddress? remote = raw.RemoteEndPoint.Port == 0 ? null : raw.RemoteEndPoint.Address;
                UpgradedConnection upgraded = await UpgradeAsync(raw, peer, cancellationToken).ConfigureAwait(false);
                return new DialStep(address) { Upgraded = upgraded, Ends = new ConnectionEnds(Direction.Outbound, local, address, remote) };
            }
            finally
            {
                _slots.Release();
            }
        }
#pragma warning disable CA1031 // The reason becomes part of the report.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new DialStep(address) { Failure = e };
        }
    }

    private async Task<NetConnection> DialRawAsync(Multiaddr address, CancellationToken cancellationToken)
    {
        ITransport transport = _transports.FirstOrDefault(t => t.CanDial(address))
            ?? throw new Libp2pException("no transport for this kind of address");
        NodeLog.Dialling(Log, address);
        using var timeout = new CancellationTokenSource(Options.AddressTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await transport.DialAsync(address, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new Libp2pException($"no answer within {Options.AddressTimeout.TotalSeconds:0.###} s ({nameof(DialOptions)}.{nameof(DialOptions.AddressTimeout)})");
        }
    }

    private async Task<UpgradedConnection> UpgradeAsync(NetConnection raw, PeerId? peer, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_limits.HandshakeTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _upgrader.UpgradeAsync(raw, initiator: true, peer, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new Libp2pException($"handshake not finished within {_limits.HandshakeTimeout.TotalSeconds:0.###} s ({nameof(ConnectionLimits)}.{nameof(ConnectionLimits.HandshakeTimeout)})");
        }
    }
}
