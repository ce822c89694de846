using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Shoal.Crypto;

/// <summary>Arithmetic of 64-bit words that C# has no operator for.</summary>
internal static class Word
{
    /// <summary>The high word of a product. Without the low word the processor's instruction needs no memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong High(ulong a, ulong b) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);
}
