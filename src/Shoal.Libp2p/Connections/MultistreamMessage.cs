using System.Text;
using Shoal.Net;

namespace Shoal.Libp2p.Connections;

/// <summary>One message of multistream-select: a line of text.</summary>
/// <remarks>
/// <code>
/// uvarint length | UTF-8 text | '\n'        the length counts the newline
/// </code>
/// </remarks>
internal static class MultistreamMessage
{
    /// <summary>Longest message accepted, in bytes with its newline. Default: 1024 (js-libp2p).</summary>
    internal const int MaxLength = 1024;

    /// <summary>Opens every negotiation.</summary>
    internal const string Header = "/multistream/1.0.0";

    /// <summary>Refuses a proposal.</summary>
    internal const string NotAvailable = "na";

    /// <summary>Asks for the list of protocols; may be refused.</summary>
    internal const string List = "ls";

    /// <summary>The messages, one after the other.</summary>
    internal static byte[] Encode(params ReadOnlySpan<string> messages)
    {
        var output = new MemoryStream();
        foreach (string message in messages)
        {
            byte[] text = Encoding.UTF8.GetBytes(message);
            int length = text.Length + 1;
            if (length > MaxLength) throw new ArgumentException($"protocol name of {text.Length} bytes, at most {MaxLength - 1} allowed: {message[..64]}…", nameof(messages));
            if (length > 127) output.WriteByte((byte)(length | 0x80));
            output.WriteByte((byte)(length > 127 ? length >> 7 : length));
            output.Write(text);
            output.WriteByte((byte)'\n');
        }
        return output.ToArray();
    }

    /// <summary>Reads one message; null when the stream ends before it.</summary>
    /// <exception cref="WireFormatException">The message is too long, empty, cut off or without newline.</exception>
    internal static async ValueTask<string?> ReadAsync(DuplexStream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[128];
        if (await stream.ReadAsync(buffer.AsMemory(0, 1), cancellationToken).ConfigureAwait(false) == 0) return null;
        int length = buffer[0];
        if (length > 127)
        {
            await FillAsync(stream, buffer.AsMemory(0, 1), cancellationToken).ConfigureAwait(false);
            if (buffer[0] is 0 or > 127) throw new WireFormatException($"multistream message is longer than {MaxLength} bytes or its length is not minimal");
            length = (length & 0x7f) | (buffer[0] << 7);
        }
        if (length is 0 or > MaxLength) throw new WireFormatException($"multistream message of {length} bytes, 1 to {MaxLength} allowed");

        if (length > buffer.Length) buffer = new byte[length];
        await FillAsync(stream, buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        if (buffer[length - 1] != (byte)'\n') throw new WireFormatException("multistream message does not end in a newline");
        return Encoding.UTF8.GetString(buffer, 0, length - 1);
    }

    private static async ValueTask FillAsync(DuplexStream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (buffer.Length > 0)
        {
            int read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0) throw new WireFormatException("the stream ended within a multistream message");
            buffer = buffer[read..];
        }
    }
}
