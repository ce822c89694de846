using System.Buffers;

namespace Shoal.Libp2p.Protocols;

/// <summary>Sends everything back, and ends its side when the other side ended theirs. For tries and tests.</summary>
public static class Echo
{
    /// <summary><c>/echo/1.0.0</c>.</summary>
    public const string Protocol = "/echo/1.0.0";

    private const int BufferBytes = 64 * 1024;

    /// <summary>Serves the protocol on a node.</summary>
    public static void Serve(Libp2pNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        node.Handle(Protocol, AnswerAsync);
    }

    /// <summary>Answers on one stream.</summary>
    internal static async Task AnswerAsync(Libp2pStream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            await stream.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
