namespace Shoal.Libp2p.Pubsub;

/// <summary>A message that arrived, valid by the signature policy.</summary>
public sealed record PubsubMessage
{
    /// <summary>Which topic.</summary>
    public required string Topic { get; init; }

    /// <summary>The author; null under <see cref="SignaturePolicy.StrictNoSign"/>.</summary>
    public PeerId? From { get; init; }

    /// <summary>The peer that passed it to us.</summary>
    public required PeerId ReceivedFrom { get; init; }

    /// <summary>The content.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The author's sequence number, big-endian, 1 to 8 bytes (js-libp2p's floodsub leaves out leading zeros); empty under <see cref="SignaturePolicy.StrictNoSign"/>.</summary>
    public ReadOnlyMemory<byte> SequenceNumber { get; init; }
}
