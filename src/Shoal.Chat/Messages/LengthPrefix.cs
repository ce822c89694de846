using Shoal.Net;

namespace Shoal.Chat.Messages;

/// <summary>
/// Frames of a stream: an unsigned LEB128 length, then that many bytes ("lp" in the specifications).
/// </summary>
internal static class LengthPrefix
{
    /// <summary>Longest prefix accepted, in bytes: 63 bits (multiformats, unsigned-varint).</summary>
    internal const int MaxPrefixBytes = 9;

    /// <summary>Puts a length before a body.</summary>
    internal static byte[] Frame(ReadOnlySpan<byte> body)
    {
        Span<byte> prefix = stackalloc byte[MaxPrefixBytes];
        int length = WriteLength(prefix, body.Length);
        byte[] frame = new byte[length + body.Length];
        prefix[..length].CopyTo(frame);
        body.CopyTo(frame.AsSpan(length));
        return frame;
    }

    /// <summary>Writes a length; returns how many bytes that took.</summary>
    internal static int WriteLength(Span<byte> destination, long length)
    {
        int at = 0;
        for (; length >= 0x80; length >>= 7) destination[at++] = (byte)(length | 0x80);
        destination[at++] = (byte)length;
        return at;
    }

    /// <summary>Reads a length, byte by byte, so that nothing behind it is consumed.</summary>
    /// <exception cref="WireFormatException">It is malformed, above <paramref name="max"/>, or the stream ended.</exception>
    internal static async Task<long> ReadLengthAsync(Stream stream, long max, CancellationToken cancellationToken)
    {
        byte[] one = new byte[1];
        long value = 0;
        for (int i = 0; i < MaxPrefixBytes; i++)
        {
            if (await stream.ReadAsync(one, cancellationToken).ConfigureAwait(false) == 0)
                throw new WireFormatException("the stream ended where a length was due");
            value |= (long)(one[0] & 0x7F) << (7 * i);
            if (one[0] >= 0x80) continue;
            if (one[0] == 0 && i > 0) throw new WireFormatException("a length is not written in its shortest form");
            if (value > max) throw new WireFormatException($"a frame of {value} bytes, at most {max} allowed");
            return value;
        }

        throw new WireFormatException($"a length of more than {MaxPrefixBytes} bytes");
    }

    /// <summary>Reads one whole frame.</summary>
    /// <exception cref="WireFormatException">The length is bad, or the stream ended inside the frame.</exception>
    internal static async Task<byte[]> ReadAsync(Stream stream, int max, CancellationToken cancellationToken)
    {
        long length = await ReadLengthAsync(stream, max, cancellationToken).ConfigureAwait(false);
        byte[] body = new byte[length];
        try
        {
            await stream.ReadExactlyAsync(body, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException e)
        {
            throw new WireFormatException($"the stream ended inside a frame of {length} bytes", e);
        }

        return body;
    }
}
