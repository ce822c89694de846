namespace Shoal.Libp2p.Pubsub.Messages;

/// <summary>Writes the pubsub <c>Message</c>: the fields that are present, in ascending order.</summary>
internal static class MessageWriter
{
    /// <summary>Bytes of the whole message.</summary>
    internal static int Size(in MessageFields message) =>
        SignedSize(message) + Size(message.Signature) + Size(message.Key);

    /// <summary>Bytes of the part that a signature covers: fields 1 to 4, without signature and key.</summary>
    internal static int SignedSize(in MessageFields message) =>
        Size(message.From) + Size(message.Data) + Size(message.SequenceNumber) + Size(message.Topic);

    internal static void Write(ref ProtobufWriter writer, in MessageFields message)
    {
        WriteSigned(ref writer, message);
        Write(ref writer, 5, message.Signature);
        Write(ref writer, 6, message.Key);
    }

    internal static void WriteSigned(ref ProtobufWriter writer, in MessageFields message)
    {
        Write(ref writer, 1, message.From);
        Write(ref writer, 2, message.Data);
        Write(ref writer, 3, message.SequenceNumber);
        Write(ref writer, 4, message.Topic);
    }

    private static int Size(ReadOnlyMemory<byte>? field) => field is { } value ? ProtobufWriter.FieldSize(value.Length) : 0;

    private static void Write(ref ProtobufWriter writer, int field, ReadOnlyMemory<byte>? value)
    {
        if (value is { } bytes) writer.WriteBytes(field, bytes.Span);
    }
}
