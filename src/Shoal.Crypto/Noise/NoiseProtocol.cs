namespace Shoal.Crypto.Noise;

/// <summary>The choice of pattern, curve, cipher and hash that a Noise protocol name spells out.</summary>
public sealed class NoiseProtocol
{
    private NoiseProtocol(string name) => Name = name;

    /// <summary>As in <c>Noise_XX_25519_ChaChaPoly_SHA256</c>.</summary>
    public string Name { get; }

    /// <summary>libp2p's choice.</summary>
    public static NoiseProtocol XX25519ChaChaPolySha256 { get; } = new("Noise_XX_25519_ChaChaPoly_SHA256");
}
