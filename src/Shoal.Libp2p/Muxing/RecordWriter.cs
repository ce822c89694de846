using Shoal.Libp2p.Security;

namespace Shoal.Libp2p.Muxing;

/// <summary>Packs plaintext into full records, one behind the other in a block, and seals each where it lies.</summary>
internal ref struct RecordWriter(SecureChannel channel, Span<byte> block, int maxPlaintext)
{
    private readonly Span<byte> _block = block;
    private int _record;
    private int _length;

    /// <summary>Adds plaintext.</summary>
    internal void Append(scoped ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_length == maxPlaintext) Seal();
            int count = Math.Min(bytes.Length, maxPlaintext - _length);
            bytes[..count].CopyTo(_block[(_record + channel.RecordPrefix + _length)..]);
            _length += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Seals the last record.</summary>
    /// <returns>Bytes of all records.</returns>
    internal int Finish()
    {
        if (_length > 0) Seal();
        return _record;
    }

    private void Seal()
    {
        int size = channel.RecordPrefix + _length + channel.RecordSuffix;
        channel.Seal(_block.Slice(_record, size));
        _record += size;
        _length = 0;
    }
}
