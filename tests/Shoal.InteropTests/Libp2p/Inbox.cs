using System.Text;
using Shoal.Libp2p.Pubsub;

namespace Shoal.InteropTests.Libp2p;

/// <summary>Everything that arrives on one subscription.</summary>
internal sealed class Inbox : IAsyncDisposable
{
    private readonly Subscription _subscription;
    private readonly Lock _gate = new();
    private readonly List<PubsubMessage> _messages = [];
    private readonly Task _reading;
    private (int Count, TaskCompletionSource Reached)? _wanted;

    internal Inbox(Subscription subscription)
    {
        _subscription = subscription;
        _reading = ReadAsync();
    }

    /// <summary>What came so far, in order.</summary>
    internal IReadOnlyList<PubsubMessage> Messages
    {
        get
        {
            lock (_gate) return [.. _messages];
        }
    }

    /// <summary>Their texts.</summary>
    internal IEnumerable<string> Texts => Messages.Select(m => Encoding.UTF8.GetString(m.Data.Span));

    /// <summary>Messages lost because nobody read.</summary>
    internal long Dropped => _subscription.Dropped;

    /// <summary>Completes when that many messages have come in all.</summary>
    internal async Task WaitForAsync(int count, CancellationToken cancellationToken)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_messages.Count >= count) return;
            _wanted = (count, reached);
        }

        try
        {
            await reached.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{Messages.Count} of {count} messages came: {string.Join(' ', Texts.Order(StringComparer.Ordinal))}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _subscription.DisposeAsync();
        await _reading;
    }

    private async Task ReadAsync()
    {
        await foreach (PubsubMessage message in _subscription.ReadAllAsync())
        {
            lock (_gate)
            {
                _messages.Add(message);
                if (_wanted is { } wanted && _messages.Count >= wanted.Count) wanted.Reached.TrySetResult();
            }
        }
    }
}
