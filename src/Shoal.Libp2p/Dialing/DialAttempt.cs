using System.Runtime.ExceptionServices;
using Shoal.Libp2p.Connections;
using Shoal.Net;

namespace Shoal.Libp2p.Dialing;

/// <summary>
/// One attempt to connect to one peer: all of its addresses, raced by a <see cref="DialPlan"/>. Everybody who wants that
/// peer meanwhile joins in; it is given up when the last of them has lost interest.
/// </summary>
#pragma warning disable CA1001 // The token source has no timer and no handle: nothing to release.
internal sealed class DialAttempt
#pragma warning restore CA1001
{
    private readonly Dialer _dialer;
    private readonly DialPlan _plan;
    private readonly Announcement _outcome = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _sync = new();
    private readonly List<Multiaddr> _joined = [];
    private TaskCompletionSource _wake = new();
    private int _interested;
    private bool _isOver;
    private Libp2pConnection? _connection;
    private Exception? _failure;

    internal DialAttempt(Dialer dialer, PeerId? peer)
    {
        (_dialer, Peer) = (dialer, peer);
        _plan = new DialPlan(dialer.Options);
    }

    /// <summary>Who is expected; null when anybody is welcome.</summary>
    internal PeerId? Peer { get; }

    /// <summary>Joins, with further addresses to try. Follow with <see cref="WaitAsync"/>.</summary>
    /// <returns>False when the attempt is over already.</returns>
    internal bool TryJoin(IReadOnlyList<Multiaddr> addresses)
    {
        lock (_sync)
        {
            if (_isOver) return false;
            _interested++;
            _joined.AddRange(addresses);
            return true;
        }
    }

    /// <summary>Waits for the outcome, after <see cref="TryJoin"/>.</summary>
    internal async Task<Libp2pConnection> WaitAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource wake;
        lock (_sync) wake = _wake;
        wake.TrySetResult();
        try
        {
            await _outcome.WaitAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
            return _connection!;
        }
        finally
        {
            bool isGivenUp;
            lock (_sync)
            {
                isGivenUp = --_interested == 0 && !_isOver;
                if (isGivenUp) _isOver = true; // Whoever comes now starts anew.
            }

            if (isGivenUp) _stop.Cancel();
        }
    }

    /// <summary>Gives up.</summary>
    internal void Cancel() => _stop.Cancel();

    /// <summary>Runs to the end, losers cleaned up. Never faults: the outcome is <see cref="WaitAsync"/>'s.</summary>
    internal async Task RunAsync()
    {
        using var timeout = new CancellationTokenSource(_dialer.Options.TotalTimeout, _dialer.Time);
        using var scope = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        List<Task<DialStep>> running = [];
        try
        {
            _connection = await RaceAsync(running, scope.Token).ConfigureAwait(false);
            if (_connection is null) _failure = DialReport.Of(Peer, _plan.Failures);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            _failure = DialReport.TimedOut(Peer, _plan.Failures, _dialer.Options.TotalTimeout);
        }
        catch (OperationCanceledException)
        {
            _failure = new DialException($"cannot connect to {Peer?.ToString() ?? "the peer"}: given up");
        }
#pragma warning disable CA1031 // Handed to those who wait.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failure = e;
        }

        lock (_sync) _isOver = true;
        _dialer.OnOver(this);
        scope.Cancel();
        _outcome.Make();

        await Task.WhenAll((IEnumerable<Task>)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Task<DialStep> step in running)
            if (step.IsCompletedSuccessfully && (await step.ConfigureAwait(false)).Upgraded is { } late) _dialer.Drop(late);
    }

    private async Task<Libp2pConnection?> RaceAsync(List<Task<DialStep>> running, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wake = TakeJoined(running, cancellationToken);
            while (_plan.TryNext(_dialer.Now, out Multiaddr? address)) running.Add(_dialer.DialOneAsync(address, Peer, cancellationToken));
            if (running.Count == 0 && _plan.IsExhausted)
            {
                if (TryFinish()) return null;
                continue;
            }

            await WaitForSomethingAsync(running, wake, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < running.Count; i++)
            {
                if (!running[i].IsCompleted) continue;
                DialStep step = await running[i].ConfigureAwait(false);
                running.RemoveAt(i--);
                if (Settle(step) is { } connection) return connection;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Ends the attempt without success, unless further addresses have joined.</summary>
    private bool TryFinish()
    {
        lock (_sync)
        {
            if (_joined.Count > 0) return false;
            return _isOver = true;
        }
    }

    /// <summary>Takes what joined meanwhile: addresses into the plan, names to the resolver.</summary>
    private Task TakeJoined(List<Task<DialStep>> running, CancellationToken cancellationToken)
    {
        List<Multiaddr> joined;
        Task wake;
        lock (_sync)
        {
            joined = [.. _joined];
            _joined.Clear();
            if (_wake.Task.IsCompleted) _wake = new TaskCompletionSource();
            wake = _wake.Task;
        }

        foreach (Multiaddr name in joined.Where(Dialer.IsName)) running.Add(_dialer.ResolveAsync(name, cancellationToken));
        Plan(joined.Where(a => !Dialer.IsName(a)));
        return wake;
    }

    private void Plan(IEnumerable<Multiaddr> addresses)
    {
        List<Multiaddr> usable = [];
        foreach (Multiaddr address in addresses)
        {
            if (Peer is { } expected && address.PeerId is { } named && named != expected) continue;
            Multiaddr bare = address.WithoutPeerId();
            if (_dialer.CanDial(bare)) usable.Add(bare);
            else _plan.OnUnusable(bare, new Libp2pException("no transport for this kind of address"));
        }

        _plan.Add(usable);
    }

    private async Task WaitForSomethingAsync(List<Task<DialStep>> running, Task wake, CancellationToken cancellationToken)
    {
        if (running.Exists(r => r.IsCompleted)) return;
        using var stopTimer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> all = [.. running, wake];
        if (_plan.NextDeadline is { } at)
        {
            TimeSpan wait = at - _dialer.Now;
            if (wait <= TimeSpan.Zero) return;
            all.Add(_dialer.Time.DelayAsync(wait, stopTimer.Token));
        }

        await Task.WhenAny(all).ConfigureAwait(false);
        stopTimer.Cancel();
    }

    private Libp2pConnection? Settle(DialStep step)
    {
        if (step.Resolved is { } resolved)
        {
            Plan(resolved);
            return null;
        }

        if (step.Failure is { } failure)
        {
            _dialer.OnFailed(Peer, step);
            if (step.WasName) _plan.OnUnusable(step.Address, failure);
            else _plan.OnFailure(step.Address, failure);
            return null;
        }

        try
        {
            return _dialer.Admit(step);
        }
        catch (Libp2pException e)
        {
            _plan.OnFailure(step.Address, e);
            return null;
        }
    }
}
