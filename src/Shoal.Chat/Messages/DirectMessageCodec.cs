using Google.Protobuf;
using Shoal.Net;

namespace Shoal.Chat.Messages;

/// <summary>
/// A text for one peer, and the answer to it (universal-connectivity, <c>/universal-connectivity/dm/1.0.0</c>).
/// </summary>
/// <remarks>
/// <code>
/// request:  1 metadata { 1 clientVersion, 2 timestamp ms }   2 content   3 type
/// response: 1 metadata                                       2 status    3 statusText?
/// </code>
/// </remarks>
internal static class DirectMessageCodec
{
    /// <summary>The version that the js peers write into the metadata.</summary>
    internal const string ClientVersion = "0.0.1";

    /// <summary>The type of an ordinary message.</summary>
    internal const string TextType = "text/plain";

    /// <summary>Bytes that a request may have beside its text: metadata, type, tags and lengths.</summary>
    internal const int Overhead = 256;

    internal static byte[] WriteRequest(string text, DateTimeOffset now) => new DirectMessageRequest
    {
        Metadata = NewMetadata(now),
        Content = text,
        Type = TextType,
    }.ToByteArray();

    /// <summary>Gives the text of a request.</summary>
    /// <exception cref="WireFormatException">The bytes are no request, or carry no metadata.</exception>
    internal static string ReadRequest(ReadOnlySpan<byte> bytes)
    {
        DirectMessageRequest request = Protobuf.Read(DirectMessageRequest.Parser, bytes, "direct message");
        if (request.Metadata is null) throw new WireFormatException("a direct message without metadata");
        return request.Content;
    }

    /// <summary>Writes an answer; <paramref name="error"/> is null when all is well.</summary>
    internal static byte[] WriteResponse(DateTimeOffset now, string? error = null)
    {
        var response = new DirectMessageResponse
        {
            Metadata = NewMetadata(now),
            Status = error is null ? Status.Ok : Status.Error,
        };
        if (error is not null) response.StatusText = error;
        return response.ToByteArray();
    }

    /// <summary>Says why the peer did not take the message; null when it did.</summary>
    /// <exception cref="WireFormatException">The bytes are no response.</exception>
    internal static string? ReadResponse(ReadOnlySpan<byte> bytes)
    {
        DirectMessageResponse response = Protobuf.Read(DirectMessageResponse.Parser, bytes, "direct message response");
        if (response.Metadata is null) return "the answer has no metadata";
        if (response.Status == Status.Ok) return null;
        return response.StatusText.Length > 0 ? response.StatusText : $"status {(int)response.Status}";
    }

    private static Metadata NewMetadata(DateTimeOffset now) =>
        new() { ClientVersion = ClientVersion, Timestamp = now.ToUnixTimeMilliseconds() };
}
