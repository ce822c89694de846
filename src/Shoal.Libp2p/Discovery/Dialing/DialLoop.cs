using System.Buffers.Binary;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Shoal.Libp2p.Discovery.Dialing;

/// <summary>Drives a <see cref="RedialPlan{TTarget}"/>: dials whom it names and tells it how that went. Owns the dials under way.</summary>
internal sealed class DialLoop<TTarget> : IAsyncDisposable
    where TTarget : notnull
{
    private readonly string _name;
    private readonly Func<TTarget, CancellationToken, Task> _dial;
    private readonly Func<TTarget, bool> _isConnected;
    private readonly Func<int> _connections;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly RedialPlan<TTarget> _plan;
    private readonly Lock _gate = new();
    private readonly List<Task> _dials = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        SingleReader = true,
        AllowSynchronousContinuations = true,
        FullMode = BoundedChannelFullMode.DropWrite,
    });

    private readonly long _startedAt;
    private readonly Task _run;
    private int _disposed;

    /// <summary>Starts with nobody to dial.</summary>
    /// <param name="name">Who wants the dials, for the log.</param>
    /// <param name="dial">Connects to a target, or throws.</param>
    /// <param name="isConnected">True while a target is connected. What it says must not be older than what <see cref="OnLost"/> was told.</param>
    /// <param name="connections">Connections there are now.</param>
    /// <param name="plan">Whom to dial when. From now on the loop's alone.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="log">Where steps are told.</param>
    internal DialLoop(
        string name, Func<TTarget, CancellationToken, Task> dial, Func<TTarget, bool> isConnected, Func<int> connections,
        RedialPlan<TTarget> plan, TimeProvider time, ILogger log)
    {
        _name = name;
        _dial = dial;
        _isConnected = isConnected;
        _connections = connections;
        _plan = plan;
        _time = time;
        _log = log;
        _startedAt = time.GetTimestamp();
        _run = RunAsync(_stop.Token);
    }

    private TimeSpan Now => _time.GetElapsedTime(_startedAt);

    /// <summary>See <see cref="RedialPlan{TTarget}.Add"/>.</summary>
    internal void Add(TTarget target)
    {
        lock (_gate) _plan.Add(Now, target);
        Wake();
    }

    /// <summary>See <see cref="RedialPlan{TTarget}.OnConnected"/>.</summary>
    internal void OnConnected(TTarget target)
    {
        lock (_gate) _plan.OnConnected(target);

        // A connection lost before this was told of while the plan could not know; one lost later is still to be told of.
        if (!_isConnected(target)) OnLost(target);
    }

    /// <summary>See <see cref="RedialPlan{TTarget}.OnLost"/>. There is room for another connection now, too.</summary>
    internal void OnLost(TTarget target)
    {
        lock (_gate) _plan.OnLost(Now, target);
        Wake();
    }

    /// <summary>Has the plan looked at again.</summary>
    internal void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Gives up the dials under way and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _stop.Cancel();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_dials).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>Chance that is the same in each run for one node, so that a simulated network repeats itself.</summary>
    internal static Random RandomOf(PeerId id)
    {
        ReadOnlySpan<byte> bytes = id.Bytes;
        return new Random(bytes.Length < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes[^4..]));
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using ITimer alarm = _time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (await _wake.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            _wake.Reader.TryRead(out _);
            _dials.RemoveAll(d => d.IsCompleted);
            while (TryNext(out TTarget? target)) _dials.Add(DialAsync(target, cancellationToken));

            TimeSpan? deadline;
            lock (_gate) deadline = _plan.NextDeadline;

            // Someone due who had to stay behind waits for a dial to end or a connection to close, and both wake us.
            bool hasAlarm = deadline is { } at && at > Now;
            alarm.Change(hasAlarm ? deadline!.Value - Now : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private bool TryNext([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TTarget target)
    {
        int connections = _connections();
        lock (_gate) return _plan.TryNext(Now, connections, out target);
    }

    private async Task DialAsync(TTarget target, CancellationToken cancellationToken)
    {
        string text = _log.IsEnabled(LogLevel.Debug) ? target.ToString()! : "";
        DiscoveryLog.Dialing(_log, _name, text);
        try
        {
            await _dial(target, cancellationToken).ConfigureAwait(false);
            OnConnected(target);
        }
        catch (Exception e)
        {
            // Whatever it was, it concerns this one target: the others are still to be dialled.
            if (!cancellationToken.IsCancellationRequested) DiscoveryLog.DialFailed(_log, _name, text, e.Message);
            lock (_gate) _plan.OnFailed(Now, target);
        }

        Wake();
    }
}
