using System.Diagnostics.CodeAnalysis;

namespace Shoal.Libp2p.Multiformats;

/// <summary>A name for content by its hash (multiformats/cid), version 0 or 1. Immutable; equal when version, codec and hash are.</summary>
/// <remarks><code>
/// version 0: 12 20 | 32 bytes of sha2-256                        text: base58btc, Qm…
/// version 1: 01 | uvarint codec | multihash                      text: multibase, usually base 32
/// </code></remarks>
public readonly record struct Cid : IParsable<Cid>
{
    /// <summary>Plain bytes.</summary>
    public const ulong Raw = 0x55;

    /// <summary>IPFS's protobuf nodes; the codec of every version 0.</summary>
    public const ulong DagPb = 0x70;

    /// <summary>A libp2p public key: the CID names a peer.</summary>
    public const ulong Libp2pKey = 0x72;

    /// <summary>Longest text form accepted, in characters. Default: 512.</summary>
    public const int MaxText = 512;

    private Cid(int version, ulong codec, Multihash hash)
    {
        Version = version;
        Codec = codec;
        Hash = hash;
    }

    /// <summary>0 or 1.</summary>
    public int Version { get; }

    /// <summary>What the content is: a number of the multicodec table.</summary>
    public ulong Codec { get; }

    /// <summary>The hash of the content.</summary>
    public Multihash Hash { get; }

    /// <summary>A CID of version 1.</summary>
    public static Cid V1(ulong codec, Multihash hash) => new(1, codec, hash);

    /// <summary>A CID of version 0.</summary>
    /// <exception cref="ArgumentException">The hash is not SHA-256.</exception>
    public static Cid V0(Multihash hash) => hash.Code == Multihash.Sha256 && hash.Digest.Length == 32
        ? new Cid(0, DagPb, hash)
        : throw new ArgumentException("A CID of version 0 holds a SHA-256 hash.", nameof(hash));

    /// <summary>Reads a CID that takes all of <paramref name="bytes"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Cid cid)
    {
        cid = default;
        if (bytes.Length == 34 && bytes[0] == 0x12 && bytes[1] == 0x20)
        {
            if (!Multihash.TryRead(bytes, out Multihash v0)) return false;
            cid = V0(v0);
            return true;
        }

        if (!UnsignedVarint.TryRead(ref bytes, out ulong version) || version != 1) return false;
        if (!UnsignedVarint.TryRead(ref bytes, out ulong codec) || !Multihash.TryRead(bytes, out Multihash hash)) return false;
        cid = V1(codec, hash);
        return true;
    }

    /// <summary>The binary form.</summary>
    public byte[] ToBytes()
    {
        if (Version == 0) return Hash.Bytes.ToArray();
        byte[] bytes = new byte[1 + UnsignedVarint.Size(Codec) + Hash.Bytes.Length];
        bytes[0] = 1;
        int at = 1 + UnsignedVarint.Write(bytes.AsSpan(1), Codec);
        Hash.Bytes.CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>The usual text form: base58btc for version 0, base 32 for version 1.</summary>
    public override string ToString() => Version == 0 ? NumberBase.Base58.Encode(Hash.Bytes) : ToString(MultibaseEncoding.Base32);

    /// <summary>The text form in a base of choice.</summary>
    /// <exception cref="InvalidOperationException">Version 0 is always base58btc without a prefix.</exception>
    public string ToString(MultibaseEncoding encoding) => Version == 0
        ? throw new InvalidOperationException("A CID of version 0 has one text form only.")
        : Multibase.Encode(encoding, ToBytes());

    /// <summary>Parses the text form.</summary>
    /// <exception cref="FormatException">It is not a CID.</exception>
    public static Cid Parse(string text) => Parse(text, null);

    /// <inheritdoc />
    public static Cid Parse(string s, IFormatProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(s);
        return TryParse(s, provider, out Cid cid) ? cid : throw new FormatException($"\"{Printable.Cut(s)}\" is not a CID");
    }

    /// <summary>Parses the text form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Cid cid) => TryParse(text, null, out cid);

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Cid result)
    {
        result = default;
        if (s is null || s.Length is < 2 or > MaxText) return false;
        if (s.Length == 46 && s.StartsWith("Qm", StringComparison.Ordinal))
            return NumberBase.Base58.TryDecode(s, out byte[] v0) && TryRead(v0, out result) && result.Version == 0;

        // Version 0 is never behind a multibase prefix (CID specification, decoding).
        if (!Multibase.TryDecode(s, out byte[] bytes) || !TryRead(bytes, out Cid cid) || cid.Version == 0) return false;
        result = cid;
        return true;
    }
}
