using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Shoal.Crypto;

/// <summary>The Poly1305 one-time authenticator (RFC 8439, section 2.5).</summary>
/// <remarks>
/// Modulo 2^130 - 5 in limbs of 44, 44 and 42 bits. As in the curve's field, columns are summed as high words and plain products, so
/// that nothing carries by comparison; time depends on the length alone. The state holds key material: pass it by reference, and
/// <see cref="Finish"/> or zero it.
/// </remarks>
internal struct Poly1305
{
    /// <summary>Bytes of a one-time key.</summary>
    internal const int KeySize = 32;

    /// <summary>Bytes of a tag.</summary>
    internal const int TagSize = 16;

    private const int BlockSize = 16;
    private const ulong Mask44 = (1UL << 44) - 1;
    private const ulong Mask42 = (1UL << 42) - 1;

    /// <summary>Limbs of the sum are below 2^46 and move up by 18 bits, so that a high word is a product's part from bit 46 on.</summary>
    private const int Lift = 18;
    private const int HighBits = 64 - Lift;

    private ulong _h0, _h1, _h2;
    private ulong _r0, _r1, _r2;
    private ulong _pad0, _pad1;

    /// <summary>Starts under a key that is used once.</summary>
    internal Poly1305(ReadOnlySpan<byte> key)
    {
        ulong t0 = BinaryPrimitives.ReadUInt64LittleEndian(key) & 0x0ffffffc0fffffff;
        ulong t1 = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]) & 0x0ffffffc0ffffffc;
        _r0 = t0 & Mask44;
        _r1 = ((t0 >> 44) | (t1 << 20)) & Mask44;
        _r2 = t1 >> 24;
        _pad0 = BinaryPrimitives.ReadUInt64LittleEndian(key[16..]);
        _pad1 = BinaryPrimitives.ReadUInt64LittleEndian(key[24..]);
    }

    /// <summary>Authenticates a whole message.</summary>
    internal static void Tag(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> tag)
    {
        var state = new Poly1305(key);
        int whole = message.Length & ~(BlockSize - 1);
        state.Blocks(message[..whole], 1);
        if (whole < message.Length)
        {
            // A short block takes its closing 1 bit right behind its last byte.
            Span<byte> last = stackalloc byte[BlockSize];
            last.Clear();
            message[whole..].CopyTo(last);
            last[message.Length - whole] = 1;
            state.Blocks(last, 0);
        }

        state.Finish(tag);
    }

    /// <summary>Takes bytes, and zeros up to a multiple of 16 (RFC 8439, section 2.8).</summary>
    internal void AddPadded(ReadOnlySpan<byte> data)
    {
        int whole = data.Length & ~(BlockSize - 1);
        Blocks(data[..whole], 1);
        if (whole == data.Length) return;
        Span<byte> last = stackalloc byte[BlockSize];
        last.Clear();
        data[whole..].CopyTo(last);
        Blocks(last, 1);
    }

    /// <summary>Takes whole blocks; <paramref name="bit128"/> is the bit behind each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Blocks(ReadOnlySpan<byte> data, ulong bit128)
    {
        ulong r0 = _r0, r1 = _r1, r2 = _r2, s1 = r1 * 20, s2 = r2 * 20;
        ulong h0 = _h0, h1 = _h1, h2 = _h2;
        ulong top = bit128 << 40;
        for (; data.Length >= BlockSize; data = data[BlockSize..])
        {
            ulong t0 = BinaryPrimitives.ReadUInt64LittleEndian(data);
            ulong t1 = BinaryPrimitives.ReadUInt64LittleEndian(data[8..]);
            h0 += t0 & Mask44;
            h1 += ((t0 >> 44) | (t1 << 20)) & Mask44;
            h2 += (t1 >> 24) | top;

            ulong u0 = h0 << Lift, u1 = h1 << Lift, u2 = h2 << Lift;
            ulong d0 = Word.High(u0, r0) + Word.High(u1, s2) + Word.High(u2, s1);
            ulong e0 = (h0 * r0) + (h1 * s2) + (h2 * s1) - (d0 << HighBits);
            ulong d1 = Word.High(u0, r1) + Word.High(u1, r0) + Word.High(u2, s2);
            ulong e1 = (h0 * r1) + (h1 * r0) + (h2 * s2) - (d1 << HighBits);
            ulong d2 = Word.High(u0, r2) + Word.High(u1, r1) + Word.High(u2, r0);
            ulong e2 = (h0 * r2) + (h1 * r1) + (h2 * r0) - (d2 << HighBits);

            e1 += (e0 >> 44) + (d0 << (HighBits - 44));
            e2 += (e1 >> 44) + (d1 << (HighBits - 44));
            h0 = (e0 & Mask44) + (((e2 >> 42) + (d2 << (HighBits - 42))) * 5);
            h1 = (e1 & Mask44) + (h0 >> 44);
            h0 &= Mask44;
            h2 = e2 & Mask42;
        }

        _h0 = h0;
        _h1 = h1;
        _h2 = h2;
    }

    /// <summary>Writes the 16-byte tag and zeroes the state.</summary>
    internal void Finish(Span<byte> tag)
    {
        ulong h0 = _h0, h1 = _h1, h2 = _h2;
        for (int i = 0; i < 2; i++)
        {
            h2 += h1 >> 44;
            h1 &= Mask44;
            h0 += (h2 >> 42) * 5;
            h2 &= Mask42;
            h1 += h0 >> 44;
            h0 &= Mask44;
        }

        // g = h - p; its sign says which of both is the value below p.
        ulong g0 = h0 + 5;
        ulong g1 = h1 + (g0 >> 44);
        g0 &= Mask44;
        ulong g2 = h2 + (g1 >> 44) - (1UL << 42);
        g1 &= Mask44;
        ulong takeG = (g2 >> 63) - 1;
        h0 ^= (h0 ^ g0) & takeG;
        h1 ^= (h1 ^ g1) & takeG;
        h2 ^= (h2 ^ g2) & takeG;

        ulong low = h0 | (h1 << 44), high = (h1 >> 20) | (h2 << 24);
        ulong sum = low + _pad0;
        ulong carry = ((low & _pad0) | ((low | _pad0) & ~sum)) >> 63;
        BinaryPrimitives.WriteUInt64LittleEndian(tag, sum);
        BinaryPrimitives.WriteUInt64LittleEndian(tag[8..], high + _pad1 + carry);
        Secrets.Zero(ref this);
    }
}
