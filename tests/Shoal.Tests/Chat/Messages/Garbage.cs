using FsCheck;
using FsCheck.Fluent;
using Shoal.Net;

namespace Shoal.Tests.Chat.Messages;

/// <summary>Feeds a reader what no peer should send.</summary>
internal static class Garbage
{
    /// <summary>Random bytes, and damaged forms of a good message: cut, one byte changed, something appended.</summary>
    internal static void GivesOnlyWireFormat(Action<byte[]> read, byte[] good)
    {
        Prop.ForAll<byte[]>(bytes => Survives(read, bytes)).QuickCheckThrowOnFailure();
        Prop.ForAll<int, byte>((at, value) =>
        {
            byte[] changed = [.. good];
            changed[(int)((uint)at % (uint)good.Length)] = value;
            return Survives(read, changed) && Survives(read, good[..(int)((uint)at % (uint)good.Length)]) && Survives(read, [.. good, value]);
        }).QuickCheckThrowOnFailure();
    }

    private static bool Survives(Action<byte[]> read, byte[] bytes)
    {
        try
        {
            read(bytes);
        }
        catch (WireFormatException)
        {
            // The one exception that a reader may throw.
        }

        return true;
    }
}
