using Google.Protobuf;
using Shoal.Net;

namespace Shoal.Libp2p.Messages;

/// <summary>Reads generated protobuf messages from a peer's bytes, with one exception for all that can be wrong with them.</summary>
internal static class ProtobufReader
{
    /// <summary>Parses the whole of <paramref name="bytes"/>.</summary>
    /// <exception cref="WireFormatException">The bytes are not such a message.</exception>
    internal static T Read<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes, string what)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (Exception e) when (IsMalformed(e))
        {
            throw new WireFormatException($"not a {what}: {e.Message}", e);
        }
    }

    /// <summary>Adds the fields in <paramref name="bytes"/> to a message.</summary>
    /// <exception cref="WireFormatException">The bytes are not such a message.</exception>
    internal static void Merge(IMessage message, ReadOnlySpan<byte> bytes, string what)
    {
        try
        {
            message.MergeFrom(bytes);
        }
        catch (Exception e) when (IsMalformed(e))
        {
            throw new WireFormatException($"not a {what}: {e.Message}", e);
        }
    }

    /// <summary>True for what Google.Protobuf throws at malformed bytes.</summary>
    /// <remarks>An overlong varint at the very end of a nested message makes version 3.25 read past its buffer, which the runtime stops with an index exception.</remarks>
    private static bool IsMalformed(Exception e) => e is InvalidProtocolBufferException or IndexOutOfRangeException or ArgumentException;
}
