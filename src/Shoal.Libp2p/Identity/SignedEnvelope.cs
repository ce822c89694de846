using System.Diagnostics.CodeAnalysis;
using System.Text;
using Google.Protobuf;
using Shoal.Libp2p.Messages;
using Shoal.Libp2p.Multiformats;
using Shoal.Net;

namespace Shoal.Libp2p.Identity;

/// <summary>A payload with its signer's key and signature (libp2p specification, RFC 0002).</summary>
/// <remarks>
/// Signed is <code>uvarint length | domain | uvarint length | payload type | uvarint length | payload</code>
/// so that a signature made for one purpose proves nothing in another.
/// </remarks>
internal sealed class SignedEnvelope
{
    /// <summary>Longest envelope accepted, in bytes. Default: 8192 (as much as one identify message carries in go and js).</summary>
    internal const int MaxBytes = 8192;

    private SignedEnvelope(PublicKey signer, byte[] payload, byte[] bytes)
    {
        Signer = signer;
        Payload = payload;
        Bytes = bytes;
    }

    /// <summary>Who signed.</summary>
    internal PublicKey Signer { get; }

    /// <summary>What was signed.</summary>
    internal ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The envelope as it goes over the wire.</summary>
    internal ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Signs a payload.</summary>
    /// <exception cref="ArgumentException">The envelope would have more than <see cref="MaxBytes"/>.</exception>
    internal static SignedEnvelope Seal(PrivateKey key, string domain, ReadOnlySpan<byte> payloadType, ReadOnlySpan<byte> payload)
    {
        Wire.Envelope message = new()
        {
            PublicKey = ByteString.CopyFrom(key.PublicKey.Protobuf.Span),
            PayloadType = ByteString.CopyFrom(payloadType),
            Payload = ByteString.CopyFrom(payload),
            Signature = UnsafeByteOperations.UnsafeWrap(key.Sign(SignedPart(domain, payloadType, payload))),
        };
        byte[] bytes = message.ToByteArray();
        if (bytes.Length > MaxBytes) throw new ArgumentException($"The envelope would have {bytes.Length} bytes, at most {MaxBytes} are allowed.", nameof(payload));
        return new SignedEnvelope(key.PublicKey, payload.ToArray(), bytes);
    }

    /// <summary>Reads an envelope and checks its signature. False when it is malformed, of another type, or not signed by its key. Only then may the payload be looked at.</summary>
    internal static bool TryOpen(ReadOnlySpan<byte> bytes, string domain, ReadOnlySpan<byte> payloadType, [MaybeNullWhen(false)] out SignedEnvelope envelope)
    {
        envelope = null;
        if (!TryParse(bytes, payloadType, out Wire.Envelope? message) || !PublicKey.TryRead(message.PublicKey.Span, out PublicKey? signer)) return false;
        if (!signer.Verify(SignedPart(domain, payloadType, message.Payload.Span), message.Signature.Span)) return false;

        envelope = new SignedEnvelope(signer, message.Payload.ToByteArray(), bytes.ToArray());
        return true;
    }

    /// <summary>The payload of an envelope that was checked before and comes from our own disk.</summary>
    internal static bool TryPeek(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> payloadType, out ReadOnlyMemory<byte> payload)
    {
        bool found = TryParse(bytes, payloadType, out Wire.Envelope? message);
        payload = found ? message!.Payload.Memory : default;
        return found;
    }

    private static bool TryParse(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> payloadType, [MaybeNullWhen(false)] out Wire.Envelope message)
    {
        message = null;
        if (bytes.Length > MaxBytes) return false;
        try
        {
            message = ProtobufReader.Read(Wire.Envelope.Parser, bytes, "signed envelope");
        }
        catch (WireFormatException)
        {
            return false;
        }

        return message.PayloadType.Span.SequenceEqual(payloadType);
    }

    private static byte[] SignedPart(string domain, ReadOnlySpan<byte> payloadType, ReadOnlySpan<byte> payload)
    {
        byte[] name = Encoding.UTF8.GetBytes(domain);
        byte[] part = new byte[(3 * UnsignedVarint.MaxBytes) + name.Length + payloadType.Length + payload.Length];
        int at = Append(part, 0, name);
        at = Append(part, at, payloadType);
        at = Append(part, at, payload);
        return part[..at];
    }

    private static int Append(byte[] part, int at, ReadOnlySpan<byte> field)
    {
        at += UnsignedVarint.Write(part.AsSpan(at), (ulong)field.Length);
        field.CopyTo(part.AsSpan(at));
        return at + field.Length;
    }
}
