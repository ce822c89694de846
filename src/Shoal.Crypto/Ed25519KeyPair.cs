using System.Security.Cryptography;
using Shoal.Crypto.Curve25519;

namespace Shoal.Crypto;

/// <summary>An Ed25519 key pair. Keeps the expanded secret pinned and zeroes it when disposed.</summary>
/// <remarks>Signing from many threads at once is allowed; disposing meanwhile is not. Time does not depend on the secret.</remarks>
public sealed class Ed25519KeyPair : IDisposable
{
    // seed (32) || scalar (32) || prefix (32)
    private readonly byte[] _secret = Secrets.Allocate(96);
    private readonly byte[] _publicKey = new byte[Ed25519.PublicKeySize];
    private bool _disposed;

    private Ed25519KeyPair()
    {
    }

    private ReadOnlySpan<byte> Seed => _secret.AsSpan(0, 32);

    private ReadOnlySpan<byte> SecretScalar => _secret.AsSpan(32, 32);

    private ReadOnlySpan<byte> Prefix => _secret.AsSpan(64, 32);

    /// <summary>32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Makes a new key from the system's random source.</summary>
    public static Ed25519KeyPair Generate()
    {
        Span<byte> seed = stackalloc byte[Ed25519.SeedSize];
        RandomNumberGenerator.Fill(seed);
        Ed25519KeyPair pair = FromSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        return pair;
    }

    /// <summary>The key of a 32-byte seed.</summary>
    /// <exception cref="ArgumentException"><paramref name="seed"/> has another length.</exception>
    public static Ed25519KeyPair FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != Ed25519.SeedSize) throw new ArgumentException($"A seed has {Ed25519.SeedSize} bytes.", nameof(seed));
        var pair = new Ed25519KeyPair();
        Span<byte> secret = pair._secret;
        seed.CopyTo(secret);
        SHA512.HashData(seed, secret[32..]);
        secret[32] &= 248;
        secret[63] = (byte)((secret[63] & 127) | 64);
        BaseTable.Multiply(pair.SecretScalar, out EdwardsPoint a);
        a.Write(pair._publicKey);
        return pair;
    }

    /// <summary>Copies the 32-byte seed out.</summary>
    /// <exception cref="ArgumentException"><paramref name="seed"/> has another length.</exception>
    public void ExportSeed(Span<byte> seed)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (seed.Length != Ed25519.SeedSize) throw new ArgumentException($"A seed has {Ed25519.SeedSize} bytes.", nameof(seed));
        Seed.CopyTo(seed);
    }

    /// <summary>Signs; <paramref name="signature"/> takes 64 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="signature"/> has another length.</exception>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (signature.Length != Ed25519.SignatureSize) throw new ArgumentException($"A signature has {Ed25519.SignatureSize} bytes.", nameof(signature));

        Sign(SecretScalar, Prefix, _publicKey, message, signature);
    }

    /// <summary>Zeroes the secret.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_secret);
        _disposed = true;
    }

    /// <summary>Signs with an expanded secret and the public key that belongs to it.</summary>
    internal static void Sign(
        ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        Span<byte> digest = stackalloc byte[64], r = stackalloc byte[Scalar.Size], k = stackalloc byte[Scalar.Size], encoded = stackalloc byte[32];
        Sha512.Hash(prefix, message, default, digest);
        Scalar.Reduce(digest, r);
        BaseTable.Multiply(r, out EdwardsPoint point);
        point.Write(encoded);

        Sha512.Hash(encoded, publicKey, message, digest);
        Scalar.Reduce(digest, k);
        // Only now: the message may lie where the signature goes.
        Scalar.MultiplyAdd(k, scalar, r, signature[32..]);
        encoded.CopyTo(signature);
        CryptographicOperations.ZeroMemory(r);
        CryptographicOperations.ZeroMemory(digest);
        Secrets.Zero(ref point);
    }
}
