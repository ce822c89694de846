using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Libp2p.Pubsub;

/// <summary>Checks signatures and asks the application's validators, beside the loop that owns the core.</summary>
/// <remarks>
/// Each worker has a queue of its own, and one author's messages all go to the same: what somebody says is delivered in
/// the order in which it came. The queues have no bound of their own: a peer is not read from while many of its messages
/// wait here (<see cref="GossipsubOptions.PendingValidationsPerPeer"/>). On a simulated network there is one worker, and it runs
/// where the message is queued, so that everything stays on one thread.
/// </remarks>
internal sealed class MessageValidation : IAsyncDisposable
{
    private readonly GossipsubOptions _options;
    private readonly Action<GossipMessage, PubsubPeer, MessageVerdict> _report;
    private readonly ILogger _log;
    private readonly Channel<(GossipMessage Message, PubsubPeer From)>[] _queues;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _workers;

    internal MessageValidation(GossipsubOptions options, bool inline, ILogger log, Action<GossipMessage, PubsubPeer, MessageVerdict> report)
    {
        _options = options;
        _report = report;
        _log = log;
        int workers = inline ? 1 : options.ValidationWorkers;
        _queues = new Channel<(GossipMessage, PubsubPeer)>[workers];
        _workers = new Task[workers];
        for (int i = 0; i < workers; i++)
        {
            _queues[i] = Channel.CreateUnbounded<(GossipMessage, PubsubPeer)>(new UnboundedChannelOptions
            {
                AllowSynchronousContinuations = inline,
                SingleReader = true,
            });
            _workers[i] = WorkAsync(_queues[i].Reader);
        }
    }

    /// <summary>Queues a message; the verdict is reported in any case, after the end as well: somebody may wait for it.</summary>
    internal void Add(GossipMessage message, PubsubPeer from)
    {
        int worker = (int)((uint)(message.Author ?? from.Id).GetHashCode() % (uint)_queues.Length);
        if (!_queues[worker].Writer.TryWrite((message, from))) _report(message, from, MessageVerdict.Ignore);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Channel<(GossipMessage, PubsubPeer)> queue in _queues) queue.Writer.TryComplete();
        _stop.Cancel();
        await Task.WhenAll(_workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WorkAsync(ChannelReader<(GossipMessage Message, PubsubPeer From)> queue)
    {
        while (await queue.WaitToReadAsync().ConfigureAwait(false))
            while (queue.TryRead(out (GossipMessage Message, PubsubPeer From) next))
                _report(next.Message, next.From, await JudgeAsync(next.Message, next.From.Id).ConfigureAwait(false));
    }

    private async ValueTask<MessageVerdict> JudgeAsync(GossipMessage message, PeerId from)
    {
        if (_stop.IsCancellationRequested) return MessageVerdict.Ignore;
        return IsSigned(message) ? await AskAsync(message, from).ConfigureAwait(false) : MessageVerdict.WrongSignature;
    }

    private bool IsSigned(GossipMessage message)
    {
        if (_options.SignaturePolicy == SignaturePolicy.StrictNoSign) return true;
        return message.Author is { } author
            && MessageSigning.TryGetKey(message.Fields, author, out PublicKey? key)
            && MessageSigning.Verify(message.Fields, key);
    }

    private async ValueTask<MessageVerdict> AskAsync(GossipMessage message, PeerId from)
    {
        MessageValidator? ofTopic = _options.TopicValidators.GetValueOrDefault(message.Topic);
        if (_options.Validator is null && ofTopic is null) return MessageVerdict.Accept;

        PubsubMessage seen = message.ToPublic(from);
        try
        {
            ValidationResult result = ValidationResult.Accept;
            if (_options.Validator is { } general) result = await general(seen, _stop.Token).ConfigureAwait(false);
            if (result == ValidationResult.Accept && ofTopic is not null) result = await ofTopic(seen, _stop.Token).ConfigureAwait(false);
            return result switch
            {
                ValidationResult.Accept => MessageVerdict.Accept,
                ValidationResult.Reject => MessageVerdict.Reject,
                _ => MessageVerdict.Ignore,
            };
        }
#pragma warning disable CA1031 // An application's bug, met by a stranger's message, must not stop all other messages.
        catch (Exception e)
#pragma warning restore CA1031
        {
            PubsubLog.ValidatorFailed(_log, message.Topic, e);
            return MessageVerdict.Ignore;
        }
    }
}
