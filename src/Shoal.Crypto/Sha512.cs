using System.Security.Cryptography;

namespace Shoal.Crypto;

/// <summary>SHA-512 of parts in a row, by the base library.</summary>
internal static class Sha512
{
    /// <summary>Up to this many bytes are put together on the stack and hashed at once, which is faster than part by part.</summary>
    private const int OneShotLimit = 1024;

    internal static void Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, Span<byte> digest)
    {
        if (third.Length > OneShotLimit - first.Length - second.Length)
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
            hash.AppendData(first);
            hash.AppendData(second);
            hash.AppendData(third);
            hash.GetHashAndReset(digest);
            return;
        }

        Span<byte> all = stackalloc byte[OneShotLimit];
        first.CopyTo(all);
        second.CopyTo(all[first.Length..]);
        third.CopyTo(all[(first.Length + second.Length)..]);
        int length = first.Length + second.Length + third.Length;
        SHA512.HashData(all[..length], digest);
        CryptographicOperations.ZeroMemory(all[..length]);
    }
}
