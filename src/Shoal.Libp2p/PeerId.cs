using System.Diagnostics.CodeAnalysis;

namespace Shoal.Libp2p;

/// <summary>A peer's name: the multihash of its public key (libp2p specification, peer-ids).</summary>
public readonly record struct PeerId : IParsable<PeerId>
{
    /// <summary>The peer id of a public key: identity hash up to 42 bytes of encoded key, sha2-256 beyond.</summary>
    public static PeerId FromPublicKey(PublicKey key) => throw new NotImplementedException();

    /// <summary>Reads the binary form, a multihash.</summary>
    public static bool TryRead(ReadOnlySpan<byte> multihash, out PeerId id) => throw new NotImplementedException();

    /// <summary>The binary form, a multihash.</summary>
    public ReadOnlySpan<byte> Bytes => throw new NotImplementedException();

    /// <summary>The public key, where the peer id contains it (Ed25519, secp256k1).</summary>
    public bool TryGetPublicKey([MaybeNullWhen(false)] out PublicKey key) => throw new NotImplementedException();

    /// <summary>The last 8 characters: enough to tell peers apart on a screen.</summary>
    public string ShortText => throw new NotImplementedException();

    /// <summary>Base58btc, as in <c>12D3Koo…</c>.</summary>
    public override string ToString() => throw new NotImplementedException();

    /// <summary>CIDv1 in base32, as in <c>bafz…</c>.</summary>
    public string ToCidText() => throw new NotImplementedException();

    /// <summary>Parses base58btc or CIDv1 text.</summary>
    public static PeerId Parse(string text) => Parse(text, null);

    /// <inheritdoc />
    public static PeerId Parse(string s, IFormatProvider? provider) => throw new NotImplementedException();

    /// <summary>Parses base58btc or CIDv1 text.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PeerId id) => TryParse(text, null, out id);

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PeerId result) => throw new NotImplementedException();
}
