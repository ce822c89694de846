using Google.Protobuf;
using Shoal.Net;

namespace Shoal.Chat.Messages;

/// <summary>What a camp request says, as far as a chat cares.</summary>
/// <param name="Data">Text of a message; null in any other request.</param>
/// <param name="Created">When the author says it was written; null in any other request.</param>
/// <param name="Handle">The author's new name; null when none is given.</param>
internal readonly record struct CampMessage(ReadOnlyMemory<byte>? Data, DateTimeOffset? Created, ReadOnlyMemory<byte>? Handle);

/// <summary>The Request of the IPFS Camp 2019 chat.</summary>
/// <remarks>
/// <code>
/// 1 type, always written   2 sendMessage { 1 data, 2 created, 3 id: all always written }   3 updatePeer { 1 userHandle }
/// </code>
/// </remarks>
internal static class CampCodec
{
    /// <summary>A <c>created</c> above this is milliseconds (js), at or below it seconds (go). 10^11 s is the year 5138.</summary>
    internal const long MillisecondsAbove = 100_000_000_000;

    /// <summary>Last moment that .NET can express, in milliseconds since 1970: the end of the year 9999.</summary>
    private static readonly long MaxMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    internal static byte[] WriteMessage(ReadOnlySpan<byte> text, DateTimeOffset created, ReadOnlySpan<byte> id) => new CampRequest
    {
        Type = CampRequest.Types.Type.SendMessage,
        SendMessage = new CampSendMessage
        {
            Data = ByteString.CopyFrom(text),
            Created = created.ToUnixTimeMilliseconds(),
            Id = ByteString.CopyFrom(id),
        },
    }.ToByteArray();

    internal static byte[] WriteHandle(ReadOnlySpan<byte> handle) => new CampRequest
    {
        Type = CampRequest.Types.Type.UpdatePeer,
        UpdatePeer = new CampUpdatePeer { UserHandle = ByteString.CopyFrom(handle) },
    }.ToByteArray();

    /// <exception cref="WireFormatException">The bytes are no request, or a required field is missing.</exception>
    internal static CampMessage Read(ReadOnlySpan<byte> bytes)
    {
        CampRequest request = Protobuf.Read(CampRequest.Parser, bytes, "camp request");
        if (!request.HasType) throw new WireFormatException("a camp request without type");
        switch (request.Type)
        {
            case CampRequest.Types.Type.SendMessage:
                CampSendMessage? message = request.SendMessage;
                if (message is null || !message.HasData || !message.HasCreated || !message.HasId)
                    throw new WireFormatException("a camp message without data, created or id");
                return new CampMessage(message.Data.Memory, ReadTime(message.Created), null);
            case CampRequest.Types.Type.UpdatePeer:
                return new CampMessage(null, null, request.UpdatePeer is { HasUserHandle: true } update ? update.UserHandle.Memory : null);
            default:
                return default; // Statistics, and types to come: nothing to show.
        }
    }

    /// <summary>Seconds or milliseconds since 1970, told apart by size. A time that cannot be is the start of 1970.</summary>
    internal static DateTimeOffset ReadTime(long created)
    {
        if (created < 0) return DateTimeOffset.UnixEpoch;
        long milliseconds = created > MillisecondsAbove ? created : created * 1000;
        return milliseconds > MaxMilliseconds ? DateTimeOffset.UnixEpoch : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }
}
