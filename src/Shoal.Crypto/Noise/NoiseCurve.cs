namespace Shoal.Crypto.Noise;

/// <summary>The Diffie-Hellman functions of a Noise protocol (Noise, section 4.1).</summary>
internal abstract class NoiseCurve
{
    /// <summary>As in <c>25519</c>.</summary>
    internal abstract string Name { get; }

    /// <summary>Bytes of a secret key.</summary>
    internal abstract int SecretSize { get; }

    /// <summary>Bytes of a public key.</summary>
    internal abstract int PublicSize { get; }

    /// <summary>Bytes of a shared secret.</summary>
    internal abstract int SharedSize { get; }

    /// <summary>X25519.</summary>
    internal static NoiseCurve Curve25519 { get; } = new X25519Curve();

    internal abstract void GenerateSecret(Span<byte> secret);

    internal abstract void PublicKey(ReadOnlySpan<byte> secret, Span<byte> publicKey);

    /// <summary>False for a public key that no honest side sends: agreeing with it would give a secret that everybody knows.</summary>
    internal abstract bool IsAcceptable(ReadOnlySpan<byte> publicKey);

    /// <summary>Computes the shared secret with an acceptable key.</summary>
    internal abstract bool TryAgree(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> publicKey, Span<byte> shared);

    private sealed class X25519Curve : NoiseCurve
    {
        internal override string Name => "25519";

        internal override int SecretSize => X25519.KeySize;

        internal override int PublicSize => X25519.KeySize;

        internal override int SharedSize => X25519.KeySize;

        internal override void GenerateSecret(Span<byte> secret) => X25519.GenerateSecret(secret);

        internal override void PublicKey(ReadOnlySpan<byte> secret, Span<byte> publicKey) => X25519.PublicKey(secret, publicKey);

        internal override bool IsAcceptable(ReadOnlySpan<byte> publicKey) => !X25519.HasSmallOrder(publicKey);

        internal override bool TryAgree(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> publicKey, Span<byte> shared) =>
            X25519.TryAgree(secret, publicKey, shared);
    }
}
