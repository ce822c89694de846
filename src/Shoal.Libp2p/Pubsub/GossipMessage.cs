using System.Text;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Libp2p.Pubsub;

/// <summary>A message that is kept: its own copy of the bytes, laid out as the frame that forwards it.</summary>
/// <remarks>
/// <c>length | 12 | length | message</c>: an RPC with nothing but this message. It is made once and shared by all
/// recipients, the message cache and the subscribers, which see slices of it.
/// </remarks>
internal sealed class GossipMessage
{
    private GossipMessage(MessageId id, byte[] idBytes, string topic, in MessageFields fields, byte[] frame)
    {
        (Id, IdBytes, Topic, Fields, Frame) = (id, idBytes, topic, fields, frame);
    }

    internal MessageId Id { get; }

    /// <summary>The id as it goes on the wire.</summary>
    internal byte[] IdBytes { get; }

    internal string Topic { get; }

    /// <summary>The fields, as slices of <see cref="Frame"/>.</summary>
    internal MessageFields Fields { get; }

    /// <summary>The RPC that carries this message, with its length in front.</summary>
    internal byte[] Frame { get; }

    /// <summary>The author, once known to be well-formed; null under StrictNoSign.</summary>
    internal PeerId? Author { get; init; }

    /// <summary>The content; empty when absent.</summary>
    internal ReadOnlyMemory<byte> Data => Fields.Data ?? default;

    /// <summary>Copies a message out of the buffer that it came in.</summary>
    internal static GossipMessage Copy(in MessageFields fields, byte[] id, string topic, PeerId? author)
    {
        int size = MessageWriter.Size(fields);
        int rpcSize = ProtobufWriter.FieldSize(size);
        byte[] frame = new byte[ProtobufWriter.VarintSize((ulong)rpcSize) + rpcSize];

        var writer = new ProtobufWriter(frame);
        writer.WriteVarint((ulong)rpcSize);
        writer.WriteHeader(2, size);
        int at = writer.Written;
        MessageWriter.Write(ref writer, fields);

        MessageFields own = new(
            Next(fields.From), Next(fields.Data), Next(fields.SequenceNumber), Next(fields.Topic), Next(fields.Signature), Next(fields.Key));
        return new GossipMessage(MessageId.Of(id), id, topic, own, frame) { Author = author };

        ReadOnlyMemory<byte>? Next(ReadOnlyMemory<byte>? field)
        {
            if (field is not { } value) return null;
            int start = at + ProtobufWriter.FieldSize(value.Length) - value.Length;
            at = start + value.Length;
            return frame.AsMemory(start, value.Length);
        }
    }

    /// <summary>The fields of a new message, not signed yet.</summary>
    internal static MessageFields Compose(PeerId? author, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte>? sequenceNumber, string topic) => new(
        author?.Memory,
        data,
        sequenceNumber,
        Encoding.UTF8.GetBytes(topic),
        null,
        null);

    /// <summary>True when the same message stands in <paramref name="fields"/>, byte by byte.</summary>
    internal bool SameAs(in MessageFields fields) =>
        Same(Fields.Signature, fields.Signature) && Same(Fields.Key, fields.Key) && Same(Fields.Data, fields.Data)
        && Same(Fields.From, fields.From) && Same(Fields.SequenceNumber, fields.SequenceNumber) && Same(Fields.Topic, fields.Topic);

    /// <summary>What a subscriber gets to see.</summary>
    internal PubsubMessage ToPublic(PeerId receivedFrom) => new()
    {
        Topic = Topic,
        From = Author,
        ReceivedFrom = receivedFrom,
        Data = Data,
        SequenceNumber = Fields.SequenceNumber ?? default,
    };

    private static bool Same(ReadOnlyMemory<byte>? a, ReadOnlyMemory<byte>? b) =>
        a is { } x ? b is { } y && x.Span.SequenceEqual(y.Span) : b is null;
}
