namespace Shoal.Libp2p.Pubsub.Messages;

/// <summary>A peer joins or leaves a topic: <c>SubOpts</c>.</summary>
internal readonly record struct SubscriptionChange(bool Subscribe, string Topic);

/// <summary>Ids of messages in a topic that the sender could give: <c>ControlIHave</c>.</summary>
internal readonly record struct IHave(string Topic, IReadOnlyList<ReadOnlyMemory<byte>> Ids);

/// <summary>A peer that the sender of a PRUNE suggests instead of itself: <c>PeerInfo</c>.</summary>
/// <param name="Peer">Its peer id in bytes.</param>
/// <param name="SignedRecord">The envelope with its signed addresses; may be empty.</param>
internal readonly record struct SuggestedPeer(ReadOnlyMemory<byte> Peer, ReadOnlyMemory<byte> SignedRecord);

/// <summary>The sender takes the receiver out of its mesh: <c>ControlPrune</c>.</summary>
/// <param name="Topic">Which mesh.</param>
/// <param name="Peers">Other members of the topic.</param>
/// <param name="BackoffSeconds">How long not to come back; null from a 1.0 peer.</param>
internal readonly record struct Prune(string Topic, IReadOnlyList<SuggestedPeer> Peers, ulong? BackoffSeconds);

/// <summary>
/// One message as it stands in an RPC: slices of the received bytes, valid as long as those are.
/// </summary>
/// <remarks>Null means absent; that is not the same as present and empty, for the signature covers the difference.</remarks>
internal readonly record struct MessageFields(
    ReadOnlyMemory<byte>? From,
    ReadOnlyMemory<byte>? Data,
    ReadOnlyMemory<byte>? SequenceNumber,
    ReadOnlyMemory<byte>? Topic,
    ReadOnlyMemory<byte>? Signature,
    ReadOnlyMemory<byte>? Key);

/// <summary>Everything that one pubsub frame carries (pubsub and gossipsub specifications, <c>RPC</c>).</summary>
/// <remarks>
/// Made to be filled again and again by one reading loop. IWANT and IDONTWANT are only lists of ids, so their
/// repetitions on the wire are joined.
/// </remarks>
internal sealed class Rpc
{
    /// <summary>Lists longer than this give their memory back in <see cref="Clear"/>.</summary>
    private const int KeptCapacity = 256;

    internal List<SubscriptionChange> Subscriptions { get; } = [];

    internal List<MessageFields> Publish { get; } = [];

    internal List<IHave> IHave { get; } = [];

    internal List<ReadOnlyMemory<byte>> IWant { get; } = [];

    internal List<string> Graft { get; } = [];

    internal List<Prune> Prune { get; } = [];

    internal List<ReadOnlyMemory<byte>> IDontWant { get; } = [];

    /// <summary>True when a control field was there or has to be written.</summary>
    internal bool HasControl => IHave.Count + IWant.Count + Graft.Count + Prune.Count + IDontWant.Count > 0;

    /// <summary>Empties all lists, for the next frame.</summary>
    internal void Clear()
    {
        Clear(Subscriptions);
        Clear(Publish);
        Clear(IHave);
        Clear(IWant);
        Clear(Graft);
        Clear(Prune);
        Clear(IDontWant);
    }

    private static void Clear<T>(List<T> list)
    {
        list.Clear();
        if (list.Capacity > KeptCapacity) list.Capacity = 0;
    }
}
