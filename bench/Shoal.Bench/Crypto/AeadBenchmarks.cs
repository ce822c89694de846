using BenchmarkDotNet.Attributes;
using Shoal.Crypto;

namespace Shoal.Bench.Crypto;

/// <summary>ChaCha20-Poly1305 in place: the base library's, and each managed way.</summary>
[MemoryDiagnoser]
public class AeadBenchmarks : IDisposable
{
    private readonly byte[] _nonce = new byte[ChaCha20Poly1305Aead.NonceSize];
    private readonly byte[] _tag = new byte[ChaCha20Poly1305Aead.TagSize];
    private byte[] _buffer = [];
    private ChaCha20Poly1305Aead? _aead;

    /// <summary>Bytes of a message.</summary>
    [Params(1024, 16384, 65519)]
    public int Size { get; set; }

    /// <summary>Which way.</summary>
    [Params("BaseLibrary", nameof(ChaCha20.Path.Best), nameof(ChaCha20.Path.Vector128), nameof(ChaCha20.Path.Scalar))]
    public string Way { get; set; } = "";

    /// <summary>Makes the cipher.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _buffer = new byte[Size];
        _aead = new ChaCha20Poly1305Aead(new byte[ChaCha20Poly1305Aead.KeySize], Enum.TryParse(Way, out ChaCha20.Path path) ? path : null);
    }

    /// <summary>Zeroes the key.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _aead?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>One message.</summary>
    [Benchmark]
    public void Encrypt() => _aead!.Encrypt(_nonce, _buffer, _buffer, _tag);
}
