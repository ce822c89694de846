using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Shoal.Libp2p.Multiformats;

namespace Shoal.Libp2p;

/// <summary>A peer's name: the multihash of its public key (libp2p specification, peer-ids).</summary>
/// <remarks>
/// <code>
/// 00 | length | encoded public key        keys of up to 42 bytes: Ed25519, secp256k1; the name contains the key
/// 12 20 | sha2-256 of it                  longer keys: RSA, ECDSA
/// </code>
/// The default value names nobody: it has no bytes and an empty text, and equals only itself.
/// </remarks>
public readonly record struct PeerId : IParsable<PeerId>
{
    /// <summary>Longest encoded key that a name contains whole, in bytes. 42 (libp2p specification, peer-ids).</summary>
    public const int MaxInlineKey = 42;

    /// <summary>Longest binary form, in bytes.</summary>
    public const int MaxBytes = 2 + MaxInlineKey;

    /// <summary>Longest text accepted, in characters: a CID in base 16 of the longest binary form, and some.</summary>
    public const int MaxText = 128;

    private const int ShortLength = 8;

    private readonly byte[]? _bytes;
    private readonly int _hash;

    private PeerId(byte[] bytes)
    {
        _bytes = bytes;
        _hash = ByteHash.Of(bytes);
    }

    /// <summary>The binary form, a multihash.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The last 8 characters: enough to tell peers apart on a screen.</summary>
    public string ShortText => ToString() is { Length: > ShortLength } text ? text[^ShortLength..] : ToString();

    /// <summary>The binary form, to keep. Not to be written to.</summary>
    internal ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>The peer id of a public key: identity hash up to 42 bytes of encoded key, sha2-256 beyond.</summary>
    public static PeerId FromPublicKey(PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        ReadOnlySpan<byte> encoded = key.Protobuf.Span;
        if (encoded.Length <= MaxInlineKey) return new PeerId([(byte)Multihash.Identity, (byte)encoded.Length, .. encoded]);

        byte[] bytes = new byte[2 + SHA256.HashSizeInBytes];
        bytes[0] = (byte)Multihash.Sha256;
        bytes[1] = SHA256.HashSizeInBytes;
        SHA256.HashData(encoded, bytes.AsSpan(2));
        return new PeerId(bytes);
    }

    /// <summary>Reads the binary form, a multihash.</summary>
    public static bool TryRead(ReadOnlySpan<byte> multihash, out PeerId id)
    {
        id = IsValid(multihash) ? new PeerId(multihash.ToArray()) : default;
        return id._bytes is not null;
    }

    /// <summary>Says whether these bytes are a peer id. Both lengths fit one byte, so no varint needs decoding.</summary>
    internal static bool IsValid(ReadOnlySpan<byte> multihash) =>
        multihash.Length is > 2 and <= MaxBytes
        && multihash[1] == multihash.Length - 2
        && (multihash[0] == Multihash.Identity || (multihash[0] == Multihash.Sha256 && multihash[1] == SHA256.HashSizeInBytes));

    /// <summary>The public key, where the peer id contains it (Ed25519, secp256k1).</summary>
    public bool TryGetPublicKey([MaybeNullWhen(false)] out PublicKey key)
    {
        key = null;
        return _bytes is [(byte)Multihash.Identity, _, ..] && PublicKey.TryRead(_bytes.AsSpan(2), out key);
    }

    /// <inheritdoc />
    public bool Equals(PeerId other) =>
        ReferenceEquals(_bytes, other._bytes) || (_hash == other._hash && Bytes.SequenceEqual(other.Bytes));

    /// <inheritdoc />
    public override int GetHashCode() => _hash;

    /// <summary>Base58btc, as in <c>12D3Koo…</c>.</summary>
    public override string ToString() => NumberBase.Base58.Encode(Bytes);

    /// <summary>CIDv1 in base32, as in <c>bafz…</c>.</summary>
    public string ToCidText()
    {
        if (!Multihash.TryRead(Bytes, out Multihash hash)) return "";
        return Cid.V1(Cid.Libp2pKey, hash).ToString();
    }

    /// <summary>Parses base58btc or CIDv1 text.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static PeerId Parse(string text) => Parse(text, null);

    /// <inheritdoc />
    public static PeerId Parse(string s, IFormatProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(s);
        return TryParse(s, provider, out PeerId id) ? id : throw new FormatException($"\"{Printable.Cut(s)}\" is not a peer id (12D3Koo…, Qm… or bafz…)");
    }

    /// <summary>Parses base58btc or CIDv1 text.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PeerId id) => TryParse(text, null, out id);

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PeerId result)
    {
        result = default;
        if (s is null || s.Length is < 3 or > MaxText) return false;

        // An identity hash starts with a zero byte, written 1; a sha2-256 one always comes out as Qm. No multibase prefix looks so.
        if (s[0] == '1' || s.StartsWith("Qm", StringComparison.Ordinal))
            return NumberBase.Base58.TryDecode(s, out byte[] bytes) && TryRead(bytes, out result);

        return Cid.TryParse(s, out Cid cid) && cid.Codec == Cid.Libp2pKey && TryRead(cid.Hash.Bytes, out result);
    }
}
