using System.Text;
using System.Text.Unicode;
using Shoal.Net;

namespace Shoal.Libp2p.Pubsub.Messages;

/// <summary>Reads the pubsub RPC.</summary>
/// <remarks>
/// Written by hand although the rest of the library uses Google.Protobuf: every message of a topic arrives here about
/// D times, and all copies but one are dropped right after a look at author, sequence number and topic. Slices of the
/// receive buffer are enough for that look; generated classes would allocate and copy each field of each copy.
/// <code>
/// RPC            { subscriptions = 1 [SubOpts], publish = 2 [Message], control = 3 ControlMessage }
/// SubOpts        { subscribe = 1 bool, topicid = 2 string }
/// Message        { from = 1, data = 2, seqno = 3, topic = 4, signature = 5, key = 6 }
/// ControlMessage { ihave = 1 [], iwant = 2 [], graft = 3 [], prune = 4 [], idontwant = 5 [] }
/// IHave { topic = 1, ids = 2 [] }   IWant, IDontWant { ids = 1 [] }   Graft { topic = 1 }
/// Prune { topic = 1, peers = 2 [PeerInfo], backoff = 3 seconds }   PeerInfo { id = 1, signed record = 2 }
/// </code>
/// Unknown fields are skipped, of a repeated single field the last counts, and an entry whose topic is not UTF-8 is
/// passed over: it cannot be a topic of ours.
/// </remarks>
internal static class RpcReader
{
    /// <summary>Reads one RPC, without its length prefix, into <paramref name="rpc"/>, whose slices then point into <paramref name="bytes"/>.</summary>
    /// <exception cref="WireFormatException">The bytes are not an RPC or go beyond a limit.</exception>
    internal static void Read(ReadOnlyMemory<byte> bytes, RpcLimits limits, Rpc rpc)
    {
        rpc.Clear();
        var budget = new Budget(limits);
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out int field, out WireType type))
        {
            switch (field, type)
            {
                case (1, WireType.Bytes):
                    budget.TakeSubscription();
                    ReadSubscription(reader.ReadBytes(), ref budget, rpc);
                    break;
                case (2, WireType.Bytes):
                    budget.TakeMessage();
                    rpc.Publish.Add(ReadMessage(reader.ReadBytes()));
                    break;
                case (3, WireType.Bytes):
                    ReadControl(reader.ReadBytes(), ref budget, rpc);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
    }

    private static void ReadSubscription(ReadOnlyMemory<byte> bytes, ref Budget budget, Rpc rpc)
    {
        bool subscribe = false;
        ReadOnlyMemory<byte>? topic = null;
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out int field, out WireType type))
        {
            if ((field, type) == (1, WireType.Varint)) subscribe = reader.ReadVarint() != 0;
            else if ((field, type) == (2, WireType.Bytes)) topic = reader.ReadBytes();
            else reader.Skip(type);
        }

        if (budget.TryTopic(topic, out string name)) rpc.Subscriptions.Add(new SubscriptionChange(subscribe, name));
    }

    private static MessageFields ReadMessage(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlyMemory<byte>? from = null, data = null, sequenceNumber = null, topic = null, signature = null, key = null;
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out int field, out WireType type))
        {
            if (type != WireType.Bytes || field > 6)
            {
                reader.Skip(type);
                continue;
            }

            ReadOnlyMemory<byte> value = reader.ReadBytes();
            switch (field)
            {
                case 1: from = value; break;
                case 2: data = value; break;
                case 3: sequenceNumber = value; break;
                case 4: topic = value; break;
                case 5: signature = value; break;
                case 6: key = value; break;
            }
        }

        return new MessageFields(from, data, sequenceNumber, topic, signature, key);
    }

    private static void ReadControl(ReadOnlyMemory<byte> bytes, ref Budget budget, Rpc rpc)
    {
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out int field, out WireType type))
        {
            if (type != WireType.Bytes || field > 5)
            {
                reader.Skip(type);
                continue;
            }

            budget.TakeControlEntry();
            ReadOnlyMemory<byte> entry = reader.ReadBytes();
            switch (field)
            {
                case 1: ReadIHave(entry, ref budget, rpc); break;
                case 2: ReadIds(entry, ref budget, rpc.IWant); break;
                case 3: ReadGraft(entry, ref budget, rpc); break;
                case 4: ReadPrune(entry, ref budget, rpc); break;
                case 5: ReadIds(entry, ref budget, rpc.IDontWant); break;
            }
        }
    }

    private static void ReadIHave(ReadOnlyMemory<byte> bytes, ref Budget budget, Rpc rpc)
    {
        ReadOnlyMemory<byte>? topic = null;
        List<ReadOnlyMemory<byte>> ids = [];
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out int field, out WireType type))
        {
            if ((field, type) == (1, WireType.Bytes)) topic = reader.ReadBytes();
            else if ((field, type) == (2, WireType.Bytes)) ids.Add(budget.TakeId(reader.ReadBytes()));
            else reader.Skip(type);
        }

        if (budget.TryTopic(topic, out string name)) rpc.IHave.Add(new IHave(name, ids));
    }

    private static void ReadIds(ReadOnlyMemory<byte> bytes, ref Budget budget, List<ReadOnlyMemory<byte>> ids)
    {
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out int field, out WireType type))
        {
            if ((field, type) == (1, WireType.Bytes)) ids.Add(budget.TakeId(reader.ReadBytes()));
            else reader.Skip(type);
        }
    }

    private static void ReadGraft(ReadOnlyMemory<byte> bytes, ref Budget budget, Rpc rpc)
    {
        ReadOnlyMemory<byte>? topic = null;
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out int field, out WireType type))
        {
            if ((field, type) == (1, WireType.Bytes)) topic = reader.ReadBytes();
            else reader.Skip(type);
        }

        if (budget.TryTopic(topic, out string name)) rpc.Graft.Add(name);
    }

    private static void ReadPrune(ReadOnlyMemory<byte> bytes, ref Budget budget, Rpc rpc)
    {
        ReadOnlyMemory<byte>? topic = null;
        ulong? backoff = null;
        List<SuggestedPeer>? peers = null;
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out int field, out WireType type))
        {
            if ((field, type) == (1, WireType.Bytes)) topic = reader.ReadBytes();
            else if ((field, type) == (2, WireType.Bytes)) (peers ??= []).Add(ReadPeer(reader.ReadBytes(), ref budget));
            else if ((field, type) == (3, WireType.Varint)) backoff = reader.ReadVarint();
            else reader.Skip(type);
        }

        if (budget.TryTopic(topic, out string name))
            rpc.Prune.Add(new Prune(name, (IReadOnlyList<SuggestedPeer>?)peers ?? [], backoff));
    }

    private static SuggestedPeer ReadPeer(ReadOnlyMemory<byte> bytes, ref Budget budget)
    {
        budget.TakeControlEntry();
        ReadOnlyMemory<byte> peer = default, record = default;
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out int field, out WireType type))
        {
            if ((field, type) == (1, WireType.Bytes)) peer = reader.ReadBytes();
            else if ((field, type) == (2, WireType.Bytes)) record = reader.ReadBytes();
            else reader.Skip(type);
        }

        return new SuggestedPeer(peer, record);
    }

    /// <summary>Counts down what an RPC may still carry.</summary>
    private struct Budget(RpcLimits limits)
    {
        private int _subscriptions = limits.Subscriptions;
        private int _messages = limits.Messages;
        private int _controlEntries = limits.ControlEntries;
        private int _ids = limits.Ids;

        internal void TakeSubscription() => Take(ref _subscriptions, limits.Subscriptions, "subscriptions");

        internal void TakeMessage() => Take(ref _messages, limits.Messages, "messages");

        internal void TakeControlEntry() => Take(ref _controlEntries, limits.ControlEntries, "control entries");

        internal ReadOnlyMemory<byte> TakeId(ReadOnlyMemory<byte> id)
        {
            Take(ref _ids, limits.Ids, "message ids");
            return id;
        }

        internal readonly bool TryTopic(ReadOnlyMemory<byte>? bytes, out string topic)
        {
            topic = "";
            if (bytes is not { } name) return false;
            if (name.Length > limits.TopicBytes)
                throw new WireFormatException($"topic of {name.Length} bytes, at most {limits.TopicBytes} allowed");
            if (!Utf8.IsValid(name.Span)) return false;

            topic = Encoding.UTF8.GetString(name.Span);
            return true;
        }

        private static void Take(ref int left, int limit, string what)
        {
            if (--left < 0) throw new WireFormatException($"RPC with more than {limit} {what}");
        }
    }
}
