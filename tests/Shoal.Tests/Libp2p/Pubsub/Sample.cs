using System.Buffers.Binary;
using System.Text;
using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Tests.Libp2p.Pubsub;

/// <summary>Peers, messages and RPCs for tests.</summary>
internal static class Sample
{
    internal const string Topic = "room";

    /// <summary>A well-formed Ed25519 peer id with a number in it.</summary>
    internal static PeerId Peer(int number)
    {
        byte[] bytes = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20, .. new byte[32]];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(34), number);
        Assert.True(PeerId.TryRead(bytes, out PeerId id));
        return id;
    }

    /// <summary>The fields of a message with something that looks like a signature.</summary>
    internal static MessageFields Message(PeerId author, long sequenceNumber, string topic = Topic, int size = 5)
    {
        byte[] number = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, sequenceNumber);
        byte[] data = new byte[size];
        Encoding.UTF8.GetBytes($"{sequenceNumber}").AsSpan(0, Math.Min(size, $"{sequenceNumber}".Length)).CopyTo(data);
        return GossipMessage.Compose(author, data, number, topic) with { Signature = new byte[] { 1 } };
    }

    /// <summary>The same as the core keeps it.</summary>
    internal static GossipMessage Kept(PeerId author, long sequenceNumber, string topic = Topic, int size = 5)
    {
        MessageFields fields = Message(author, sequenceNumber, topic, size);
        byte[] id = new MessageIdentity(new GossipsubOptions()).BytesOf(topic, fields);
        return GossipMessage.Copy(fields, id, topic, author);
    }

    internal static Rpc Publish(params MessageFields[] messages)
    {
        var rpc = new Rpc();
        rpc.Publish.AddRange(messages);
        return rpc;
    }

    internal static Rpc Subscribe(string topic, bool subscribe = true)
    {
        var rpc = new Rpc();
        rpc.Subscriptions.Add(new SubscriptionChange(subscribe, topic));
        return rpc;
    }

    internal static Rpc Graft(string topic = Topic)
    {
        var rpc = new Rpc();
        rpc.Graft.Add(topic);
        return rpc;
    }

    internal static Rpc Prune(ulong? backoff = 60, string topic = Topic, params SuggestedPeer[] peers)
    {
        var rpc = new Rpc();
        rpc.Prune.Add(new Prune(topic, peers, backoff));
        return rpc;
    }

    internal static Rpc IHave(params byte[][] ids)
    {
        var rpc = new Rpc();
        rpc.IHave.Add(new IHave(Topic, [.. ids.Select(id => (ReadOnlyMemory<byte>)id)]));
        return rpc;
    }

    internal static Rpc IWant(params byte[][] ids)
    {
        var rpc = new Rpc();
        rpc.IWant.AddRange(ids.Select(id => (ReadOnlyMemory<byte>)id));
        return rpc;
    }

    internal static Rpc IDontWant(params byte[][] ids)
    {
        var rpc = new Rpc();
        rpc.IDontWant.AddRange(ids.Select(id => (ReadOnlyMemory<byte>)id));
        return rpc;
    }
}
