using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Tests.Libp2p.Pubsub;

/// <summary>IHAVE, IWANT, IDONTWANT and their limits.</summary>
public sealed class CoreGossipTests
{
    private static readonly PeerId Author = Sample.Peer(500);

    private readonly CoreUnderTest _t = new();

    [Fact]
    public void The_heartbeat_tells_peers_outside_the_mesh_of_the_last_three_heartbeats_messages()
    {
        _t.Subscribe();
        PeerId[] peers = _t.Join(Enumerable.Range(1, 20), outbound: true);
        Assert.True(_t.Accept(peers[0], Sample.Message(Author, 1)));
        byte[] id = Sample.Kept(Author, 1).IdBytes;
        _t.Take();

        for (int i = 0; i < 3; i++)
        {
            _t.Heartbeat();
            SendControl[] gossip = [.. _t.TakeControl().Where(send => send.Rpc.IHave.Count > 0)];
            Assert.Equal(6, gossip.Length);
            Assert.All(gossip, send =>
            {
                Assert.DoesNotContain(send.To, _t.Mesh);
                Assert.False(send.Essential);
                Assert.Equal(id, Assert.Single(Assert.Single(send.Rpc.IHave).Ids).ToArray());
            });
        }

        _t.Heartbeat();
        Assert.DoesNotContain(_t.TakeControl(), send => send.Rpc.IHave.Count > 0);
    }

    [Fact]
    public void In_a_crowd_a_quarter_hears_gossip()
    {
        _t.Subscribe();
        PeerId[] peers = _t.Join(Enumerable.Range(1, 105), outbound: true);
        Assert.True(_t.Accept(peers[0], Sample.Message(Author, 1)));
        _t.Take();

        _t.Heartbeat();

        Assert.Equal(25, _t.TakeControl().Count(send => send.Rpc.IHave.Count > 0));
    }

    [Fact]
    public void An_announced_message_is_asked_for_if_it_is_new_and_the_topic_ours()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        Assert.True(_t.Accept(peer, Sample.Message(Author, 1)));
        _t.Take();
        byte[] known = Sample.Kept(Author, 1).IdBytes;

        _t.Receive(peer, Sample.IHave(known, [1, 2, 3], [1, 2, 3]));

        Assert.Equal([1, 2, 3], Assert.Single(Assert.Single(_t.TakeControl()).Rpc.IWant).ToArray());
        var elsewhere = new Rpc();
        elsewhere.IHave.Add(new IHave("elsewhere", [new byte[] { 4 }]));
        _t.Receive(peer, elsewhere);
        Assert.Empty(_t.Take());
    }

    [Fact]
    public void Ids_asked_of_one_peer_and_its_announcements_are_capped_per_heartbeat()
    {
        var t = new CoreUnderTest(new GossipsubOptions { MaxIHaveIds = 8, MaxIHaveMessages = 3 });
        t.Subscribe();
        PeerId peer = t.Join(1);
        t.Take();

        t.Receive(peer, Sample.IHave(Ids(0, 5)));
        t.Receive(peer, Sample.IHave(Ids(10, 5)));
        t.Receive(peer, Sample.IHave(Ids(20, 5)));
        Assert.Equal(8, Asked());

        t.Heartbeat();
        for (int i = 0; i < 5; i++) t.Receive(peer, Sample.IHave(Ids(30 + i, 1)));
        Assert.Equal(3, Asked());

        int Asked() => t.TakeControl().Sum(send => send.Rpc.IWant.Count);
        static byte[][] Ids(int first, int count) => [.. Enumerable.Range(first, count).Select(i => new[] { (byte)i })];
    }

    [Fact]
    public void A_promise_that_is_not_kept_in_three_seconds_counts_against_the_peer()
    {
        _t.Subscribe();
        PeerId liar = _t.Join(1), honest = _t.Join(2);
        _t.Receive(liar, Sample.IHave([1, 2, 3]));
        _t.Receive(honest, Sample.IHave(Sample.Kept(Author, 1).IdBytes));
        Assert.Equal(2, _t.Core.OpenPromises);

        Assert.True(_t.Accept(honest, Sample.Message(Author, 1)));
        _t.Heartbeat(2);
        Assert.Equal(0, _t.Core.FindPeer(liar)!.BehaviourPenalties);
        _t.Heartbeat();

        Assert.Equal(1, _t.Core.FindPeer(liar)!.BehaviourPenalties);
        Assert.Equal(0, _t.Core.FindPeer(honest)!.BehaviourPenalties);
        Assert.Equal(0, _t.Core.OpenPromises);
    }

    [Fact]
    public void A_message_is_given_to_a_peer_that_asks_three_times_at_most_and_five_heartbeats_long()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1), other = _t.Join(2);
        Assert.True(_t.Accept(peer, Sample.Message(Author, 1)));
        Assert.True(_t.Accept(peer, Sample.Message(Author, 2)));
        byte[] first = Sample.Kept(Author, 1).IdBytes, second = Sample.Kept(Author, 2).IdBytes;
        _t.Take();

        for (int i = 0; i < 5; i++) _t.Receive(other, Sample.IWant(first, [1, 2, 3]));
        Assert.Equal(3, _t.Take().OfType<SendMessage>().Count(send => send.To.SequenceEqual([other])));

        _t.Heartbeat(4);
        _t.Take();
        _t.Receive(other, Sample.IWant(second));
        Assert.Single(_t.Take().OfType<SendMessage>());
        _t.Heartbeat();
        _t.Receive(other, Sample.IWant(second));
        Assert.Empty(_t.Take().OfType<SendMessage>());
    }

    [Fact]
    public void A_peer_below_the_gossip_threshold_neither_gets_nor_gives_gossip()
    {
        var t = new CoreUnderTest();
        t.Subscribe();
        PeerId[] peers = t.Join(Enumerable.Range(1, 8), outbound: true);
        PeerId bad = peers[7];
        t.Score(bad, -11);
        Assert.True(t.Accept(peers[0], Sample.Message(Author, 1)));
        t.Take();

        t.Receive(bad, Sample.IHave([1, 2, 3]));
        t.Receive(bad, Sample.IWant(Sample.Kept(Author, 1).IdBytes));
        Assert.Empty(t.Take());
        t.Heartbeat();
        Assert.DoesNotContain(t.TakeControl(), send => send.To == bad);
    }

    [Fact]
    public void Mesh_peers_of_1_2_hear_at_once_that_a_large_message_is_there()
    {
        _t.Subscribe();
        PeerId sender = _t.Join(1), modern = _t.Join(2), old = _t.Join(3, PubsubProtocol.Meshsub11);
        _t.Take();

        _t.Receive(sender, Sample.Publish(Sample.Message(Author, 1, size: 1023), Sample.Message(Author, 2, size: 1024)));

        SendControl sent = Assert.Single(_t.TakeControl());
        Assert.Equal(modern, sent.To);
        Assert.Equal(Sample.Kept(Author, 2).IdBytes, Assert.Single(sent.Rpc.IDontWant).ToArray());
        Assert.NotEqual(old, sent.To);
    }

    [Fact]
    public void A_message_that_a_peer_does_not_want_is_not_sent_to_it_for_three_heartbeats()
    {
        _t.Subscribe();
        PeerId sender = _t.Join(1), other = _t.Join(2);
        _t.Receive(other, Sample.IDontWant(Sample.Kept(Author, 1).IdBytes));
        _t.Receive(other, Sample.IDontWant(Sample.Kept(Author, 2).IdBytes));
        _t.Heartbeat(2);

        Assert.True(_t.Accept(sender, Sample.Message(Author, 1)));
        Assert.Empty(_t.Take().OfType<SendMessage>());

        _t.Heartbeat();
        Assert.True(_t.Accept(sender, Sample.Message(Author, 2)));
        Assert.Equal([other], _t.Take().OfType<SendMessage>().Single().To);
    }

    [Fact]
    public void What_a_peer_does_not_want_is_capped()
    {
        var t = new CoreUnderTest(new GossipsubOptions { MaxIDontWantIds = 2, MaxIDontWantMessages = 2 });
        t.Subscribe();
        PeerId peer = t.Join(1);

        for (byte i = 0; i < 10; i++) t.Receive(peer, Sample.IDontWant([i, 0], [i, 1], [i, 2]));

        Assert.Equal(4, t.Core.FindPeer(peer)!.DontWant.Count);
    }

    [Fact]
    public void A_long_list_of_ids_is_split_into_several_rpcs()
    {
        var t = new CoreUnderTest(new GossipsubOptions { ControlRpcBytes = 500 });
        t.Subscribe();
        PeerId[] peers = t.Join(Enumerable.Range(1, 6), outbound: true);
        for (int i = 0; i < 30; i++) Assert.True(t.Accept(peers[0], Sample.Message(Author, i)));
        t.Take();

        t.Heartbeat();

        SendControl[] gossip = [.. t.TakeControl().Where(send => send.Rpc.IHave.Count > 0)];
        Assert.Equal(3, gossip.Length);
        Assert.Equal(30, gossip.Sum(send => send.Rpc.IHave[0].Ids.Count));
    }
}
