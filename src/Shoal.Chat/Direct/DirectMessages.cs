using System.Text;
using Microsoft.Extensions.Logging;
using Shoal.Chat.Messages;
using Shoal.Chat.Text;
using Shoal.Libp2p;
using Shoal.Net;

namespace Shoal.Chat.Direct;

/// <summary>Messages to one peer: a request and an answer, each on a stream of its own.</summary>
internal sealed class DirectMessages
{
    internal const string Protocol = "/universal-connectivity/dm/1.0.0";

    /// <summary>Longest answer accepted, in bytes. Default: 4096; it has only a status and a sentence.</summary>
    private const int MaxResponseBytes = 4096;

    private readonly Libp2pNode _node;
    private readonly ChatOptions _options;
    private readonly ILogger _log;
    private readonly Func<PeerId, string, bool> _onMessage;

    /// <param name="node">Carries the streams.</param>
    /// <param name="options">Limits.</param>
    /// <param name="log">Told each step.</param>
    /// <param name="onMessage">Takes a message; false when it cannot, and the peer is told so.</param>
    internal DirectMessages(Libp2pNode node, ChatOptions options, ILogger log, Func<PeerId, string, bool> onMessage)
    {
        _node = node;
        _options = options;
        _log = log;
        _onMessage = onMessage;
        node.Handle(Protocol, ServeAsync);
    }

    internal void Stop() => _node.Unhandle(Protocol);

    /// <exception cref="ChatException">The peer did not take it.</exception>
    internal async Task SendAsync(PeerId peer, string text, CancellationToken cancellationToken)
    {
        byte[] request = LengthPrefix.Frame(DirectMessageCodec.WriteRequest(text, _node.Time.GetUtcNow()));
        byte[] answer = await Exchange.AskAsync(
            _node, peer, Protocol, request, MaxResponseBytes, _options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        string? refusal;
        try
        {
            refusal = DirectMessageCodec.ReadResponse(answer);
        }
        catch (WireFormatException e)
        {
            throw new ChatException($"the answer could not be read: {e.Message}", e);
        }

        if (refusal is not null) throw new ChatException($"the peer refused it: {SafeText.OneLine(refusal)}");
        Log.DirectSent(_log, peer);
    }

    private async Task ServeAsync(Libp2pStream stream, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(_options.RequestTimeout, _node.Time, cancellationToken);
        byte[] request = await LengthPrefix.ReadAsync(stream, _options.MaxMessageBytes + DirectMessageCodec.Overhead, limit.Token).ConfigureAwait(false);
        string? error;
        try
        {
            error = Take(stream.RemotePeer, DirectMessageCodec.ReadRequest(request));
        }
        catch (WireFormatException e)
        {
            error = e.Message;
        }

        byte[] response = LengthPrefix.Frame(DirectMessageCodec.WriteResponse(_node.Time.GetUtcNow(), error));
        await stream.WriteAsync(response, limit.Token).ConfigureAwait(false);
        await stream.CompleteWritesAsync(limit.Token).ConfigureAwait(false);
    }

    private string? Take(PeerId from, string content)
    {
        string text = SafeText.Clean(content);
        if (text.Length == 0) return "the message is empty";
        if (Encoding.UTF8.GetByteCount(text) > _options.MaxMessageBytes) return $"at most {_options.MaxMessageBytes} bytes are taken";
        Log.DirectHeard(_log, from);
        return _onMessage(from, text) ? null : "too many messages wait to be read; try again later";
    }
}
