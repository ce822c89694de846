using Google.Protobuf;
using Shoal.Net;

namespace Shoal.Chat.Messages;

/// <summary>Reads a generated message and turns every complaint of the library into the wire-format exception.</summary>
internal static class Protobuf
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
        catch (Exception e) when (e is InvalidProtocolBufferException or IndexOutOfRangeException or ArgumentException)
        {
            // The latter two: version 3.25 reads past its buffer at an overlong varint that ends a nested message.
            throw new WireFormatException($"not a {what}: {e.Message}", e);
        }
    }
}
