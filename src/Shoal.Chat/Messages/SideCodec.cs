using Google.Protobuf;
using Shoal.Net;

namespace Shoal.Chat.Messages;

/// <summary>What our own chats tell each other beside the room: what to call them, and files on offer.</summary>
internal static class SideCodec
{
    /// <summary>Largest request or answer, in bytes: a file name of 255 characters and all the rest fit many times over. Default: 4096.</summary>
    internal const int MaxBytes = 4096;

    /// <exception cref="WireFormatException">The bytes are no request, or an empty one.</exception>
    internal static SideRequest ReadRequest(ReadOnlySpan<byte> bytes)
    {
        SideRequest request = Protobuf.Read(SideRequest.Parser, bytes, "request of a chat");
        if (request.BodyCase == SideRequest.BodyOneofCase.FileOffer && (request.FileOffer.Id.Length == 0 || request.FileOffer.Size > long.MaxValue))
            throw new WireFormatException("a file offer without id, or of an impossible size");
        return request;
    }

    internal static byte[] WriteIntroduction(string nick) =>
        new SideRequest { Introduction = new Introduction { Nick = nick } }.ToByteArray();

    internal static byte[] WriteOffer(string id, string name, long size) =>
        new SideRequest { FileOffer = new FileOffer { Id = id, Name = name, Size = (ulong)size } }.ToByteArray();

    internal static byte[] WriteResponse(string? refusal) =>
        new SideResponse { Accepted = refusal is null, Reason = refusal ?? "" }.ToByteArray();

    /// <summary>Says why the peer refused; null when it did not.</summary>
    /// <exception cref="WireFormatException">The bytes are no response.</exception>
    internal static string? ReadResponse(ReadOnlySpan<byte> bytes)
    {
        SideResponse response = Protobuf.Read(SideResponse.Parser, bytes, "answer of a chat");
        return response.Accepted ? null : response.Reason.Length > 0 ? response.Reason : "no reason given";
    }
}
