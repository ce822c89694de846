using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p.Pubsub;
using Shoal.Libp2p.Pubsub.Messages;
using Shoal.Net;

namespace Shoal.Tests.Libp2p.Pubsub;

public sealed class RpcCodecTests
{
    private static readonly RpcLimits Limits = RpcLimits.Of(new GossipsubOptions());

    [Fact]
    public void A_subscription_and_a_graft_have_the_bytes_of_the_specification()
    {
        Rpc rpc = Sample.Subscribe("room");
        rpc.Graft.Add("room");

        // RPC: length, 1: { 1: true, 2: "room" }, 3: { 3: { 1: "room" } }
        Assert.Equal("140A0808011204726F6F6D1A081A060A04726F6F6D", Convert.ToHexString(RpcWriter.WriteFrame(rpc)));
    }

    [Fact]
    public void All_of_control_has_the_bytes_of_the_specification()
    {
        var rpc = new Rpc();
        rpc.IHave.Add(new IHave("t", [new byte[] { 1 }, new byte[] { 2 }]));
        rpc.IWant.Add(new byte[] { 3 });
        rpc.Graft.Add("t");
        rpc.Prune.Add(new Prune("t", [new SuggestedPeer(new byte[] { 4 }, new byte[] { 5 })], 60));
        rpc.IDontWant.Add(new byte[] { 6 });

        Assert.Equal(
            "2B" + "1A29"
            + "0A09" + "0A0174" + "120101" + "120102"
            + "1203" + "0A0103"
            + "1A03" + "0A0174"
            + "220D" + "0A0174" + "1206" + "0A0104" + "120105" + "183C"
            + "2A03" + "0A0106",
            Convert.ToHexString(RpcWriter.WriteFrame(rpc)));
    }

    [Fact]
    public void Reads_what_was_written() =>
        Prop.ForAll<int>(seed =>
        {
            Rpc written = Random(new Random(seed));
            return Text(Read(WithoutLength(RpcWriter.WriteFrame(written)))) == Text(written);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Garbage_gives_only_the_wire_format_exception() =>
        Prop.ForAll<byte[]>(bytes => ReadsOrRefuses(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_spoilt_rpc_gives_only_the_wire_format_exception() =>
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            byte[] bytes = WithoutLength(RpcWriter.WriteFrame(Random(random)));
            for (int i = 0; i < 3 && bytes.Length > 0; i++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            return ReadsOrRefuses(bytes[..random.Next(bytes.Length + 1)]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Present_and_empty_is_not_absent()
    {
        Rpc rpc = Read([0x12, 0x02, 0x12, 0x00]); // publish: { data: "" }

        MessageFields message = Assert.Single(rpc.Publish);
        Assert.NotNull(message.Data);
        Assert.Equal(0, message.Data.Value.Length);
        Assert.Null(message.From);
        Assert.Null(message.Topic);
    }

    [Fact]
    public void Unknown_fields_are_skipped_and_the_last_of_a_repeated_field_counts()
    {
        // 15: varint 1; 14: fixed32; 13: fixed64; publish: { 9: "x", topic "a", topic "b" }
        Rpc rpc = Read([0x78, 1, 0x75, 1, 2, 3, 4, 0x69, 1, 2, 3, 4, 5, 6, 7, 8, 0x12, 9, 0x4a, 1, 0x78, 0x22, 1, 0x61, 0x22, 1, 0x62]);

        Assert.Equal("b", Encoding.UTF8.GetString(Assert.Single(rpc.Publish).Topic!.Value.Span));
    }

    [Fact]
    public void A_topic_that_is_not_utf8_is_passed_over()
    {
        Rpc rpc = Read([0x0a, 0x05, 0x08, 1, 0x12, 1, 0xff, 0x0a, 0x05, 0x08, 1, 0x12, 1, 0x61]);

        Assert.Equal("a", Assert.Single(rpc.Subscriptions).Topic);
    }

    [Theory]
    [InlineData("0a")]
    [InlineData("0a05")]
    [InlineData("0a0508")]
    [InlineData("0aff")]
    [InlineData("0affffffffffffffffff7f")]
    [InlineData("0b")]
    [InlineData("00")]
    [InlineData("7d010203")]
    [InlineData("78ffffffffffffffffffff01")]
    public void A_malformed_rpc_is_refused(string hex) =>
        Assert.Throws<WireFormatException>(() => Read(Convert.FromHexString(hex)));

    [Fact]
    public void Every_count_and_length_has_its_limit()
    {
        RpcLimits few = new() { Subscriptions = 1, Messages = 1, ControlEntries = 2, Ids = 2, TopicBytes = 2 };
        var rpc = new Rpc();

        Refuses(r => { r.Subscriptions.Add(new(true, "a")); r.Subscriptions.Add(new(true, "b")); }, "1 subscriptions");
        Refuses(r => r.Publish.AddRange([default, default]), "1 messages");
        Refuses(r => r.Graft.AddRange(["a", "b", "c"]), "2 control entries");
        Refuses(r => r.Prune.Add(new Prune("a", [default, default], null)), "2 control entries");
        Refuses(r => r.IWant.AddRange([new byte[] { 1 }, new byte[] { 2 }, new byte[] { 3 }]), "2 message ids");
        Refuses(r => r.IDontWant.AddRange([new byte[] { 1 }, new byte[] { 2 }, new byte[] { 3 }]), "2 message ids");
        Refuses(r => r.IHave.Add(new IHave("a", [new byte[1], new byte[1], new byte[1]])), "2 message ids");
        Refuses(r => r.Graft.Add("abc"), "topic of 3 bytes");

        void Refuses(Action<Rpc> fill, string reason)
        {
            var over = new Rpc();
            fill(over);
            byte[] bytes = WithoutLength(RpcWriter.WriteFrame(over));
            var error = Assert.Throws<WireFormatException>(() => RpcReader.Read(bytes, few, rpc));
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
    }

    private static bool ReadsOrRefuses(byte[] bytes)
    {
        try
        {
            Read(bytes);
        }
        catch (WireFormatException)
        {
            // As it must.
        }

        return true;
    }

    private static Rpc Read(byte[] bytes)
    {
        var rpc = new Rpc();
        RpcReader.Read(bytes, Limits, rpc);
        return rpc;
    }

    private static byte[] WithoutLength(byte[] frame)
    {
        int start = Array.FindIndex(frame, b => b < 0x80) + 1;
        return frame[start..];
    }

    private static Rpc Random(Random random)
    {
        var rpc = new Rpc();
        Times(() => rpc.Subscriptions.Add(new SubscriptionChange(random.Next(2) == 0, Name())));
        Times(() => rpc.Publish.Add(new MessageFields(Maybe(), Maybe(), Maybe(), Maybe(), Maybe(), Maybe())));
        Times(() => rpc.IHave.Add(new IHave(Name(), Ids())));
        rpc.IWant.AddRange(Ids());
        Times(() => rpc.Graft.Add(Name()));
        Times(() => rpc.Prune.Add(new Prune(Name(), [.. Ids().Select(id => new SuggestedPeer(id, Bytes()))], random.Next(2) == 0 ? null : (ulong)random.NextInt64())));
        rpc.IDontWant.AddRange(Ids());
        return rpc;

        void Times(Action add)
        {
            for (int i = random.Next(4); i > 0; i--) add();
        }

        string Name() => new([.. Enumerable.Range(0, random.Next(20)).Select(_ => "añ世x/"[random.Next(5)])]);
        byte[] Bytes()
        {
            byte[] bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            return bytes;
        }

        ReadOnlyMemory<byte>? Maybe() => random.Next(3) == 0 ? (ReadOnlyMemory<byte>?)null : Bytes();
        ReadOnlyMemory<byte>[] Ids() => [.. Enumerable.Range(0, random.Next(4)).Select(_ => (ReadOnlyMemory<byte>)Bytes())];
    }

    private static string Text(Rpc rpc)
    {
        return string.Join('\n', [
            .. rpc.Subscriptions.Select(s => $"{s.Subscribe} {s.Topic}"),
            .. rpc.Publish.Select(m => $"{Hex(m.From)} {Hex(m.Data)} {Hex(m.SequenceNumber)} {Hex(m.Topic)} {Hex(m.Signature)} {Hex(m.Key)}"),
            .. rpc.IHave.Select(h => $"have {h.Topic} {All(h.Ids)}"),
            $"want {All(rpc.IWant)}",
            .. rpc.Graft.Select(g => $"graft {g}"),
            .. rpc.Prune.Select(p => $"prune {p.Topic} {p.BackoffSeconds} {string.Join(',', p.Peers.Select(x => $"{Hex(x.Peer)}@{Hex(x.SignedRecord)}"))}"),
            $"don't want {All(rpc.IDontWant)}"]);

        static string Hex(ReadOnlyMemory<byte>? bytes) => bytes is { } b ? $"'{Convert.ToHexString(b.Span)}'" : "-";
        static string All(IEnumerable<ReadOnlyMemory<byte>> ids) => string.Join(',', ids.Select(id => Hex(id)));
    }
}
