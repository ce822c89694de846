using System.Security.Cryptography;

namespace Shoal.Crypto.Noise;

/// <summary>Chaining key, transcript hash and the key of the moment (Noise, section 5.2).</summary>
internal sealed class NoiseSymmetricState : IDisposable
{
    private readonly NoiseHash _hash;
    private readonly NoiseCipher _cipher;
    private readonly byte[] _chainingKey;
    private readonly byte[] _transcript;
    private NoiseCipherState? _key;

    internal NoiseSymmetricState(NoiseProtocol protocol)
    {
        _hash = protocol.Hash;
        _cipher = protocol.Cipher;
        _chainingKey = Secrets.Allocate(_hash.Size);
        _transcript = new byte[_hash.Size];
        ReadOnlySpan<byte> name = protocol.NameBytes.Span;
        if (name.Length <= _hash.Size) name.CopyTo(_transcript);
        else _hash.Hash(name, default, _transcript);
        _transcript.CopyTo(_chainingKey, 0);
    }

    internal bool HasKey => _key is not null;

    internal ReadOnlySpan<byte> Transcript => _transcript;

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_chainingKey);
        _key?.Dispose();
        _key = null;
    }

    internal void MixHash(ReadOnlySpan<byte> data) => _hash.Hash(_transcript, data, _transcript);

    internal void MixKey(ReadOnlySpan<byte> material)
    {
        Span<byte> outputs = stackalloc byte[2 * NoiseHash.MaxSize];
        outputs = outputs[..(2 * _hash.Size)];
        _hash.DeriveKeys(_chainingKey, material, outputs);
        outputs[.._hash.Size].CopyTo(_chainingKey);
        SetKey(outputs.Slice(_hash.Size, NoiseCipher.KeySize));
        CryptographicOperations.ZeroMemory(outputs);
    }

    internal void MixKeyAndHash(ReadOnlySpan<byte> material)
    {
        Span<byte> outputs = stackalloc byte[3 * NoiseHash.MaxSize];
        outputs = outputs[..(3 * _hash.Size)];
        _hash.DeriveKeys(_chainingKey, material, outputs);
        outputs[.._hash.Size].CopyTo(_chainingKey);
        MixHash(outputs.Slice(_hash.Size, _hash.Size));
        SetKey(outputs.Slice(2 * _hash.Size, NoiseCipher.KeySize));
        CryptographicOperations.ZeroMemory(outputs);
    }

    /// <summary>Encrypts once there is a key, copies before; the transcript takes what goes over the wire.</summary>
    internal int EncryptAndHash(ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        int written = plaintext.Length;
        if (_key is null) plaintext.CopyTo(destination);
        else written = _key.Encrypt(plaintext, destination, _transcript);
        MixHash(destination[..written]);
        return written;
    }

    /// <summary>Decrypts once there is a key, copies before. False when the tag is wrong.</summary>
    /// <remarks>The transcript is extended last, from a digest taken first, because both spans may be the same memory.</remarks>
    internal bool TryDecryptAndHash(ReadOnlySpan<byte> ciphertext, Span<byte> destination, out int written)
    {
        Span<byte> next = stackalloc byte[NoiseHash.MaxSize];
        next = next[.._hash.Size];
        _hash.Hash(_transcript, ciphertext, next);
        written = ciphertext.Length;
        if (_key is null) ciphertext.CopyTo(destination);
        else if (!_key.TryDecrypt(ciphertext, destination, out written, _transcript)) return false;
        next.CopyTo(_transcript);
        return true;
    }

    /// <summary>The initiator's sending cipher and the responder's.</summary>
    internal (NoiseCipherState Initiator, NoiseCipherState Responder) Split()
    {
        Span<byte> outputs = stackalloc byte[2 * NoiseHash.MaxSize];
        outputs = outputs[..(2 * _hash.Size)];
        _hash.DeriveKeys(_chainingKey, default, outputs);
        var initiator = new NoiseCipherState(_cipher, outputs[..NoiseCipher.KeySize]);
        var responder = new NoiseCipherState(_cipher, outputs.Slice(_hash.Size, NoiseCipher.KeySize));
        CryptographicOperations.ZeroMemory(outputs);
        return (initiator, responder);
    }

    private void SetKey(ReadOnlySpan<byte> key)
    {
        _key?.Dispose();
        _key = new NoiseCipherState(_cipher, key);
    }
}
