using System.Threading.Channels;
using Shoal.Libp2p.Security;

namespace Shoal.Tests.Libp2p.Muxing;

/// <summary>A channel whose incoming pieces the test makes itself, one at a time. What is sent goes nowhere.</summary>
internal sealed class ScriptedChannel : SecureChannel
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();
    private readonly SemaphoreSlim _asked = new(0);

    internal override int RecordPrefix => 0;

    internal override int RecordSuffix => 0;

    internal override int MaxRecordPlaintext => 65_519;

    /// <summary>Gives the session a piece, when it asks for one.</summary>
    internal async Task ReceiveAsync(ReadOnlyMemory<byte> piece)
    {
        await _asked.WaitAsync();
        Assert.True(_pieces.Writer.TryWrite(piece.ToArray()));
    }

    internal override void Seal(Span<byte> record)
    {
    }

    internal override ValueTask SendAsync(ReadOnlyMemory<byte> records) => ValueTask.CompletedTask;

    internal override void CompleteWrites()
    {
    }

    internal override void Abort() => _pieces.Writer.TryComplete();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private protected override async ValueTask<ReadOnlyMemory<byte>> ReadCoreAsync()
    {
        _asked.Release();
        return await _pieces.Reader.WaitToReadAsync() && _pieces.Reader.TryRead(out byte[]? piece) ? piece : ReadOnlyMemory<byte>.Empty;
    }
}
