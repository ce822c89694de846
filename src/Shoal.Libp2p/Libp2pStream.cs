using Shoal.Libp2p.Connections;
using Shoal.Net;

namespace Shoal.Libp2p;

/// <summary>A stream to a peer, of one protocol.</summary>
/// <remarks>
/// Reads and writes fail with <see cref="StreamResetException"/> after a reset, with <see cref="ConnectionClosedException"/> when
/// the connection went away, and reads with <see cref="ProtocolNotSupportedException"/> when a protocol that was proposed
/// without waiting turned out not to be served.
/// </remarks>
public abstract class Libp2pStream : DuplexStream, IWriteAhead
{
    private string? _expectedAnswer;

    private protected Libp2pStream()
    {
    }

    /// <summary>The protocol that was agreed on, as in <c>/echo/1.0.0</c>. Empty before.</summary>
    public string Protocol { get; internal set; } = "";

    /// <summary>The connection it runs on.</summary>
    public Libp2pConnection Connection { get; internal set; } = null!;

    /// <summary>The peer at the other end.</summary>
    public PeerId RemotePeer => Connection.RemotePeer;

    /// <inheritdoc />
    public sealed override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _expectedAnswer is null ? ReadCoreAsync(buffer, cancellationToken) : ReadAnswerFirstAsync(buffer, cancellationToken);

    void IWriteAhead.WriteAhead(ReadOnlySpan<byte> bytes) => WriteAhead(bytes);

    /// <summary>Takes bytes that go out before everything written later; at the latest when a read has to wait.</summary>
    internal abstract void WriteAhead(ReadOnlySpan<byte> bytes);

    /// <summary>The first read takes the answer to this proposal off the stream.</summary>
    /// <remarks>
    /// The end of our direction is held back until the peer has said something. An end that arrives together with the proposal
    /// is there before the peer's handler is, and js-libp2p does not tell such a handler of it: it would read for ever.
    /// </remarks>
    internal void ExpectAnswer(string protocol)
    {
        _expectedAnswer = protocol;
        HoldEnd();
    }

    /// <summary>Does not send the end of our direction before something has come from the peer.</summary>
    internal abstract void HoldEnd();

    private protected abstract ValueTask<int> ReadCoreAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    private async ValueTask<int> ReadAnswerFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        string proposal = _expectedAnswer!;
        _expectedAnswer = null;
        try
        {
            await MultistreamSelect.ReadHeaderAsync(this, cancellationToken).ConfigureAwait(false);
            if (!await MultistreamSelect.ReadAnswerAsync(this, proposal, cancellationToken).ConfigureAwait(false))
                throw new ProtocolNotSupportedException($"the peer does not speak {proposal}");
        }
        catch
        {
            Abort(); // Half an answer was taken: nothing sensible can be read any more.
            throw;
        }
        return await ReadCoreAsync(buffer, cancellationToken).ConfigureAwait(false);
    }
}
