namespace Shoal.Net;

/// <summary>
/// A byte stream to a peer: an ordinary <see cref="Stream"/> that can also half-close and abort, as QuicStream does.
/// </summary>
/// <remarks>
/// One reader and one writer may be active at a time, independent of each other. Disposing without
/// <see cref="CompleteWritesAsync"/> closes both directions gracefully: what was written still goes out.
/// </remarks>
public abstract class DuplexStream : Stream
{
    /// <summary>Ends the writing direction after what was written so far; the peer reads an end of stream. Reading goes on.</summary>
    public abstract ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default);

    /// <summary>Drops both directions at once; what was not sent yet is lost and the peer's reads fail.</summary>
    /// <param name="code">Reason, where the protocol underneath can carry one.</param>
    public abstract void Abort(long code = 0);

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException("A stream to a peer has no length.");

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException("A stream to a peer has no position.");
        set => throw new NotSupportedException("A stream to a peer has no position.");
    }

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A stream to a peer cannot seek.");

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException("A stream to a peer has no length.");

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Read from a peer with ReadAsync; there is no blocking read.");

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Write to a peer with WriteAsync; there is no blocking write.");

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <inheritdoc />
    public abstract override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);
}
