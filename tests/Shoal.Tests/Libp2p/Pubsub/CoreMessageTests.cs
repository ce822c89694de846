using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Tests.Libp2p.Pubsub;

/// <summary>Which messages are taken, delivered, passed on, and to whom.</summary>
public sealed class CoreMessageTests
{
    private static readonly PeerId Author = Sample.Peer(500);

    private readonly CoreUnderTest _t = new();

    [Fact]
    public void A_message_is_delivered_and_passed_on_to_the_mesh_but_not_to_its_sender_or_author()
    {
        _t.Subscribe();
        PeerId[] peers = _t.Join(Enumerable.Range(1, 5));
        MessageFields message = Sample.Message(peers[4], 1);

        Assert.True(_t.Accept(peers[0], message));

        GossipAction[] actions = _t.Take();
        Assert.Equal(peers[0], Assert.Single(actions.OfType<DeliverMessage>()).From);
        Assert.Equal(peers[1..4], Assert.Single(actions.OfType<SendMessage>()).To);
        Assert.False(actions.OfType<SendMessage>().Single().Own);
    }

    [Fact]
    public void Nothing_is_delivered_before_it_is_validated_and_nothing_that_is_not_accepted()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        _t.Join(2);
        _t.Take();
        for (int i = 0; i < 3; i++) _t.Receive(peer, Sample.Publish(Sample.Message(Author, i)));
        GossipAction[] actions = _t.Take();
        Assert.All(actions, action => Assert.IsType<ValidateMessage>(action));

        MessageVerdict[] verdicts = [MessageVerdict.Reject, MessageVerdict.Ignore, MessageVerdict.WrongSignature];
        foreach ((GossipAction action, MessageVerdict verdict) in actions.Zip(verdicts))
            _t.Core.OnValidated(_t.Now, ((ValidateMessage)action).Message, peer, verdict);

        Assert.Empty(_t.Take());
        Assert.Equal(2, _t.Core.FindPeer(peer)!.InvalidMessages);
        Assert.Equal(1, _t.Core.FindPeer(peer)!.WrongSignatures);
    }

    [Fact]
    public void A_second_copy_is_dropped_and_its_sender_needs_none()
    {
        _t.Subscribe();
        PeerId[] peers = _t.Join(Enumerable.Range(1, 3));
        _t.Take();
        _t.Receive(peers[0], Sample.Publish(Sample.Message(Author, 1)));
        _t.Receive(peers[1], Sample.Publish(Sample.Message(Author, 1)));
        ValidateMessage validate = Assert.IsType<ValidateMessage>(Assert.Single(_t.Take()));

        _t.Core.OnValidated(_t.Now, validate.Message, validate.From, MessageVerdict.Accept);

        GossipAction[] actions = _t.Take();
        Assert.Equal([peers[2]], Assert.Single(actions.OfType<SendMessage>()).To);
        Assert.Single(actions.OfType<DeliverMessage>());
        Assert.False(_t.Accept(peers[2], Sample.Message(Author, 1)));
    }

    [Fact]
    public void A_copy_comes_through_again_when_the_seen_time_is_over()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        Assert.True(_t.Accept(peer, Sample.Message(Author, 1)));

        _t.Heartbeat(119);
        Assert.False(_t.Accept(peer, Sample.Message(Author, 1)));

        _t.Heartbeat(40);
        Assert.True(_t.Accept(peer, Sample.Message(Author, 1)));
    }

    [Fact]
    public void A_forged_copy_keeps_the_right_one_out_neither_before_nor_after()
    {
        _t.Subscribe();
        PeerId liar = _t.Join(1), honest = _t.Join(2);
        _t.Take();
        _t.Receive(liar, Sample.Publish(Sample.Message(Author, 1) with { Data = new byte[] { 9 } }));
        _t.Receive(honest, Sample.Publish(Sample.Message(Author, 1)));
        ValidateMessage[] both = [.. _t.Take().OfType<ValidateMessage>()];
        Assert.Equal(2, both.Length);

        _t.Core.OnValidated(_t.Now, both[0].Message, liar, MessageVerdict.WrongSignature);
        _t.Core.OnValidated(_t.Now, both[1].Message, honest, MessageVerdict.Accept);

        Assert.Equal(honest, Assert.Single(_t.Take().OfType<DeliverMessage>()).From);
    }

    [Fact]
    public void Wrong_signatures_cost_the_connection_after_some()
    {
        _t.Subscribe();
        PeerId liar = _t.Join(1);
        for (int i = 0; i < 5; i++)
        {
            Assert.Empty(_t.Take().OfType<DisconnectPeer>());
            _t.Receive(liar, Sample.Publish(Sample.Message(Author, i)));
            ValidateMessage validate = _t.Take().OfType<ValidateMessage>().Single();
            _t.Core.OnValidated(_t.Now, validate.Message, liar, MessageVerdict.WrongSignature);
        }

        Assert.Equal(liar, Assert.IsType<DisconnectPeer>(Assert.Single(_t.Take())).Peer);
    }

    [Fact]
    public void A_message_of_a_topic_that_we_are_not_in_is_neither_checked_nor_passed_on()
    {
        PeerId peer = _t.Join(1);
        _t.Join(2);
        _t.Take();

        _t.Receive(peer, Sample.Publish(Sample.Message(Author, 1), Sample.Message(Author, 2, "elsewhere"), Sample.Message(Author, 3) with { Topic = null }));

        Assert.Empty(_t.Take());
    }

    [Fact]
    public void Our_own_message_that_comes_back_is_dropped()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        _t.Take();

        _t.Receive(peer, Sample.Publish(Sample.Message(CoreUnderTest.Self, 1)));

        Assert.Empty(_t.Take());
    }

    [Fact]
    public void StrictSign_drops_what_lacks_an_author_a_number_or_a_signature()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        _t.Take();
        MessageFields right = Sample.Message(Author, 1);

        _t.Receive(peer, Sample.Publish(
            right with { From = null }, right with { From = new byte[] { 1, 2, 3 } }, right with { From = Array.Empty<byte>() },
            right with { SequenceNumber = null }, right with { SequenceNumber = Array.Empty<byte>() }, right with { SequenceNumber = new byte[9] },
            right with { Signature = null }, right with { Signature = Array.Empty<byte>() }));

        Assert.Empty(_t.Take());
        Assert.Equal(8, _t.Core.FindPeer(peer)!.InvalidMessages);
    }

    [Fact]
    public void A_sequence_number_without_its_leading_zeros_is_taken_as_js_floodsub_sends_it()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        _t.Take();

        _t.Receive(peer, Sample.Publish(Sample.Message(Author, 1) with { SequenceNumber = new byte[] { 1, 2, 3, 4, 5, 6, 7 } }));

        Assert.IsType<ValidateMessage>(Assert.Single(_t.Take()));
    }

    [Fact]
    public void StrictNoSign_drops_what_has_an_author_a_number_a_signature_or_a_key_even_if_empty()
    {
        var t = new CoreUnderTest(new GossipsubOptions { SignaturePolicy = SignaturePolicy.StrictNoSign });
        t.Subscribe();
        PeerId peer = t.Join(1);
        t.Take();
        MessageFields right = GossipMessage.Compose(null, new byte[] { 1 }, null, Sample.Topic);
        byte[] empty = [];

        t.Receive(peer, Sample.Publish(
            right with { From = Author.Bytes.ToArray() }, right with { SequenceNumber = new byte[8] }, right with { Signature = new byte[64] },
            right with { Key = new byte[36] }, right with { From = empty }, right with { SequenceNumber = empty }, right with { Signature = empty },
            right with { Key = empty }));
        Assert.Empty(t.Take());

        Assert.True(t.Accept(peer, right));
        Assert.Null(Assert.Single(t.Take().OfType<DeliverMessage>()).Message.Author);
        Assert.False(t.Accept(peer, right));
    }

    [Fact]
    public void An_id_function_that_throws_spoils_only_the_message()
    {
        var t = new CoreUnderTest(new GossipsubOptions { MessageId = (_, _, _, data) => data[..8].ToArray() });
        t.Subscribe();
        PeerId peer = t.Join(1);

        Assert.False(t.Accept(peer, Sample.Message(Author, 1, size: 7)));
        Assert.True(t.Accept(peer, Sample.Message(Author, 2, size: 8)));
        Assert.Equal(1, t.Core.FindPeer(peer)!.InvalidMessages);
    }

    [Fact]
    public void A_graylisted_peer_is_not_listened_to()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        _t.Score(peer, -81);
        _t.Take();

        _t.Receive(peer, Sample.Publish(Sample.Message(Author, 1)));
        _t.Receive(peer, Sample.Subscribe("other"));

        Assert.Empty(_t.Take());
    }

    [Fact]
    public void Own_messages_go_to_all_subscribers_above_the_publish_threshold()
    {
        _t.Subscribe();
        PeerId[] peers = _t.Join(Enumerable.Range(1, 20));
        _t.Score(peers[3], -51);
        _t.Take();

        Assert.Equal(PublishOutcome.Sent, _t.Core.Publish(_t.Now, Sample.Kept(CoreUnderTest.Self, 1)));

        SendMessage sent = Assert.IsType<SendMessage>(Assert.Single(_t.Take()));
        Assert.True(sent.Own);
        Assert.Equal(peers.Where(p => p != peers[3]), sent.To);
    }

    [Fact]
    public void Without_flood_publish_own_messages_go_to_the_mesh()
    {
        var t = new CoreUnderTest(new GossipsubOptions { FloodPublish = false });
        t.Subscribe();
        t.Join(Enumerable.Range(1, 20));
        t.Take();

        t.Core.Publish(t.Now, Sample.Kept(CoreUnderTest.Self, 1));

        Assert.Equal(t.Mesh, t.Take().OfType<SendMessage>().Single().To);
    }

    [Fact]
    public void A_fan_out_of_D_peers_serves_a_topic_that_we_are_not_in_until_it_has_been_quiet()
    {
        var t = new CoreUnderTest(new GossipsubOptions { FloodPublish = false });
        t.Join(Enumerable.Range(1, 20));
        t.Take();

        t.Core.Publish(t.Now, Sample.Kept(CoreUnderTest.Self, 1));
        IReadOnlyList<PeerId> first = t.Take().OfType<SendMessage>().Single().To;
        Assert.Equal(6, first.Count);
        t.Heartbeat(59);
        t.Take();
        t.Core.Publish(t.Now, Sample.Kept(CoreUnderTest.Self, 2));
        Assert.Equal(first, t.Take().OfType<SendMessage>().Single().To);

        t.Heartbeat(59);
        Assert.NotNull(t.Core.FindTopic(Sample.Topic)!.Fanout);
        t.Heartbeat();
        Assert.Null(t.Core.FindTopic(Sample.Topic)!.Fanout);
    }

    [Fact]
    public void A_fan_out_loses_peers_that_leave_and_becomes_the_mesh_when_we_join()
    {
        var t = new CoreUnderTest(new GossipsubOptions { FloodPublish = false });
        PeerId[] peers = t.Join(Enumerable.Range(1, 20));
        t.Core.Publish(t.Now, Sample.Kept(CoreUnderTest.Self, 1));
        PeerSet fanout = t.Core.FindTopic(Sample.Topic)!.Fanout!;
        t.Receive(fanout[0].Id, Sample.Subscribe(Sample.Topic, false));
        Assert.Equal(5, fanout.Count);
        t.Heartbeat();
        Assert.Equal(6, fanout.Count);
        PeerId[] before = fanout.Ids();

        t.Subscribe();

        Assert.Equal(before, t.Mesh);
        Assert.Null(t.Core.FindTopic(Sample.Topic)!.Fanout);
    }

    [Fact]
    public void Publishing_says_why_it_reached_nobody()
    {
        GossipMessage message = Sample.Kept(CoreUnderTest.Self, 1);
        Assert.Equal(PublishOutcome.NoPeers, _t.Core.Publish(_t.Now, message));
        Assert.Equal(PublishOutcome.Duplicate, _t.Core.Publish(_t.Now, message));

        _t.Core.OnPeerConnected(Sample.Peer(1), PubsubProtocol.Meshsub11, true);
        Assert.Equal(PublishOutcome.NoSubscribers, _t.Core.Publish(_t.Now, Sample.Kept(CoreUnderTest.Self, 2)));

        _t.Receive(Sample.Peer(1), Sample.Subscribe(Sample.Topic));
        _t.Score(Sample.Peer(1), -100);
        Assert.Equal(PublishOutcome.OnlyBadPeers, _t.Core.Publish(_t.Now, Sample.Kept(CoreUnderTest.Self, 3)));
    }

    [Fact]
    public void Own_messages_are_delivered_to_ourselves_only_when_wanted()
    {
        var t = new CoreUnderTest(new GossipsubOptions { DeliverOwnMessages = true });
        t.Subscribe();
        _t.Subscribe();

        t.Core.Publish(t.Now, Sample.Kept(CoreUnderTest.Self, 1));
        _t.Core.Publish(_t.Now, Sample.Kept(CoreUnderTest.Self, 1));

        Assert.IsType<DeliverMessage>(Assert.Single(t.Take()));
        Assert.Empty(_t.Take());
    }

    [Fact]
    public void A_floodsub_peer_gets_every_message_and_no_control()
    {
        _t.Subscribe();
        PeerId flood = _t.Join(1, PubsubProtocol.Floodsub), other = _t.Join(2);

        Assert.True(_t.Accept(other, Sample.Message(Author, 1, size: 2000)));
        _t.Heartbeat(2);
        Assert.Equal([flood], _t.Take().OfType<SendMessage>().Single().To);

        _t.Core.Publish(_t.Now, Sample.Kept(CoreUnderTest.Self, 1));
        _t.Receive(flood, Sample.Graft());
        Assert.True(_t.Accept(flood, Sample.Message(Author, 2, size: 2000)));
        _t.Core.Unsubscribe(_t.Now, Sample.Topic);
        Assert.DoesNotContain(_t.TakeControl(), send => send.To == flood && send.Rpc.HasControl);
        Assert.DoesNotContain(flood, _t.Mesh);
    }

    [Fact]
    public void An_explicit_peer_gets_every_message_whatever_its_score()
    {
        PeerId friend = Sample.Peer(1);
        var t = new CoreUnderTest(new GossipsubOptions { ExplicitPeers = [friend] });
        t.Subscribe();
        t.Join(1);
        PeerId other = t.Join(2);
        t.Score(friend, -1000);

        Assert.True(t.Accept(other, Sample.Message(Author, 1)));
        Assert.Equal([friend], t.Take().OfType<SendMessage>().Single().To);
        Assert.True(t.Accept(friend, Sample.Message(Author, 2)));
    }

    [Fact]
    public void The_last_words_of_a_peer_that_has_just_gone_are_heard_but_nothing_else_of_it()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        _t.Core.OnPeerDisconnected(peer);
        Rpc last = Sample.Publish(Sample.Message(Author, 1));
        last.Subscriptions.Add(new SubscriptionChange(true, Sample.Topic));
        last.Graft.Add(Sample.Topic);
        _t.Take();

        _t.Receive(peer, last);

        Assert.IsType<ValidateMessage>(Assert.Single(_t.Take()));
        Assert.Equal(0, _t.Core.PeerCount);
        Assert.Empty(_t.Mesh);
    }
}
