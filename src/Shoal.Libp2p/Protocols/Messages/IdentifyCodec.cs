using System.Buffers;
using Google.Protobuf;
using Shoal.Libp2p.Messages;
using Shoal.Net;

namespace Shoal.Libp2p.Protocols.Messages;

/// <summary>
/// The bytes of identify: one or more protobuf messages, each behind its length, until the end of the stream; together they
/// are one record (libp2p specification, identify).
/// </summary>
/// <remarks><code>
/// | uvarint length | Identify protobuf | … up to 10 of them … | end of stream |
/// </code></remarks>
internal static class IdentifyCodec
{
    /// <summary>Messages of one record. Default: 10 (go-libp2p, js-libp2p).</summary>
    internal const int MaxMessages = 10;

    /// <summary>Bytes of one message. Default: 8192 (go-libp2p, js-libp2p).</summary>
    internal const int MaxMessageBytes = 8192;

    /// <summary>Bytes of a message that we write, unless one field alone is longer. Default: 4096 (go-libp2p).</summary>
    internal const int WriteMessageBytes = 4096;

    /// <summary>Listen addresses taken from a record; further ones are passed over. Default: 128 (go-libp2p takes 500).</summary>
    internal const int MaxAddresses = 128;

    /// <summary>Protocols taken from a record; further ones are passed over. Default: 512 (ours; nodes have about 20).</summary>
    internal const int MaxProtocols = 512;

    /// <summary>Characters taken of a version or a protocol's name. Default: 256 (ours).</summary>
    internal const int MaxTextChars = 256;

    /// <summary>Reads messages to the end of the stream and merges them.</summary>
    /// <exception cref="WireFormatException">Too many, too long, or not the protobuf; or the stream ended within one.</exception>
    internal static async Task<Identify> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var merged = new Identify();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxMessageBytes + LengthBytes);
        try
        {
            int have = 0, messages = 0;
            while (true)
            {
                int taken;
                while ((taken = TryTake(buffer.AsSpan(0, have), merged)) > 0)
                {
                    if (++messages > MaxMessages) throw new WireFormatException($"more than {MaxMessages} identify messages");
                    buffer.AsSpan(taken, have - taken).CopyTo(buffer);
                    have -= taken;
                }

                int read = await stream.ReadAsync(buffer.AsMemory(have), cancellationToken).ConfigureAwait(false);
                if (read > 0)
                {
                    have += read;
                    continue;
                }

                if (have > 0) throw new WireFormatException("the stream ended within an identify message");
                if (messages == 0) throw new WireFormatException("the stream ended without an identify message");
                return merged;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Merges the message at the front of <paramref name="input"/>: fields that are there replace, lists grow.</summary>
    /// <returns>Bytes taken; 0 when the message is not all there.</returns>
    /// <exception cref="WireFormatException">The message is too long or malformed.</exception>
    internal static int TryTake(ReadOnlySpan<byte> input, Identify merged)
    {
        int length = 0, at = 0;
        while (true)
        {
            if (at == input.Length) return 0;
            byte b = input[at];
            length |= (b & 0x7F) << (7 * at);
            at++;
            if (b < 0x80) break;
            if (at == LengthBytes) throw new WireFormatException($"identify message longer than {MaxMessageBytes} bytes");
        }

        if (length > MaxMessageBytes) throw new WireFormatException($"identify message of {length} bytes, at most {MaxMessageBytes} allowed");
        if (at > 1 && input[at - 1] == 0) throw new WireFormatException("length of an identify message is not written in its shortest form");
        if (input.Length - at < length) return 0;
        ProtobufReader.Merge(merged, input.Slice(at, length), "identify message");
        return at + length;
    }

    /// <summary>Writes a record: one message, or several when it is long.</summary>
    internal static byte[] Write(Identify record)
    {
        if (record.CalculateSize() <= WriteMessageBytes) return Frame(record);

        // Field by field into messages; the signed record, the longest, comes last as in go-libp2p.
        using var output = new MemoryStream();
        var message = new Identify();
        foreach (Identify field in Fields(record))
        {
            if (message.CalculateSize() + field.CalculateSize() > WriteMessageBytes)
            {
                output.Write(Frame(message));
                message = new Identify();
            }

            message.MergeFrom(field);
        }

        output.Write(Frame(message));
        return output.ToArray();
    }

    /// <summary>A text from a peer, fit for a screen: bounded, and without control characters.</summary>
    internal static string Clean(string text)
    {
        ReadOnlySpan<char> kept = text.AsSpan(0, Math.Min(text.Length, MaxTextChars));
        return kept.Length == text.Length && !text.Any(char.IsControl) ? text : string.Concat(kept.ToString().Where(c => !char.IsControl(c)));
    }

    private const int LengthBytes = 2;

    private static byte[] Frame(Identify message)
    {
        int size = message.CalculateSize();
        byte[] frame = new byte[CodedOutputStream.ComputeLengthSize(size) + size];
        var output = new CodedOutputStream(frame);
        output.WriteLength(size);
        message.WriteTo(output);
        output.CheckNoSpaceLeft();
        return frame;
    }

    private static IEnumerable<Identify> Fields(Identify record)
    {
        if (record.HasPublicKey) yield return new Identify { PublicKey = record.PublicKey };
        foreach (ByteString address in record.ListenAddrs) yield return new Identify { ListenAddrs = { address } };
        foreach (string protocol in record.Protocols) yield return new Identify { Protocols = { protocol } };
        if (record.HasObservedAddr) yield return new Identify { ObservedAddr = record.ObservedAddr };
        if (record.HasProtocolVersion) yield return new Identify { ProtocolVersion = record.ProtocolVersion };
        if (record.HasAgentVersion) yield return new Identify { AgentVersion = record.AgentVersion };
        if (record.HasSignedPeerRecord) yield return new Identify { SignedPeerRecord = record.SignedPeerRecord };
    }
}
