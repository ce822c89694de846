using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Shoal.Libp2p.Identity;

/// <summary>A DER SubjectPublicKeyInfo; PKCS #1 v1.5 signatures over SHA-256 of the message.</summary>
/// <remarks>
/// The size is checked before any arithmetic: the time of a verification grows with the square of the modulus and with the exponent.
/// Where the platform has no RSA (the browser) every signature counts as wrong.
/// </remarks>
internal sealed class RsaPublicKey : PublicKey
{
    /// <summary>Smallest modulus, in bits. 2048 (go-libp2p's default).</summary>
    internal const int MinBits = 2048;

    /// <summary>Largest modulus, in bits. 8192 (go-libp2p and rust-libp2p: larger keys served for attacks on processor time).</summary>
    internal const int MaxBits = 8192;

    /// <summary>Longest public exponent, in bytes: 2^31 - 1 at most (Go's crypto/rsa).</summary>
    private const int MaxExponentBytes = 4;

    /// <summary>Longest encoding: the modulus with at most 64 bytes around it, in bytes.</summary>
    private const int MaxInfo = (MaxBits / 8) + 64;

    private const string RsaEncryption = "1.2.840.113549.1.1.1";

    private readonly RSAParameters _parameters;

    private RsaPublicKey(ReadOnlySpan<byte> info, RSAParameters parameters)
        : base(KeyType.Rsa, info) => _parameters = parameters;

    internal static RsaPublicKey? TryRead(ReadOnlySpan<byte> info)
    {
        if (info.Length > MaxInfo || !TryParse(info.ToArray(), out RSAParameters parameters)) return null;
        return new RsaPublicKey(info, parameters);
    }

    internal static RsaPublicKey Of(RSA key) => new(key.ExportSubjectPublicKeyInfo(), key.ExportParameters(includePrivateParameters: false));

    /// <summary>Says whether the sizes of a key are acceptable, and the modulus odd, as every product of two big primes is.</summary>
    internal static bool Fits(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        if (modulus.Length is < MinBits / 8 or > MaxBits / 8 || modulus[0] == 0 || (modulus[^1] & 1) == 0) return false;
        if (modulus.Length == MinBits / 8 && modulus[0] < 0x80) return false;
        if (exponent.Length is 0 or > MaxExponentBytes || (exponent[^1] & 1) == 0) return false;
        return exponent.Length == 1 ? exponent[0] >= 3 : exponent.Length < MaxExponentBytes || exponent[0] < 0x80;
    }

    public override bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != _parameters.Modulus!.Length) return false;
        try
        {
            using RSA key = RSA.Create(_parameters);
            return key.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    /// <summary><c>SEQUENCE { SEQUENCE { rsaEncryption, NULL }, BIT STRING { SEQUENCE { modulus, exponent } } }</c>, strictly, with nothing behind.</summary>
    private static bool TryParse(byte[] info, out RSAParameters parameters)
    {
        parameters = default;
        try
        {
            AsnReader outer = new(info, AsnEncodingRules.DER);
            AsnReader sequence = outer.ReadSequence();
            AsnReader algorithm = sequence.ReadSequence();
            if (algorithm.ReadObjectIdentifier() != RsaEncryption) return false;
            algorithm.ReadNull();
            byte[] bits = sequence.ReadBitString(out int unused);
            AsnReader inner = new(bits, AsnEncodingRules.DER);
            AsnReader key = inner.ReadSequence();
            ReadOnlySpan<byte> modulus = key.ReadIntegerBytes().Span;
            ReadOnlySpan<byte> exponent = key.ReadIntegerBytes().Span;
            if (unused != 0 || outer.HasData || sequence.HasData || algorithm.HasData || inner.HasData || key.HasData) return false;

            // DER writes a zero byte before a number whose first bit is set; without it the number is negative.
            if (modulus[0] >= 0x80 || exponent[0] >= 0x80) return false;
            if (modulus[0] == 0) modulus = modulus[1..];
            if (exponent[0] == 0) exponent = exponent[1..];
            if (!Fits(modulus, exponent)) return false;

            parameters = new RSAParameters { Modulus = modulus.ToArray(), Exponent = exponent.ToArray() };
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
