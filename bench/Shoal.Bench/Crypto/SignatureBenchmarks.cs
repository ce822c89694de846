using BenchmarkDotNet.Attributes;
using Shoal.Crypto;

namespace Shoal.Bench.Crypto;

/// <summary>Signing and verifying 100 bytes.</summary>
[MemoryDiagnoser]
public class SignatureBenchmarks
{
    // Key 1 signs the hash 1 with the nonce 1: r is the generator's x, s = r + 1.
    private const string GeneratorX = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

    private readonly Ed25519KeyPair _key = Ed25519KeyPair.FromSeed(new byte[32]);
    private readonly byte[] _message = new byte[100];
    private readonly byte[] _signature = new byte[64];
    private readonly byte[] _publicKey;
    private readonly byte[] _ecdsaHash = [.. new byte[31], 1];
    private readonly byte[] _ecdsaKey = Convert.FromHexString("02" + GeneratorX);
    private readonly byte[] _ecdsaSignature = Convert.FromHexString("3044" + "0220" + GeneratorX + "0220" + GeneratorX[..62] + "99");

    /// <summary>Prepares a valid signature.</summary>
    public SignatureBenchmarks()
    {
        _publicKey = _key.PublicKey.ToArray();
        _key.Sign(_message, _signature);
    }

    /// <summary>Ed25519, one signature.</summary>
    [Benchmark]
    public void Ed25519Sign() => _key.Sign(_message, _signature);

    /// <summary>Ed25519, one valid signature.</summary>
    [Benchmark]
    public bool Ed25519Verify() => Ed25519.Verify(_publicKey, _message, _signature);

    /// <summary>ECDSA, one valid signature, compressed key.</summary>
    [Benchmark]
    public bool Secp256k1Verify() => Secp256k1.VerifyEcdsa(_ecdsaKey, _ecdsaHash, _ecdsaSignature);
}
