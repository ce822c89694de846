using System.Text;

namespace Shoal.Crypto.Noise;

/// <summary>The choice of pattern, curve, cipher and hash that a Noise protocol name spells out.</summary>
/// <remarks>Another choice is another line here; another pattern, curve, cipher or hash is another value of its type.</remarks>
public sealed class NoiseProtocol
{
    private NoiseProtocol(NoisePattern pattern, NoiseCurve curve, NoiseCipher cipher, NoiseHash hash)
    {
        Pattern = pattern;
        Curve = curve;
        Cipher = cipher;
        Hash = hash;
        Name = $"Noise_{pattern.Name}_{curve.Name}_{cipher.Name}_{hash.Name}";
        NameBytes = Encoding.ASCII.GetBytes(Name);
    }

    /// <summary>As in <c>Noise_XX_25519_ChaChaPoly_SHA256</c>.</summary>
    public string Name { get; }

    /// <summary>libp2p's choice: both sides tell each other their static keys.</summary>
    public static NoiseProtocol XX25519ChaChaPolySha256 { get; } = With25519ChaChaPolySha256(NoisePattern.XX);

    /// <summary>The initiator knows the responder's static key and tells its own in the first message.</summary>
    public static NoiseProtocol IK25519ChaChaPolySha256 { get; } = With25519ChaChaPolySha256(NoisePattern.IK);

    internal NoisePattern Pattern { get; }

    internal NoiseCurve Curve { get; }

    internal NoiseCipher Cipher { get; }

    internal NoiseHash Hash { get; }

    internal ReadOnlyMemory<byte> NameBytes { get; }

    /// <inheritdoc />
    public override string ToString() => Name;

    /// <summary>Any combination.</summary>
    internal static NoiseProtocol Create(NoisePattern pattern, NoiseCurve curve, NoiseCipher cipher, NoiseHash hash) => new(pattern, curve, cipher, hash);

    private static NoiseProtocol With25519ChaChaPolySha256(NoisePattern pattern) =>
        new(pattern, NoiseCurve.Curve25519, NoiseCipher.ChaChaPoly, NoiseHash.Sha256);
}
