using System.Buffers.Binary;

namespace Shoal.Crypto.Noise;

/// <summary>The cipher functions of a Noise protocol (Noise, section 4.2).</summary>
internal abstract class NoiseCipher
{
    /// <summary>Bytes of a key, with every cipher.</summary>
    internal const int KeySize = 32;

    /// <summary>As in <c>ChaChaPoly</c>.</summary>
    internal abstract string Name { get; }

    /// <summary>ChaCha20-Poly1305.</summary>
    internal static NoiseCipher ChaChaPoly { get; } = new ChaChaPolyCipher();

    /// <summary>Makes the cipher under one key, which is copied.</summary>
    internal abstract NoiseKeyedCipher Create(ReadOnlySpan<byte> key);

    private sealed class ChaChaPolyCipher : NoiseCipher
    {
        internal override string Name => "ChaChaPoly";

        internal override NoiseKeyedCipher Create(ReadOnlySpan<byte> key) => new ChaChaPolyKeyed(key);
    }

    private sealed class ChaChaPolyKeyed(ReadOnlySpan<byte> key) : NoiseKeyedCipher
    {
        private readonly ChaCha20Poly1305Aead _aead = new(key);

        public override void Dispose() => _aead.Dispose();

        internal override void Encrypt(ulong counter, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData)
        {
            Span<byte> nonce = stackalloc byte[ChaCha20Poly1305Aead.NonceSize];
            WriteNonce(counter, nonce);
            _aead.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);
        }

        internal override bool TryDecrypt(ulong counter, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData)
        {
            Span<byte> nonce = stackalloc byte[ChaCha20Poly1305Aead.NonceSize];
            WriteNonce(counter, nonce);
            return _aead.TryDecrypt(nonce, ciphertext, tag, plaintext, associatedData);
        }

        /// <summary>32 zero bits, then the counter in little-endian (section 12.3).</summary>
        private static void WriteNonce(ulong counter, Span<byte> nonce)
        {
            nonce[..4].Clear();
            BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], counter);
        }
    }
}

/// <summary>A cipher under one key.</summary>
internal abstract class NoiseKeyedCipher : IDisposable
{
    public abstract void Dispose();

    internal abstract void Encrypt(ulong counter, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData);

    internal abstract bool TryDecrypt(ulong counter, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData);
}
