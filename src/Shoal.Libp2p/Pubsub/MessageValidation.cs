using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Libp2p.Pubsub;

/// <summary>Checks signatures and asks the application's validators, beside the loop that owns the core.</summary>
/// <remarks>
/// Its queue has no bound of its own: a peer is not read from while many of its messages wait here
/// (<see cref="GossipsubOptions.PendingValidationsPerPeer"/>). On a simulated network there is one worker, and it runs
/// where the message is queued, so that everything stays on one thread.
/// </remarks>
internal sealed class MessageValidation : IAsyncDisposable
{
    private readonly GossipsubOptions _options;
    private readonly Action<GossipMessage, PeerId, MessageVerdict> _report;
    private readonly ILogger _log;
    private readonly Channel<(GossipMessage Message, PeerId From)> _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _workers;

    internal MessageValidation(GossipsubOptions options, bool inline, ILogger log, Action<GossipMessage, PeerId, MessageVerdict> report)
    {
        _options = options;
        _report = report;
        _log = log;
        int workers = inline ? 1 : options.ValidationWorkers;
        _queue = Channel.CreateUnbounded<(GossipMessage, PeerId)>(new UnboundedChannelOptions
        {
            AllowSynchronousContinuations = inline,
            SingleReader = workers == 1,
        });
        _workers = new Task[workers];
        for (int i = 0; i < workers; i++) _workers[i] = WorkAsync();
    }

    internal void Add(GossipMessage message, PeerId from) => _queue.Writer.TryWrite((message, from));

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stop.Cancel();
        await Task.WhenAll(_workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        while (await _queue.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
        {
            while (_queue.Reader.TryRead(out (GossipMessage Message, PeerId From) next))
            {
                if (_stop.IsCancellationRequested) return;
                MessageVerdict verdict = IsSigned(next.Message) ? await AskAsync(next.Message, next.From).ConfigureAwait(false) : MessageVerdict.WrongSignature;
                _report(next.Message, next.From, verdict);
            }
        }
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
