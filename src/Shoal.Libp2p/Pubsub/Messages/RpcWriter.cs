using System.Text;

namespace Shoal.Libp2p.Pubsub.Messages;

/// <summary>Writes the pubsub RPC; the layout is drawn at <see cref="RpcReader"/>.</summary>
/// <remarks>Each message inside a message is measured first, so everything is written once and in its place.</remarks>
internal static class RpcWriter
{
    /// <summary>The RPC with its length in front, as it goes on a stream.</summary>
    internal static byte[] WriteFrame(Rpc rpc)
    {
        int size = Size(rpc);
        byte[] frame = new byte[ProtobufWriter.VarintSize((ulong)size) + size];
        var writer = new ProtobufWriter(frame);
        writer.WriteVarint((ulong)size);
        Write(ref writer, rpc);
        return frame;
    }

    private static int Size(Rpc rpc)
    {
        int size = 0;
        foreach (SubscriptionChange change in rpc.Subscriptions) size += ProtobufWriter.FieldSize(Size(change));
        foreach (MessageFields message in rpc.Publish) size += ProtobufWriter.FieldSize(MessageWriter.Size(message));
        return rpc.HasControl ? size + ProtobufWriter.FieldSize(ControlSize(rpc)) : size;
    }

    private static int Size(SubscriptionChange change) => 2 + TextSize(change.Topic);

    private static int ControlSize(Rpc rpc)
    {
        int size = 0;
        foreach (IHave have in rpc.IHave) size += ProtobufWriter.FieldSize(TextSize(have.Topic) + IdsSize(have.Ids));
        if (rpc.IWant.Count > 0) size += ProtobufWriter.FieldSize(IdsSize(rpc.IWant));
        foreach (string topic in rpc.Graft) size += ProtobufWriter.FieldSize(TextSize(topic));
        foreach (Prune prune in rpc.Prune) size += ProtobufWriter.FieldSize(Size(prune));
        if (rpc.IDontWant.Count > 0) size += ProtobufWriter.FieldSize(IdsSize(rpc.IDontWant));
        return size;
    }

    private static int Size(Prune prune)
    {
        int size = TextSize(prune.Topic);
        foreach (SuggestedPeer peer in prune.Peers) size += ProtobufWriter.FieldSize(Size(peer));
        return prune.BackoffSeconds is { } seconds ? size + 1 + ProtobufWriter.VarintSize(seconds) : size;
    }

    private static int Size(SuggestedPeer peer) =>
        ProtobufWriter.FieldSize(peer.Peer.Length)
        + (peer.SignedRecord.IsEmpty ? 0 : ProtobufWriter.FieldSize(peer.SignedRecord.Length));

    private static int TextSize(string text) => ProtobufWriter.FieldSize(Encoding.UTF8.GetByteCount(text));

    private static int IdsSize(IReadOnlyList<ReadOnlyMemory<byte>> ids)
    {
        int size = 0;
        for (int i = 0; i < ids.Count; i++) size += ProtobufWriter.FieldSize(ids[i].Length);
        return size;
    }

    private static void Write(ref ProtobufWriter writer, Rpc rpc)
    {
        foreach (SubscriptionChange change in rpc.Subscriptions)
        {
            writer.WriteHeader(1, Size(change));
            writer.WriteNumber(1, change.Subscribe ? 1u : 0u);
            writer.WriteText(2, change.Topic);
        }

        foreach (MessageFields message in rpc.Publish)
        {
            writer.WriteHeader(2, MessageWriter.Size(message));
            MessageWriter.Write(ref writer, message);
        }

        if (!rpc.HasControl) return;
        writer.WriteHeader(3, ControlSize(rpc));
        WriteControl(ref writer, rpc);
    }

    private static void WriteControl(ref ProtobufWriter writer, Rpc rpc)
    {
        foreach (IHave have in rpc.IHave)
        {
            writer.WriteHeader(1, TextSize(have.Topic) + IdsSize(have.Ids));
            writer.WriteText(1, have.Topic);
            WriteIds(ref writer, 2, have.Ids);
        }

        if (rpc.IWant.Count > 0)
        {
            writer.WriteHeader(2, IdsSize(rpc.IWant));
            WriteIds(ref writer, 1, rpc.IWant);
        }

        foreach (string topic in rpc.Graft)
        {
            writer.WriteHeader(3, TextSize(topic));
            writer.WriteText(1, topic);
        }

        foreach (Prune prune in rpc.Prune) WritePrune(ref writer, prune);

        if (rpc.IDontWant.Count > 0)
        {
            writer.WriteHeader(5, IdsSize(rpc.IDontWant));
            WriteIds(ref writer, 1, rpc.IDontWant);
        }
    }

    private static void WritePrune(ref ProtobufWriter writer, Prune prune)
    {
        writer.WriteHeader(4, Size(prune));
        writer.WriteText(1, prune.Topic);
        foreach (SuggestedPeer peer in prune.Peers)
        {
            writer.WriteHeader(2, Size(peer));
            writer.WriteBytes(1, peer.Peer.Span);
            if (!peer.SignedRecord.IsEmpty) writer.WriteBytes(2, peer.SignedRecord.Span);
        }

        if (prune.BackoffSeconds is { } seconds) writer.WriteNumber(3, seconds);
    }

    private static void WriteIds(ref ProtobufWriter writer, int field, IReadOnlyList<ReadOnlyMemory<byte>> ids)
    {
        for (int i = 0; i < ids.Count; i++) writer.WriteBytes(field, ids[i].Span);
    }
}
