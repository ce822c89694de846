using System.Security.Cryptography;

namespace Shoal.Libp2p.Multiformats;

/// <summary>A hash that says which function made it (multiformats/multihash). Immutable; equal when all bytes are.</summary>
/// <remarks><code>uvarint function | uvarint length | digest</code></remarks>
public readonly record struct Multihash
{
    /// <summary>The digest is the data itself.</summary>
    public const ulong Identity = 0x00;

    /// <summary>SHA-256, 32 bytes.</summary>
    public const ulong Sha256 = 0x12;

    /// <summary>SHA-512, 64 bytes.</summary>
    public const ulong Sha512 = 0x13;

    /// <summary>Longest digest accepted, in bytes. Default: 128 (the longest of go-multihash by default).</summary>
    public const int MaxDigest = 128;

    private readonly byte[]? _bytes;
    private readonly int _digestAt;

    private Multihash(byte[] bytes, ulong code, int digestAt)
    {
        _bytes = bytes;
        Code = code;
        _digestAt = digestAt;
    }

    /// <summary>Which function: <see cref="Identity"/>, <see cref="Sha256"/>, or another number of the multicodec table.</summary>
    public ulong Code { get; }

    /// <summary>All bytes: function, length, digest. Empty for the default value.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The digest alone.</summary>
    public ReadOnlySpan<byte> Digest => _bytes.AsSpan(_digestAt);

    /// <summary>Wraps a digest, or data for <see cref="Identity"/>.</summary>
    /// <exception cref="ArgumentException">The digest has a length that the function cannot give, or is longer than <see cref="MaxDigest"/>.</exception>
    public static Multihash Of(ulong code, ReadOnlySpan<byte> digest)
    {
        if (!LengthFits(code, (ulong)digest.Length)) throw new ArgumentException($"A digest of function 0x{code:x} cannot have {digest.Length} bytes.", nameof(digest));

        int head = UnsignedVarint.Size(code) + UnsignedVarint.Size((ulong)digest.Length);
        byte[] bytes = new byte[head + digest.Length];
        int at = UnsignedVarint.Write(bytes, code);
        UnsignedVarint.Write(bytes.AsSpan(at), (ulong)digest.Length);
        digest.CopyTo(bytes.AsSpan(head));
        return new Multihash(bytes, code, head);
    }

    /// <summary>The SHA-256 multihash of <paramref name="data"/>.</summary>
    public static Multihash OfSha256(ReadOnlySpan<byte> data) => Of(Sha256, SHA256.HashData(data));

    /// <summary>The SHA-512 multihash of <paramref name="data"/>.</summary>
    public static Multihash OfSha512(ReadOnlySpan<byte> data) => Of(Sha512, SHA512.HashData(data));

    /// <summary>Reads a multihash that takes all of <paramref name="bytes"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Multihash hash) => TryRead(ref bytes, out hash) && (bytes.IsEmpty || Fail(out hash));

    /// <summary>Reads the multihash at the start of <paramref name="input"/>, and moves it behind. False, and nothing is consumed, when there is none.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> input, out Multihash hash)
    {
        hash = default;
        if (!TryMeasure(input, out ulong code, out int digestAt, out int length)) return false;

        hash = new Multihash(input[..length].ToArray(), code, digestAt);
        input = input[length..];
        return true;
    }

    /// <summary>Says whether all of <paramref name="bytes"/> is one multihash, without copying it.</summary>
    internal static bool IsValid(ReadOnlySpan<byte> bytes) => TryMeasure(bytes, out _, out _, out int length) && length == bytes.Length;

    /// <inheritdoc />
    public bool Equals(Multihash other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc />
    public override int GetHashCode() => ByteHash.Of(Bytes);

    /// <summary>Hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(Bytes);

    private static bool TryMeasure(ReadOnlySpan<byte> input, out ulong code, out int digestAt, out int length)
    {
        ReadOnlySpan<byte> rest = input;
        digestAt = length = 0;
        if (!UnsignedVarint.TryRead(ref rest, out code) || !UnsignedVarint.TryRead(ref rest, out ulong digest)) return false;
        if (!LengthFits(code, digest) || (ulong)rest.Length < digest) return false;

        digestAt = input.Length - rest.Length;
        length = digestAt + (int)digest;
        return true;
    }

    private static bool LengthFits(ulong code, ulong length) => code switch
    {
        Sha256 => length == 32,
        Sha512 => length == 64,
        Identity => length <= MaxDigest,
        _ => length is > 0 and <= MaxDigest,
    };

    private static bool Fail(out Multihash hash)
    {
        hash = default;
        return false;
    }
}
