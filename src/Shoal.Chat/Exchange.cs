using Shoal.Chat.Messages;
using Shoal.Libp2p;
using Shoal.Net;

namespace Shoal.Chat;

/// <summary>One question and one answer on a stream of their own.</summary>
internal static class Exchange
{
    /// <summary>Asks a peer; a connection is made first where there is none.</summary>
    /// <exception cref="ChatException">No answer came; the message says why.</exception>
    /// <exception cref="ProtocolNotSupportedException">The peer does not speak the protocol.</exception>
    internal static async Task<byte[]> AskAsync(
        Libp2pNode node, PeerId peer, string protocol, byte[] request, int maxAnswer, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var time = new TimeLimit(limit, node.Time, cancellationToken);
        Libp2pStream? stream = null;
        try
        {
            stream = await node.OpenStreamAsync(peer, protocol, time.Token).ConfigureAwait(false);
            await stream.WriteAsync(request, time.Token).ConfigureAwait(false);
            byte[] answer = await LengthPrefix.ReadAsync(stream, maxAnswer, time.Token).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
            return answer;
        }
        catch (Exception e)
        {
            stream?.Abort();
            if (e is OperationCanceledException && time.IsOver) throw new ChatException($"no answer within {limit.TotalSeconds:0.#} s", e);
            if (e is ShoalException and not ProtocolNotSupportedException) throw new ChatException(e.Message, e);
            throw;
        }
    }
}
