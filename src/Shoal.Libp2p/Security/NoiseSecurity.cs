using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Shoal.Crypto.Noise;
using Shoal.Libp2p.Connections;
using Shoal.Net;

namespace Shoal.Libp2p.Security;

/// <summary>What a finished security handshake gives.</summary>
/// <param name="RemoteKey">The peer's identity key, proven.</param>
/// <param name="Channel">The encrypted connection.</param>
/// <param name="EarlyMuxer">The muxer both sides named in the handshake; null: select one as usual.</param>
internal sealed record SecuredConnection(PublicKey RemoteKey, SecureChannel Channel, string? EarlyMuxer);

/// <summary>Noise XX with libp2p's identity check (libp2p specification, noise).</summary>
/// <remarks>
/// <code>
/// initiator                      responder
///   e                        →
///                            ←   e, ee, s, es, payload
///   s, se, payload           →
/// each message: length (2, big-endian) | Noise message
/// </code>
/// </remarks>
internal sealed class NoiseSecurity(NoiseIdentity identity, IReadOnlyList<string> muxers)
{
    /// <summary>The protocol's name in multistream-select.</summary>
    internal const string Protocol = "/noise";

    /// <summary>Longest handshake message accepted, in bytes. Default: 8 KiB; an RSA-8192 identity needs about 3.</summary>
    private const int MaxHandshakeMessage = 8 * 1024;

    /// <summary>Runs the handshake.</summary>
    internal async Task<SecuredConnection> SecureAsync(NetConnection raw, ReceiveBuffer received, bool initiator)
    {
        using var handshake = new NoiseHandshake(NoiseProtocol.XX25519ChaChaPolySha256, initiator, identity.StaticSecret);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxHandshakeMessage);
        try
        {
            int payload;
            if (initiator)
            {
                await WriteAsync(raw, handshake, default, buffer).ConfigureAwait(false);
                payload = await ReadAsync(received, handshake, buffer).ConfigureAwait(false);
            }
            else
            {
                await ReadAsync(received, handshake, buffer).ConfigureAwait(false);
                await WriteAsync(raw, handshake, identity.Payload, buffer).ConfigureAwait(false);
                payload = await ReadAsync(received, handshake, buffer).ConfigureAwait(false);
            }

            (PublicKey key, IReadOnlyList<string>? theirs) = NoiseIdentity.Check(buffer.AsSpan(0, payload), handshake.RemoteStatic);
            if (initiator) await WriteAsync(raw, handshake, identity.Payload, buffer).ConfigureAwait(false);

            (NoiseCipherState send, NoiseCipherState receive) = handshake.Split();
            return new SecuredConnection(key, new NoiseChannel(raw, received, send, receive), EarlyMuxer(initiator, theirs));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The first of the initiator's list that both have (libp2p specification, inlined muxer negotiation).
    private string? EarlyMuxer(bool initiator, IReadOnlyList<string>? theirs)
    {
        if (theirs is null) return null;
        (IReadOnlyList<string> first, IReadOnlyList<string> second) = initiator ? (muxers, theirs) : (theirs, muxers);
        return first.FirstOrDefault(second.Contains)
            ?? throw new ProtocolNotSupportedException($"no muxer in common: we have {string.Join(", ", muxers)}, the peer {string.Join(", ", theirs.Take(4))}");
    }

    private static ValueTask WriteAsync(NetConnection raw, NoiseHandshake handshake, ReadOnlySpan<byte> payload, byte[] buffer)
    {
        int length = handshake.WriteMessage(payload, buffer.AsSpan(2));
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)length);
        return raw.SendAsync(buffer.AsMemory(0, 2 + length));
    }

    private static async ValueTask<int> ReadAsync(ReceiveBuffer received, NoiseHandshake handshake, byte[] payload)
    {
        await FillAsync(received, 2).ConfigureAwait(false);
        int length = BinaryPrimitives.ReadUInt16BigEndian(received.Unread.Span);
        if (length > MaxHandshakeMessage) throw new WireFormatException($"Noise handshake message of {length} bytes, at most {MaxHandshakeMessage} allowed");
        await FillAsync(received, 2 + length).ConfigureAwait(false);
        if (!handshake.TryReadMessage(received.Unread.Span.Slice(2, length), payload, out int written))
            throw new WireFormatException("a Noise handshake message is malformed or not authentic");
        received.Consume(2 + length);
        return written;
    }

    private static async ValueTask FillAsync(ReceiveBuffer received, int count)
    {
        if (received.Length < count && !await received.FillAsync(count).ConfigureAwait(false))
            throw new ConnectionClosedException("the peer closed the connection during the Noise handshake");
    }
}
