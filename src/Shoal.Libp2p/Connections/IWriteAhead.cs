namespace Shoal.Libp2p.Connections;

/// <summary>A stream that can hold back a few bytes until the next write, or until a read would have to wait.</summary>
/// <remarks>Negotiation uses it, so that an answer and the first data leave together.</remarks>
internal interface IWriteAhead
{
    /// <summary>Takes bytes that go out before everything written later.</summary>
    void WriteAhead(ReadOnlySpan<byte> bytes);
}
