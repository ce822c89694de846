namespace Shoal.Crypto;

/// <summary>An Ed25519 key pair. Keeps the expanded secret pinned and zeroes it when disposed.</summary>
public sealed class Ed25519KeyPair : IDisposable
{
    /// <summary>Makes a new key from the system's random source.</summary>
    public static Ed25519KeyPair Generate() => throw new NotImplementedException();

    /// <summary>The key of a 32-byte seed.</summary>
    public static Ed25519KeyPair FromSeed(ReadOnlySpan<byte> seed) => throw new NotImplementedException();

    /// <summary>32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => throw new NotImplementedException();

    /// <summary>Copies the 32-byte seed out.</summary>
    public void ExportSeed(Span<byte> seed) => throw new NotImplementedException();

    /// <summary>Signs; <paramref name="signature"/> takes 64 bytes.</summary>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => throw new NotImplementedException();

    /// <summary>Zeroes the secret.</summary>
    public void Dispose() => throw new NotImplementedException();
}
