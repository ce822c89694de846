using BenchmarkDotNet.Attributes;
using Shoal.Crypto;

namespace Shoal.Bench.Crypto;

/// <summary>X25519: a public key from the table, a shared secret by the ladder.</summary>
[MemoryDiagnoser]
public class AgreementBenchmarks
{
    private readonly byte[] _secret = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();
    private readonly byte[] _publicKey = new byte[32];
    private readonly byte[] _shared = new byte[32];

    /// <summary>Prepares a public key.</summary>
    public AgreementBenchmarks() => X25519.PublicKey(_secret, _publicKey);

    /// <summary>One public key.</summary>
    [Benchmark]
    public void PublicKey() => X25519.PublicKey(_secret, _publicKey);

    /// <summary>One shared secret.</summary>
    [Benchmark]
    public bool Agree() => X25519.TryAgree(_secret, _publicKey, _shared);
}
