namespace Shoal.Crypto.Secp256k1Curve;

/// <summary>An ECDSA signature in DER (SEC 1, section C.5).</summary>
/// <remarks>
/// <code>
/// 30 length ( 02 length r ) ( 02 length s )
/// </code>
/// Strict: lengths of one byte, integers positive and without a zero byte too many, nothing behind.
/// </remarks>
internal static class DerSignature
{
    private const byte Sequence = 0x30;
    private const byte Integer = 0x02;

    /// <summary>Finds both integers, big-endian, without their leading zero: 1 to 32 bytes each. False for anything that is not strict DER.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> der, out ReadOnlySpan<byte> r, out ReadOnlySpan<byte> s)
    {
        r = s = default;
        if (der.Length < 2 || der[0] != Sequence || der[1] != der.Length - 2) return false;
        ReadOnlySpan<byte> rest = der[2..];
        return TryReadInteger(ref rest, out r) && TryReadInteger(ref rest, out s) && rest.IsEmpty;
    }

    private static bool TryReadInteger(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (rest.Length < 3 || rest[0] != Integer) return false;
        int length = rest[1];
        if (length is 0 or > Scalar.Size + 1 || rest.Length - 2 < length) return false;

        value = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        if (value[0] >= 0x80) return false;
        if (value[0] == 0 && length > 1)
        {
            // The zero byte is there to keep a high bit from being a sign, and for nothing else.
            if (value[1] < 0x80) return false;
            value = value[1..];
        }

        return value.Length <= Scalar.Size;
    }
}
