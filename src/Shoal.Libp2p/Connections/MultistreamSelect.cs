using System.Collections.Concurrent;
using Shoal.Net;

namespace Shoal.Libp2p.Connections;

/// <summary>Agrees on a protocol: multistream-select 1.0 (libp2p specification, connections).</summary>
internal static class MultistreamSelect
{
    /// <summary>Proposals the other side may make before we give up. Default: 64, more than any known peer has for one purpose.</summary>
    private const int MaxProposals = 64;

    /// <summary>Header and proposal in their wire form, for the protocols that this program itself proposes or serves.</summary>
    private static readonly ConcurrentDictionary<string, byte[]> Openings = new();
    private static readonly ConcurrentDictionary<string, byte[]> Answers = new();

    /// <summary>Protocol names kept encoded. Default: 256; the rest is encoded each time.</summary>
    private const int MaxCached = 256;

    private static readonly byte[] EncodedHeader = MultistreamMessage.Encode(MultistreamMessage.Header);
    private static readonly byte[] EncodedNotAvailable = MultistreamMessage.Encode(MultistreamMessage.NotAvailable);

    /// <summary>Proposes protocols in order until the peer takes one.</summary>
    /// <returns>The one taken.</returns>
    /// <exception cref="ProtocolNotSupportedException">The peer took none.</exception>
    /// <exception cref="WireFormatException">The peer does not speak multistream-select.</exception>
    internal static async Task<string> ProposeAsync(DuplexStream stream, IReadOnlyList<string> protocols, CancellationToken cancellationToken)
    {
        for (int i = 0; i < protocols.Count; i++)
        {
            await stream.WriteAsync(i == 0 ? Opening(protocols[0]) : MultistreamMessage.Encode(protocols[i]), cancellationToken).ConfigureAwait(false);
            if (i == 0) await ReadHeaderAsync(stream, cancellationToken).ConfigureAwait(false);
            if (await ReadAnswerAsync(stream, protocols[i], cancellationToken).ConfigureAwait(false)) return protocols[i];
        }
        throw new ProtocolNotSupportedException($"the peer speaks none of: {string.Join(", ", protocols)}");
    }

    /// <summary>Proposes one protocol without waiting: the proposal goes out with the first write, or when a read has to wait, and the answer is checked by the first read.</summary>
    internal static void ProposeLazily(Libp2pStream stream, string protocol)
    {
        stream.Protocol = protocol;
        stream.WriteAhead(Opening(protocol));
        stream.ExpectAnswer(protocol);
    }

    /// <summary>Answers proposals until one is taken.</summary>
    /// <returns>The protocol taken, or null when the peer ended the stream first.</returns>
    /// <exception cref="WireFormatException">The peer does not speak multistream-select, or proposes without end.</exception>
    internal static async Task<string?> AnswerAsync<T>(T stream, Func<string, bool> isServed, CancellationToken cancellationToken)
        where T : DuplexStream, IWriteAhead
    {
        stream.WriteAhead(EncodedHeader);
        string? header = await MultistreamMessage.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
        if (header is null) return null;
        CheckHeader(header);
        for (int i = 0; i < MaxProposals; i++)
        {
            string? proposal = await MultistreamMessage.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
            if (proposal is null) return null;
            if (isServed(proposal))
            {
                stream.WriteAhead(Answer(proposal));
                return proposal;
            }
            stream.WriteAhead(EncodedNotAvailable);
        }
        throw new WireFormatException($"the peer made more than {MaxProposals} proposals on one stream");
    }

    /// <summary>Reads the other side's header.</summary>
    internal static async ValueTask ReadHeaderAsync(DuplexStream stream, CancellationToken cancellationToken) =>
        CheckHeader(await MultistreamMessage.ReadAsync(stream, cancellationToken).ConfigureAwait(false)
            ?? throw new WireFormatException("the stream ended instead of a multistream header"));

    /// <summary>Reads the answer to a proposal: true for yes, false for "na".</summary>
    internal static async ValueTask<bool> ReadAnswerAsync(DuplexStream stream, string proposal, CancellationToken cancellationToken)
    {
        string answer = await MultistreamMessage.ReadAsync(stream, cancellationToken).ConfigureAwait(false)
            ?? throw new WireFormatException($"the stream ended instead of an answer to {proposal}");
        if (answer == proposal) return true;
        return answer == MultistreamMessage.NotAvailable ? false : throw new WireFormatException($"proposed {proposal}, answered something else");
    }

    private static void CheckHeader(string header)
    {
        if (header != MultistreamMessage.Header) throw new WireFormatException("the peer does not speak multistream-select 1.0");
    }

    private static byte[] Opening(string protocol) => Cached(Openings, protocol, static p => MultistreamMessage.Encode(MultistreamMessage.Header, p));

    private static byte[] Answer(string protocol) => Cached(Answers, protocol, static p => MultistreamMessage.Encode(p));

    private static byte[] Cached(ConcurrentDictionary<string, byte[]> cache, string protocol, Func<string, byte[]> encode)
    {
        if (cache.TryGetValue(protocol, out byte[]? encoded)) return encoded;
        encoded = encode(protocol);
        if (cache.Count < MaxCached) cache.TryAdd(protocol, encoded);
        return encoded;
    }
}
