using System.Security.Cryptography;

namespace Shoal.Crypto.Noise;

/// <summary>The hash functions of a Noise protocol (Noise, section 4.3).</summary>
internal abstract class NoiseHash
{
    /// <summary>Bytes of the longest digest.</summary>
    internal const int MaxSize = 64;

    /// <summary>As in <c>SHA256</c>.</summary>
    internal abstract string Name { get; }

    /// <summary>Bytes of a digest.</summary>
    internal abstract int Size { get; }

    /// <summary>SHA-256.</summary>
    internal static NoiseHash Sha256 { get; } = new BaseLibraryHash("SHA256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);

    /// <summary>SHA-512.</summary>
    internal static NoiseHash Sha512 { get; } = new BaseLibraryHash("SHA512", HashAlgorithmName.SHA512, SHA512.HashSizeInBytes);

    /// <summary>Hashes both inputs as one.</summary>
    internal abstract void Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> digest);

    /// <summary>HMAC (RFC 2104) with this hash.</summary>
    internal abstract void Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> mac);

    /// <summary>HKDF as Noise defines it (section 4.3): two or three outputs of <see cref="Size"/> bytes, in a row.</summary>
    internal void DeriveKeys(ReadOnlySpan<byte> chainingKey, ReadOnlySpan<byte> material, Span<byte> outputs)
    {
        Span<byte> temporary = stackalloc byte[MaxSize], input = stackalloc byte[MaxSize + 1];
        temporary = temporary[..Size];
        Hmac(chainingKey, material, temporary);

        int previous = 0;
        for (byte i = 1; outputs.Length > 0; i++, outputs = outputs[Size..])
        {
            input[previous] = i;
            Hmac(temporary, input[..(previous + 1)], outputs[..Size]);
            outputs[..Size].CopyTo(input);
            previous = Size;
        }

        CryptographicOperations.ZeroMemory(temporary);
        CryptographicOperations.ZeroMemory(input);
    }

    private sealed class BaseLibraryHash(string name, HashAlgorithmName algorithm, int size) : NoiseHash
    {
        internal override string Name => name;

        internal override int Size => size;

        internal override void Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> digest)
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(algorithm);
            hash.AppendData(first);
            hash.AppendData(second);
            hash.GetHashAndReset(digest);
        }

        internal override void Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> mac) =>
            CryptographicOperations.HmacData(algorithm, key, data, mac);
    }
}
