using System.Security.Cryptography;
using System.Text;
using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Tests.Libp2p.Pubsub;

/// <summary>Held against a message that js-libp2p 3.3.11 signed (key: Ed25519 seed 1, little-endian).</summary>
public sealed class MessageSigningTests
{
    private const string SignedPart =
        "0a26002408011220cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc120568656c6c6f1a0800000000000000012204726f6f6d";

    private const string Signature =
        "e3403f0847377b9782678cf9e40f39c70f9de831f3419e6ffc18d1e3632db34f91bee4f0e1d63f8abda76ada882f4e3dd0f93c0f017a23e36cab6faa0bd2f608";

    private const string Message =
        SignedPart + "2a40" + Signature + "322408011220cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc";

    private static readonly byte[] Number = [0, 0, 0, 0, 0, 0, 0, 1];

    private static PrivateKey Key => PrivateKey.FromEd25519Seed([1, .. new byte[31]]);

    [Fact]
    public void The_vector_is_signed_by_its_author()
    {
        MessageFields message = Vector();

        Assert.True(PeerId.TryRead(message.From!.Value.Span, out PeerId author));
        Assert.Equal("12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X", author.ToString());
        Assert.True(MessageSigning.TryGetKey(message, author, out PublicKey? key));
        Assert.True(MessageSigning.Verify(message, key));
    }

    [Fact]
    public void The_same_message_of_ours_has_the_same_signature_and_no_key()
    {
        MessageFields ours = MessageSigning.Sign(GossipMessage.Compose(Key.PeerId, "hello"u8.ToArray(), Number, "room"), Key);

        Assert.Equal(Signature, Convert.ToHexStringLower(ours.Signature!.Value.Span));
        Assert.Null(ours.Key);
        Assert.True(MessageSigning.TryGetKey(ours, Key.PeerId, out PublicKey? key));
        Assert.True(MessageSigning.Verify(ours, key));
    }

    [Fact]
    public void A_kept_message_is_forwarded_byte_by_byte()
    {
        MessageFields fields = Vector();
        var message = GossipMessage.Copy(fields, [1], "room", Key.PeerId);

        byte[] expected = Convert.FromHexString(Message);
        Assert.Equal(expected, message.Frame[^expected.Length..]);
        Assert.Equal(0x12, message.Frame[^(expected.Length + 3)]);
        Assert.True(message.SameAs(fields));
        Assert.Equal("hello", Encoding.UTF8.GetString(message.ToPublic(Key.PeerId).Data.Span));
    }

    [Fact]
    public void Any_other_byte_breaks_the_signature()
    {
        MessageFields message = Vector();
        Assert.True(MessageSigning.TryGetKey(message, Key.PeerId, out PublicKey? key));

        Assert.False(MessageSigning.Verify(message with { Data = "Hello"u8.ToArray() }, key));
        Assert.False(MessageSigning.Verify(message with { Topic = "rooms"u8.ToArray() }, key));
        Assert.False(MessageSigning.Verify(message with { SequenceNumber = new byte[8] }, key));
        Assert.False(MessageSigning.Verify(message with { From = Sample.Peer(1).Bytes.ToArray() }, key));
        Assert.False(MessageSigning.Verify(message with { Signature = new byte[64] }, key));
        Assert.False(MessageSigning.Verify(message with { Signature = Array.Empty<byte>() }, key));
        Assert.False(MessageSigning.Verify(message with { Signature = null }, key));
    }

    [Fact]
    public void Empty_data_is_signed_as_present_and_absent_data_as_absent()
    {
        MessageFields empty = MessageSigning.Sign(GossipMessage.Compose(Key.PeerId, default, Number, "room"), Key);
        Assert.NotNull(empty.Data);

        Assert.True(MessageSigning.Verify(empty, Key.PublicKey));
        Assert.False(MessageSigning.Verify(empty with { Data = null }, Key.PublicKey));
        MessageFields absent = MessageSigning.Sign(empty with { Data = null, Signature = null }, Key);
        Assert.True(MessageSigning.Verify(absent, Key.PublicKey));
        Assert.Null(GossipMessage.Copy(absent, [1], "room", Key.PeerId).Fields.Data);
        Assert.NotNull(GossipMessage.Copy(empty, [1], "room", Key.PeerId).Fields.Data);
    }

    [Fact]
    public void A_key_that_does_not_give_the_author_is_not_taken()
    {
        using PrivateKey other = PrivateKey.FromEd25519Seed([2, .. new byte[31]]);
        MessageFields message = Vector() with { Key = other.PublicKey.Protobuf };

        Assert.False(MessageSigning.TryGetKey(message, Key.PeerId, out _));
        Assert.False(MessageSigning.TryGetKey(message with { Key = new byte[] { 1, 2, 3 } }, Key.PeerId, out _));
    }

    [Fact]
    public void An_author_whose_peer_id_is_a_hash_sends_the_key_along()
    {
        using PrivateKey rsa = PrivateKey.Generate(KeyType.Rsa);
        MessageFields message = MessageSigning.Sign(GossipMessage.Compose(rsa.PeerId, "x"u8.ToArray(), Number, "room"), rsa);

        Assert.NotNull(message.Key);
        Assert.True(MessageSigning.TryGetKey(message, rsa.PeerId, out PublicKey? key));
        Assert.True(MessageSigning.Verify(message, key));
        Assert.False(MessageSigning.TryGetKey(message with { Key = null }, rsa.PeerId, out _));
    }

    [Fact]
    public void Ids_are_those_of_the_specification()
    {
        MessageFields message = Vector();

        Assert.Equal(
            "002408011220cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc0000000000000001",
            Convert.ToHexStringLower(new MessageIdentity(new GossipsubOptions()).BytesOf("room", message)));
        Assert.Equal(
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            Convert.ToHexStringLower(new MessageIdentity(new GossipsubOptions { SignaturePolicy = SignaturePolicy.StrictNoSign }).BytesOf("room", message)));
    }

    [Fact]
    public void An_id_function_can_give_the_ids_of_js()
    {
        MessageIdFunction js = (_, from, number, _) => [.. from[2..], .. number];
        var identity = new MessageIdentity(new GossipsubOptions { MessageId = js });

        byte[] id = identity.BytesOf("room", Vector());

        Assert.Equal("08011220cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc0000000000000001", Convert.ToHexStringLower(id));
        Assert.Equal(MessageId.Of(id), identity.Of("room", Vector()));
    }

    [Fact]
    public void Compact_ids_of_all_lengths_differ()
    {
        HashSet<MessageId> ids = [];
        for (int length = 0; length <= 100; length++) Assert.True(ids.Add(MessageId.Of(new byte[length])));

        byte[] longId = RandomNumberGenerator.GetBytes(60);
        Assert.Equal(MessageId.Of(longId), MessageId.Of([.. longId]));
        Assert.NotEqual(MessageId.Of(longId), MessageId.Of(SHA256.HashData(longId)));
    }

    private static MessageFields Vector()
    {
        byte[] message = Convert.FromHexString(Message);
        var rpc = new Rpc();
        RpcReader.Read((byte[])[0x12, 0xa7, 0x01, .. message], RpcLimits.Of(new GossipsubOptions()), rpc);
        return Assert.Single(rpc.Publish);
    }
}
