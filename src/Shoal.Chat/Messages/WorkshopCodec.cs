using System.Diagnostics.CodeAnalysis;
using System.Text;
using Google.Protobuf;
using Shoal.Net;

namespace Shoal.Chat.Messages;

/// <summary>The workshop's envelope around a chat text, on the topic where others send plain text.</summary>
/// <remarks><code>1 from   2 message   3 timestamp   4 message_type (chat 0)</code></remarks>
internal static class WorkshopCodec
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>True when the bytes are no text as they stand, but are the envelope of a chat message.</summary>
    /// <remarks>
    /// A text has no control characters but tabs and line ends, while an envelope cannot do without: its tags are
    /// 0x0A, 0x12, 0x18 and 0x20, and 0x12 is in every envelope that has a message.
    /// </remarks>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (bytes.IsEmpty || IsText(bytes)) return false;
        try
        {
            WorkshopMessage message = Protobuf.Read(WorkshopMessage.Parser, bytes, "workshop message");
            if (message.MessageType != WorkshopMessage.Types.Kind.Chat || message.Message.Length == 0) return false;
            // What did not land in a known field was no envelope: plain bytes that happen to parse.
            if (message.CalculateSize() != KnownSize(message)) return false;
            text = message.Message;
            return true;
        }
        catch (WireFormatException)
        {
            return false;
        }
    }

    private static int KnownSize(WorkshopMessage message) => new WorkshopMessage
    {
        From = message.From,
        Message = message.Message,
        Timestamp = message.Timestamp,
        MessageType = message.MessageType,
    }.CalculateSize();

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            if (b is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r')) return false;
        }

        try
        {
            _ = Strict.GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
