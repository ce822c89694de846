using Shoal.Libp2p.Security;
using Shoal.Net;

namespace Shoal.Tests.Libp2p.Muxing;

/// <summary>A channel that encrypts nothing: what a muxer writes is what is on the wire.</summary>
internal sealed class PlainChannel(NetConnection connection) : SecureChannel
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    internal override int RecordPrefix => 0;

    internal override int RecordSuffix => 0;

    internal override int MaxRecordPlaintext => 65_519;

    internal override void Seal(Span<byte> record)
    {
    }

    internal override ValueTask SendAsync(ReadOnlyMemory<byte> records) => connection.SendAsync(records);

    internal override void CompleteWrites() => connection.CompleteWrites();

    internal override void Abort() => connection.Abort();

    public override ValueTask DisposeAsync() => connection.DisposeAsync();

    private protected override async ValueTask<ReadOnlyMemory<byte>> ReadCoreAsync()
    {
        int count = await connection.ReceiveAsync(_buffer);
        return _buffer.AsMemory(0, count);
    }
}
