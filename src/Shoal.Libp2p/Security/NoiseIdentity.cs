using System.Security.Cryptography;
using Google.Protobuf;
using Shoal.Crypto;
using Shoal.Libp2p.Messages;
using Shoal.Libp2p.Security.Messages;
using Shoal.Net;

namespace Shoal.Libp2p.Security;

/// <summary>
/// Ties a Noise static key to a peer's identity key (libp2p specification, noise): makes our handshake payload once, and
/// checks the others'.
/// </summary>
/// <remarks>The static key lives as long as the node. It only ever meets fresh ephemeral keys, so sessions stay independent.</remarks>
internal sealed class NoiseIdentity : IDisposable
{
    /// <summary>Stream muxers read from a peer's list. Default: 16; known peers offer one to three.</summary>
    private const int MaxMuxers = 16;

    private static ReadOnlySpan<byte> SignaturePrefix => "noise-libp2p-static-key:"u8;

    private readonly byte[] _staticSecret = GC.AllocateUninitializedArray<byte>(X25519.KeySize, pinned: true);

    internal NoiseIdentity(PrivateKey key, IReadOnlyList<string> muxers)
    {
        RandomNumberGenerator.Fill(_staticSecret);
        Span<byte> signed = stackalloc byte[SignaturePrefix.Length + X25519.KeySize];
        SignaturePrefix.CopyTo(signed);
        X25519.PublicKey(_staticSecret, signed[SignaturePrefix.Length..]);
        var extensions = new NoiseExtensions();
        extensions.StreamMuxers.AddRange(muxers);
        Payload = new NoiseHandshakePayload
        {
            IdentityKey = ByteString.CopyFrom(key.PublicKey.Protobuf.Span),
            IdentitySig = ByteString.CopyFrom(key.Sign(signed)),
            Extensions = extensions,
        }.ToByteArray();
    }

    /// <summary>Our payload, encoded.</summary>
    internal byte[] Payload { get; }

    /// <summary>Our static secret key.</summary>
    internal ReadOnlySpan<byte> StaticSecret => _staticSecret;

    /// <summary>Who the other side is, proven by its payload, and the muxers it offers (null when it names none).</summary>
    /// <exception cref="WireFormatException">The payload is malformed.</exception>
    /// <exception cref="PeerIdentityException">The identity key did not sign this static key.</exception>
    internal static (PublicKey Key, IReadOnlyList<string>? Muxers) Check(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> remoteStatic)
    {
        NoiseHandshakePayload message = ProtobufReader.Read(NoiseHandshakePayload.Parser, payload, "payload of the Noise handshake");
        if (!PublicKey.TryRead(message.IdentityKey.Span, out PublicKey? key))
            throw new WireFormatException("the Noise handshake's payload has no valid identity key");

        Span<byte> signed = stackalloc byte[SignaturePrefix.Length + X25519.KeySize];
        SignaturePrefix.CopyTo(signed);
        remoteStatic.CopyTo(signed[SignaturePrefix.Length..]);
        if (!key.Verify(signed, message.IdentitySig.Span))
            throw new PeerIdentityException($"{key.PeerId} did not sign the key of this handshake: somebody claims to be it");

        IReadOnlyList<string>? muxers = message.Extensions is { StreamMuxers.Count: > 0 and <= MaxMuxers } e2 ? [.. e2.StreamMuxers] : null;
        return (key, muxers);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_staticSecret);
}
