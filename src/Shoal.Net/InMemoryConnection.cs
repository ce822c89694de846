using System.Net;

namespace Shoal.Net;

/// <summary>One end of a connection within this process, without any network beneath.</summary>
/// <remarks>
/// Thread-safe as <see cref="NetConnection"/> asks for. A waiting receive or send goes on inside the call of the other end
/// that ends its wait, on that call's thread.
/// </remarks>
public sealed class InMemoryConnection : NetConnection
{
    /// <summary>Bytes that one direction holds before a send waits. Default: 64 KiB.</summary>
    public const int DefaultBufferBytes = 64 * 1024;

    private static readonly IPEndPoint Nowhere = new(IPAddress.Any, 0);

    private readonly InMemoryPipe _in;
    private readonly InMemoryPipe _out;

    private InMemoryConnection(InMemoryPipe @in, InMemoryPipe @out)
    {
        _in = @in;
        _out = @out;
    }

    /// <inheritdoc />
    public override IPEndPoint LocalEndPoint => Nowhere;

    /// <inheritdoc />
    public override IPEndPoint RemoteEndPoint => Nowhere;

    /// <summary>Makes two ends joined to each other.</summary>
    /// <param name="bufferBytes">Bytes that each direction holds before a send waits.</param>
    public static (NetConnection A, NetConnection B) CreatePair(int bufferBytes = DefaultBufferBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bufferBytes);
        var forth = new InMemoryPipe(bufferBytes);
        var back = new InMemoryPipe(bufferBytes);
        return (new InMemoryConnection(back, forth), new InMemoryConnection(forth, back));
    }

    /// <inheritdoc />
    public override ValueTask WaitForDataAsync() => _in.WaitForDataAsync();

    /// <inheritdoc />
    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer) => _in.ReceiveAsync(buffer);

    /// <inheritdoc />
    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => _out.SendAsync(bytes);

    /// <inheritdoc />
    public override void CompleteWrites() => _out.Complete();

    /// <inheritdoc />
    public override void Abort()
    {
        _out.Break(byReader: false);
        _in.Break(byReader: true);
    }

    /// <inheritdoc />
    public override ValueTask DisposeAsync()
    {
        _out.Complete();
        _in.Break(byReader: true);
        return ValueTask.CompletedTask;
    }
}
