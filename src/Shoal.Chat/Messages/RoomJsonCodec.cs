using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Shoal.Net;

namespace Shoal.Chat.Messages;

/// <summary>One message of the go chat-room.</summary>
internal readonly record struct RoomJsonMessage(string Message, string SenderId, string SenderNick);

/// <summary><c>{"Message":"…","SenderID":"…","SenderNick":"…"}</c>, names exactly so.</summary>
internal static class RoomJsonCodec
{
    /// <summary>Deepest nesting accepted; the message itself needs 1.</summary>
    internal const int MaxDepth = 8;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static byte[] Write(in RoomJsonMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteString("Message"u8, message.Message);
        json.WriteString("SenderID"u8, message.SenderId);
        json.WriteString("SenderNick"u8, message.SenderNick);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a message; unknown members are passed over, missing ones are empty, as go does it.</summary>
    /// <exception cref="WireFormatException">The bytes are not such a JSON object.</exception>
    internal static RoomJsonMessage Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return ReadObject(new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth }));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with an escaped half of a surrogate pair.
            throw new WireFormatException($"not a chat-room message: {e.Message}", e);
        }
    }

    private static RoomJsonMessage ReadObject(Utf8JsonReader json)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new JsonException("no object");
        string message = "", id = "", nick = "";
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isMessage = json.ValueTextEquals("Message"u8);
            bool isId = json.ValueTextEquals("SenderID"u8);
            bool isNick = json.ValueTextEquals("SenderNick"u8);
            json.Read();
            if (isMessage) message = ReadText(ref json);
            else if (isId) id = ReadText(ref json);
            else if (isNick) nick = ReadText(ref json);
            else json.Skip();
        }

        if (json.TokenType != JsonTokenType.EndObject) throw new JsonException("the object does not end");
        if (json.Read()) throw new JsonException("something follows the object");
        return new RoomJsonMessage(message, id, nick);
    }

    private static string ReadText(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.Null => "",
        JsonTokenType.String => json.HasValueSequence ? throw new JsonException("a split value") : Unescape(ref json),
        _ => throw new JsonException("a member is not text"),
    };

    private static string Unescape(ref Utf8JsonReader json)
    {
        if (!json.ValueIsEscaped) return Encoding.UTF8.GetString(json.ValueSpan);
        return json.GetString()!;
    }
}
