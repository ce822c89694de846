using System.Runtime.InteropServices;

namespace Shoal.InteropTests.Crypto;

/// <summary>The few functions of libsodium 1.0.18 that ours are compared with. A test oracle only: product code never loads it.</summary>
internal static class Libsodium
{
    private static readonly string[] Names = ["libsodium.so.23", "libsodium.23.dylib", "libsodium.dll"];

    private static readonly nint Library = Load();

    internal delegate int SeedKeyPair(byte[] publicKey, byte[] secretKey, byte[] seed);

    internal delegate int SignDetached(byte[] signature, nint lengthOut, byte[] message, ulong length, byte[] secretKey);

    internal delegate int VerifyDetached(byte[] signature, byte[] message, ulong length, byte[] publicKey);

    internal delegate int ScalarMult(byte[] shared, byte[] secret, byte[] publicKey);

    internal delegate int ScalarMultBase(byte[] publicKey, byte[] secret);

    internal delegate int AeadEncryptDetached(
        byte[] ciphertext, byte[] tag, nint tagLengthOut, byte[] plaintext, ulong length, byte[] data, ulong dataLength, nint unused, byte[] nonce, byte[] key);

    internal delegate int StreamXor(byte[] output, byte[] input, ulong length, byte[] nonce, uint counter, byte[] key);

    internal delegate int OneTimeAuth(byte[] tag, byte[] message, ulong length, byte[] key);

    /// <summary>Why the tests cannot run, or null.</summary>
    internal static string? WhyNot => Library == 0 ? $"{Names[0]} is not installed (apt-get install libsodium23)" : null;

    /// <summary>Finds a function by the name it has in libsodium.</summary>
    internal static T Function<T>(string name) where T : Delegate
    {
        Assert.True(Library != 0, WhyNot);
        return Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(Library, name));
    }

    private static nint Load()
    {
        foreach (string name in Names)
        {
            if (!NativeLibrary.TryLoad(name, out nint library)) continue;
            _ = Marshal.GetDelegateForFunctionPointer<Initialize>(NativeLibrary.GetExport(library, "sodium_init"))();
            return library;
        }

        return 0;
    }

    private delegate int Initialize();
}

/// <summary>
/// A test that needs libsodium. Skipped, with the reason, where it is absent; with <c>SHOAL_INTEROP=required</c> in the environment it
/// runs all the same, and fails with that reason.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LibsodiumFactAttribute : FactAttribute
{
    public LibsodiumFactAttribute()
    {
        if (!Interop.IsRequired) Skip = Libsodium.WhyNot;
    }
}
