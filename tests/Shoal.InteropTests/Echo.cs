using System.Security.Cryptography;
using Shoal.Libp2p;

namespace Shoal.InteropTests;

/// <summary>Sends back what comes, until the other side ends: <c>/echo/1.0.0</c>, which js peers speak too.</summary>
internal static class Echo
{
    internal const string Protocol = "/echo/1.0.0";

    internal static async Task ServeAsync(Libp2pStream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        await stream.CompleteWritesAsync(cancellationToken);
    }

    /// <summary>Sends random bytes and half-closes, reading meanwhile; the same must come back.</summary>
    internal static async Task AssertAsync(Libp2pStream stream, int bytes, CancellationToken cancellationToken)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(bytes);
        using var back = new MemoryStream(bytes);
        Task reading = stream.CopyToAsync(back, cancellationToken);
        await stream.WriteAsync(sent, cancellationToken);
        await stream.CompleteWritesAsync(cancellationToken);
        await reading;
        Assert.True(sent.AsSpan().SequenceEqual(back.ToArray()), $"sent {bytes} bytes, got {back.Length} or others back");
    }
}
