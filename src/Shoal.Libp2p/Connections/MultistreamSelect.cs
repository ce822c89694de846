namespace Shoal.Libp2p.Connections;

/// <summary>Agrees on a protocol: multistream-select 1.0 (libp2p specification, connections).</summary>
internal static class MultistreamSelect
{
    /// <summary>Proposes protocols in order until the peer takes one.</summary>
    /// <returns>The one taken.</returns>
    /// <exception cref="ProtocolNotSupportedException">The peer took none.</exception>
    internal static Task<string> ProposeAsync(Libp2pStream stream, IReadOnlyList<string> protocols, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Proposes one protocol without waiting: the proposal goes out with the first write (or flush, or read), and the answer is checked by the first read.</summary>
    internal static void ProposeLazily(Libp2pStream stream, string protocol) => throw new NotImplementedException();

    /// <summary>Answers proposals until one is taken.</summary>
    /// <returns>The protocol taken, or null when the peer ended the stream first.</returns>
    internal static Task<string?> AnswerAsync(Libp2pStream stream, Func<string, bool> isServed, CancellationToken cancellationToken) => throw new NotImplementedException();
}
