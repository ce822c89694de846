using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;

namespace Shoal.Chat.Rooms;

/// <summary>
/// Sends messages to rooms. One that nobody is there for is kept, and goes out when the first peer comes.
/// </summary>
/// <remarks>
/// Nothing is published into an empty topic: pubsub would remember it, and a newcomer could get it both by gossip and by
/// our second attempt.
/// </remarks>
internal sealed class Outbox : IAsyncDisposable
{
    /// <summary>Pause between two looks whether somebody is there, while something is kept. Default: 100 ms.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);

    private readonly Gossipsub _pubsub;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ChatOptions _options;
    private readonly Func<string, string> _topicOf;
    private readonly Action<KeptMessage> _onGivenUp;
    private readonly KeptMessages _kept;
    private readonly Lock _gate = new();
    private readonly long _start;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<byte> _wake = Channel.CreateBounded<byte>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true, AllowSynchronousContinuations = true });

    private readonly ITimer _timer;
    private readonly Task _run;
    private TaskCompletionSource? _empty;

    internal Outbox(
        Gossipsub pubsub, TimeProvider time, ILogger log, ChatOptions options, Func<string, string> topicOf, Action<KeptMessage> onGivenUp)
    {
        _pubsub = pubsub;
        _time = time;
        _log = log;
        _options = options;
        _topicOf = topicOf;
        _onGivenUp = onGivenUp;
        _kept = new KeptMessages(options.MaxKept);
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _run = RunAsync(_stop.Token);
    }

    /// <summary>Looks at once: somebody came, or something is kept.</summary>
    internal void Wake() => _wake.Writer.TryWrite(0);

    /// <exception cref="ChatException">Too much is kept.</exception>
    internal async Task<ChatSendResult> SendAsync(string room, byte[] data, CancellationToken cancellationToken)
    {
        bool behind;
        lock (_gate) behind = _kept.HasAny(room);
        string? reason = behind ? "earlier messages still wait" : null;
        if (!behind)
        {
            (IReadOnlyList<PeerId> recipients, reason) = await PublishAsync(room, data, cancellationToken).ConfigureAwait(false);
            if (reason is null) return new ChatSendResult(recipients, null);
        }

        lock (_gate)
        {
            if (!_kept.TryAdd(new KeptMessage(room, data, Now + _options.KeepTime)))
                throw new ChatException($"cannot keep the message: {_options.MaxKept} wait already; wait until somebody is in the room");
        }

        Log.Kept(_log, room, reason!);
        Wake();
        return new ChatSendResult([], reason);
    }

    /// <summary>Forgets what is kept for a room; gives how many messages that were.</summary>
    internal int Drop(string room)
    {
        int count;
        lock (_gate) count = _kept.Drop(room).Count;
        Wake();
        return count;
    }

    /// <summary>Waits until nothing is kept; false when the limit came first.</summary>
    internal async Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        Task empty;
        lock (_gate)
        {
            if (_kept.IsEmpty) return true;
            empty = (_empty ??= new TaskCompletionSource()).Task;
        }

        return await Waiting.ForAsync(empty, limit, _time, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        _wake.Writer.TryComplete();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _timer.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (byte _ in _wake.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            IReadOnlyList<string> rooms;
            lock (_gate) rooms = _kept.Rooms;
            foreach (string room in rooms) await FlushAsync(room, cancellationToken).ConfigureAwait(false);
            GiveUpOld();
            SetTimer();
        }
    }

    private async Task FlushAsync(string room, CancellationToken cancellationToken)
    {
        while (true)
        {
            KeptMessage? next;
            lock (_gate) next = _kept.Peek(room);
            if (next is null || _pubsub.Subscribers(_topicOf(room)).Count == 0) return;
            (_, string? reason) = await PublishAsync(room, next.Data, cancellationToken).ConfigureAwait(false);
            if (reason is not null) return; // Tried again soon.
            lock (_gate) _kept.Remove(next);
        }
    }

    private async Task<(IReadOnlyList<PeerId> Recipients, string? Reason)> PublishAsync(
        string room, byte[] data, CancellationToken cancellationToken)
    {
        string topic = _topicOf(room);
        if (_pubsub.Subscribers(topic).Count == 0) return ([], "nobody is in the room yet");
        PublishResult result = await _pubsub.PublishAsync(topic, data, cancellationToken).ConfigureAwait(false);
        if (result.Recipients.Count == 0) return ([], result.Reason ?? "nobody took it");
        Log.Sent(_log, data.Length, room, result.Recipients.Count);
        return (result.Recipients, null);
    }

    private void GiveUpOld()
    {
        IReadOnlyList<KeptMessage> old;
        lock (_gate) old = _kept.Expire(Now);
        foreach (KeptMessage message in old) _onGivenUp(message);
    }

    private void SetTimer()
    {
        TaskCompletionSource? empty = null;
        bool isEmpty;
        lock (_gate)
        {
            isEmpty = _kept.IsEmpty;
            if (isEmpty) (empty, _empty) = (_empty, null);
        }

        // Pubsub lists a peer a moment after it says that the peer came, so being told is not enough.
        _timer.Change(isEmpty ? Timeout.InfiniteTimeSpan : LookPause, Timeout.InfiniteTimeSpan);
        empty?.TrySetResult();
    }
}
