namespace Shoal.Libp2p.Protocols;

internal readonly record struct SignedRecord(ulong Sequence, IReadOnlyList<Multiaddr> Addresses)
{
    internal static byte[] Seal(PrivateKey key, ulong sequence, IReadOnlyList<Multiaddr> addresses) => [];

    internal static SignedRecord Open(ReadOnlyMemory<byte> envelope, PeerId peer) => new(0, []);
}
