namespace Shoal.Libp2p.Security;

/// <summary>
/// An encrypted connection, as its muxer sees it: plaintext comes out piece by piece, and goes out in records that the muxer
/// fills and <see cref="Seal"/> encrypts where they lie.
/// </summary>
/// <remarks>One reader and one writer.</remarks>
internal abstract class SecureChannel : IAsyncDisposable
{
    private ReadOnlyMemory<byte> _unread;

    /// <summary>Bytes a record has before its plaintext.</summary>
    internal abstract int RecordPrefix { get; }

    /// <summary>Bytes a record has behind its plaintext.</summary>
    internal abstract int RecordSuffix { get; }

    /// <summary>Most plaintext in one record, in bytes.</summary>
    internal abstract int MaxRecordPlaintext { get; }

    /// <summary>Encrypts in place. The plaintext lies at <see cref="RecordPrefix"/>.</summary>
    /// <param name="record">Prefix, plaintext, suffix.</param>
    internal abstract void Seal(Span<byte> record);

    /// <summary>Sends sealed records.</summary>
    internal abstract ValueTask SendAsync(ReadOnlyMemory<byte> records);

    /// <summary>The next piece of plaintext, valid until the next call; empty when the other side has ended its direction.</summary>
    /// <exception cref="Net.WireFormatException">A record is malformed or not authentic.</exception>
    internal ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        if (_unread.IsEmpty) return ReadCoreAsync();
        ReadOnlyMemory<byte> again = _unread;
        _unread = default;
        return new(again);
    }

    /// <summary>Gives the end of the last piece back: the next read gives it again.</summary>
    internal void Unread(ReadOnlyMemory<byte> rest) => _unread = rest;

    /// <summary>Ends our direction after what was sent.</summary>
    internal abstract void CompleteWrites();

    /// <summary>Drops the connection at once.</summary>
    internal abstract void Abort();

    /// <summary>Closes the connection and zeroes its keys. No read or send may be in flight.</summary>
    public abstract ValueTask DisposeAsync();

    private protected abstract ValueTask<ReadOnlyMemory<byte>> ReadCoreAsync();
}
