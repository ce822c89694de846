using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Shoal.Cli.Commands;

/// <summary>One JSON object on one line.</summary>
internal static class JsonLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes an array of texts.</summary>
    internal static void WriteTexts<T>(Utf8JsonWriter json, string name, IEnumerable<T> values)
    {
        json.WriteStartArray(name);
        foreach (T value in values) json.WriteStringValue(value?.ToString());
        json.WriteEndArray();
    }
}
