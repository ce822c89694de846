using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Shoal.Crypto;

/// <summary>Where secrets live, and how they go away.</summary>
internal static class Secrets
{
    /// <summary>A buffer that the garbage collector never moves, so that it leaves no copies behind.</summary>
    internal static byte[] Allocate(int size) => GC.AllocateArray<byte>(size, pinned: true);

    /// <summary>Zeroes a value that holds a secret.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Zero<T>(ref T value) where T : unmanaged =>
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<T>(ref value)));
}
