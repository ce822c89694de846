using System.Security.Cryptography;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Libp2p.Pubsub;

/// <summary>Gives a message its id. Must be quick, must not throw, and is called for each copy of a message that arrives.</summary>
/// <param name="topic">The message's topic.</param>
/// <param name="from">The author's peer id in bytes; empty under <see cref="SignaturePolicy.StrictNoSign"/>.</param>
/// <param name="sequenceNumber">The author's sequence number; empty under <see cref="SignaturePolicy.StrictNoSign"/>.</param>
/// <param name="data">The content.</param>
public delegate byte[] MessageIdFunction(string topic, ReadOnlySpan<byte> from, ReadOnlySpan<byte> sequenceNumber, ReadOnlySpan<byte> data);

/// <summary>Computes message ids: author and sequence number, the content's hash, or what the application wants.</summary>
internal sealed class MessageIdentity(GossipsubOptions options)
{
    /// <summary>Longest author plus sequence number: a sha2-256 or identity peer id and 8 bytes, with room to spare.</summary>
    private const int LongestDefault = 128;

    private readonly MessageIdFunction? _function = options.MessageId;
    private readonly bool _signed = options.SignaturePolicy == SignaturePolicy.StrictSign;

    /// <summary>The compact id, without allocating where the default function is used.</summary>
    internal MessageId Of(string topic, in MessageFields message)
    {
        ReadOnlySpan<byte> from = Span(message.From), sequenceNumber = Span(message.SequenceNumber);
        if (_function is not null || !_signed || from.Length + sequenceNumber.Length > LongestDefault)
            return MessageId.Of(BytesOf(topic, message));

        Span<byte> id = stackalloc byte[LongestDefault];
        from.CopyTo(id);
        sequenceNumber.CopyTo(id[from.Length..]);
        return MessageId.Of(id[..(from.Length + sequenceNumber.Length)]);
    }

    /// <summary>The id as it goes on the wire.</summary>
    internal byte[] BytesOf(string topic, in MessageFields message)
    {
        ReadOnlySpan<byte> from = Span(message.From), sequenceNumber = Span(message.SequenceNumber);
        if (_function is not null) return _function(topic, from, sequenceNumber, Span(message.Data));
        return _signed ? [.. from, .. sequenceNumber] : SHA256.HashData(Span(message.Data));
    }

    private static ReadOnlySpan<byte> Span(ReadOnlyMemory<byte>? field) => (field ?? default).Span;
}
