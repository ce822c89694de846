using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Tests.Libp2p.Pubsub;

/// <summary>Who is in the mesh, and why.</summary>
public sealed class CoreMeshTests
{
    private readonly CoreUnderTest _t = new();

    [Fact]
    public void Subscribing_tells_everybody_and_grafts_D_of_those_that_are_subscribed()
    {
        _t.Join(Enumerable.Range(0, 20));
        _t.Take();

        _t.Subscribe();

        GossipAction[] actions = _t.Take();
        Assert.Equal(20, actions.OfType<SendControl>().Count(send => send.Rpc.Subscriptions is [{ Subscribe: true, Topic: Sample.Topic }]));
        Assert.Equal(6, actions.OfType<SendControl>().Count(send => send.Rpc.Graft is [Sample.Topic]));
        Assert.Equal(6, _t.Mesh.Length);
        Assert.All(actions.OfType<SendControl>(), send => Assert.True(send.Essential));
    }

    [Fact]
    public void A_new_peer_is_told_all_subscriptions_first_in_several_rpcs_if_need_be()
    {
        var t = new CoreUnderTest(new GossipsubOptions { ControlRpcBytes = 100 });
        for (int i = 0; i < 20; i++) t.Core.Subscribe(t.Now, $"topic number {i}");

        t.Core.OnPeerConnected(Sample.Peer(1), PubsubProtocol.Meshsub11, true);

        SendControl[] sent = [.. t.TakeControl()];
        Assert.Equal(5, sent.Length);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"topic number {i}"), sent.SelectMany(s => s.Rpc.Subscriptions).Select(s => s.Topic));
    }

    [Fact]
    public void A_subscriber_is_grafted_at_once_while_the_mesh_is_small_and_not_afterwards()
    {
        _t.Subscribe();

        PeerId[] peers = _t.Join(Enumerable.Range(0, 8));

        Assert.Equal(peers[..5], _t.TakeGrafted());
        _t.Heartbeat();
        Assert.Equal(5, _t.Mesh.Length);
    }

    [Fact]
    public void The_heartbeat_fills_a_mesh_below_D_low_up_to_D()
    {
        _t.Subscribe();
        PeerId[] peers = _t.Join(Enumerable.Range(0, 20));
        _t.Core.OnPeerDisconnected(peers[0]);
        Assert.Equal(4, _t.Mesh.Length);

        _t.Heartbeat();

        Assert.Equal(6, _t.Mesh.Length);
        Assert.DoesNotContain(peers[0], _t.Mesh);
    }

    [Fact]
    public void The_heartbeat_trims_a_mesh_above_D_high_down_to_D_with_D_out_that_we_dialled()
    {
        _t.Subscribe();
        PeerId[] inbound = _t.Join(Enumerable.Range(0, 12));
        foreach (PeerId peer in inbound) _t.Receive(peer, Sample.Graft());
        PeerId[] outbound = _t.Join(Enumerable.Range(20, 2), outbound: true);
        foreach (PeerId peer in outbound) _t.Receive(peer, Sample.Graft());
        Assert.Equal(14, _t.Mesh.Length);
        _t.Take();

        _t.Heartbeat();

        Assert.Equal(6, _t.Mesh.Length);
        Assert.All(outbound, peer => Assert.Contains(peer, _t.Mesh));
        (PeerId Peer, Prune Prune)[] pruned = _t.TakePruned();
        Assert.Equal(8, pruned.Length);
        Assert.All(pruned, p => Assert.Equal(60ul, p.Prune.BackoffSeconds));
    }

    [Fact]
    public void Trimming_keeps_the_best_by_score()
    {
        _t.Subscribe();
        PeerId[] peers = _t.Join(Enumerable.Range(0, 13), outbound: true);
        foreach (PeerId peer in peers) _t.Receive(peer, Sample.Graft());
        foreach (PeerId best in peers[9..]) _t.Score(best, 5);

        _t.Heartbeat();

        Assert.Equal(6, _t.Mesh.Length);
        Assert.All(peers[9..], best => Assert.Contains(best, _t.Mesh));
    }

    [Fact]
    public void A_full_mesh_takes_only_peers_that_we_dialled()
    {
        _t.Subscribe();
        foreach (PeerId peer in _t.Join(Enumerable.Range(0, 12))) _t.Receive(peer, Sample.Graft());
        Assert.Equal(12, _t.Mesh.Length);
        PeerId inbound = _t.Join(100), outbound = _t.Join(101, outbound: true);
        _t.Take();

        _t.Receive(inbound, Sample.Graft());
        _t.Receive(outbound, Sample.Graft());

        Assert.DoesNotContain(inbound, _t.Mesh);
        Assert.Contains(outbound, _t.Mesh);
        Assert.Equal(inbound, Assert.Single(_t.TakePruned()).Peer);
    }

    [Fact]
    public void The_heartbeat_sees_to_D_out_peers_that_we_dialled()
    {
        _t.Subscribe();
        _t.Join(Enumerable.Range(0, 6));
        PeerId[] outbound = _t.Join(Enumerable.Range(20, 5), outbound: true);
        Assert.Equal(5, _t.Mesh.Length);

        _t.Heartbeat();

        Assert.Equal(7, _t.Mesh.Length);
        Assert.Equal(2, _t.Mesh.Intersect(outbound).Count());
    }

    [Fact]
    public void A_pruned_peer_is_grafted_again_only_after_the_backoff_it_asked_for_and_a_heartbeat()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        _t.Receive(peer, Sample.Prune(backoff: 20));
        Assert.Empty(_t.Mesh);
        _t.Take();

        _t.Heartbeat(20);
        Assert.Empty(_t.TakeGrafted());

        _t.Heartbeat();
        Assert.Equal([peer], _t.TakeGrafted());
    }

    [Theory]
    [InlineData(null, 61)]
    [InlineData(0ul, 61)]
    [InlineData(1_000_000ul, 3601)]
    [InlineData(ulong.MaxValue, 3601)]
    public void A_backoff_that_is_absent_is_a_minute_and_one_without_end_ends_after_an_hour(ulong? seconds, int heartbeats)
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        _t.Receive(peer, Sample.Prune(seconds));
        _t.Take();

        _t.Heartbeat(heartbeats - 1);
        Assert.Empty(_t.TakeGrafted());
        _t.Heartbeat();
        Assert.Equal([peer], _t.TakeGrafted());
    }

    [Fact]
    public void A_backoff_outlives_the_connection()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        _t.Receive(peer, Sample.Prune());
        _t.Core.OnPeerDisconnected(peer);
        _t.Take();

        _t.Join(1);
        _t.Heartbeat(5);

        Assert.Empty(_t.TakeGrafted());
    }

    [Fact]
    public void A_graft_during_the_backoff_is_pruned_again_with_a_renewed_backoff_and_counts_against_the_peer()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        _t.Receive(peer, Sample.Prune());
        _t.Take();

        _t.Now += TimeSpan.FromSeconds(30);
        _t.Receive(peer, Sample.Graft());
        Assert.Equal(60ul, Assert.Single(_t.TakePruned()).Prune.BackoffSeconds);
        Assert.Equal(1, _t.Core.FindPeer(peer)!.BehaviourPenalties);

        // Five seconds after that PRUNE it is a flood and counts twice.
        _t.Now += TimeSpan.FromSeconds(5);
        _t.Receive(peer, Sample.Graft());
        Assert.Single(_t.TakePruned());
        Assert.Equal(3, _t.Core.FindPeer(peer)!.BehaviourPenalties);

        _t.Now += TimeSpan.FromSeconds(59);
        _t.Receive(peer, Sample.Graft());
        Assert.Single(_t.TakePruned());
        _t.Now += TimeSpan.FromSeconds(60);
        _t.Receive(peer, Sample.Graft());
        Assert.Equal([peer], _t.Mesh);
    }

    [Fact]
    public void A_graft_for_a_topic_that_we_are_not_in_is_not_answered()
    {
        PeerId peer = _t.Join(1);
        _t.Take();

        _t.Receive(peer, Sample.Graft());
        _t.Receive(peer, Sample.Graft("never heard of"));

        Assert.Empty(_t.Take());
        Assert.Equal(1, _t.Core.TopicCount);
    }

    [Fact]
    public void Leaving_prunes_the_mesh_with_the_short_backoff_which_we_keep_too()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        _t.Take();

        _t.Core.Unsubscribe(_t.Now, Sample.Topic);

        SendControl[] sent = [.. _t.TakeControl()];
        Assert.Equal(10ul, Assert.Single(sent.SelectMany(s => s.Rpc.Prune)).BackoffSeconds);
        Assert.Equal(new SubscriptionChange(false, Sample.Topic), Assert.Single(sent.SelectMany(s => s.Rpc.Subscriptions)));

        _t.Subscribe();
        Assert.Empty(_t.Mesh);
        _t.Heartbeat(11);
        Assert.Equal([peer], _t.Mesh);
    }

    [Fact]
    public void A_peer_with_a_negative_score_is_neither_kept_nor_taken()
    {
        _t.Subscribe();
        PeerId bad = _t.Join(1);
        _t.Score(bad, -1);
        _t.Take();

        _t.Heartbeat();
        Assert.Empty(_t.Mesh);
        Assert.Empty(Assert.Single(_t.TakePruned()).Prune.Peers);

        _t.Now += TimeSpan.FromMinutes(2);
        _t.Receive(bad, Sample.Graft());
        Assert.Empty(_t.Mesh);
    }

    [Fact]
    public void A_poor_mesh_gets_better_peers_every_sixty_heartbeats()
    {
        var t = new CoreUnderTest(new GossipsubOptions { OpportunisticGraftThreshold = 5 });
        t.Subscribe();
        PeerId[] peers = t.Join(Enumerable.Range(0, 5), outbound: true);
        PeerId[] better = t.Join(Enumerable.Range(10, 4));
        foreach (PeerId peer in peers) t.Score(peer, 1);
        foreach (PeerId peer in better) t.Score(peer, 2);

        t.Heartbeat(59);
        Assert.Equal(5, t.Mesh.Length);
        t.Heartbeat();

        Assert.Equal(7, t.Mesh.Length);
        Assert.Equal(2, t.Mesh.Intersect(better).Count());
    }

    [Fact]
    public void Explicit_peers_are_never_in_a_mesh_and_are_called_again_and_again()
    {
        PeerId friend = Sample.Peer(1), absent = Sample.Peer(2);
        var t = new CoreUnderTest(new GossipsubOptions { ExplicitPeers = [friend, absent] });
        t.Subscribe();
        t.Join(1);
        t.Receive(friend, Sample.Graft());
        Assert.Equal(friend, Assert.Single(t.TakePruned()).Peer);
        t.Heartbeat();
        Assert.Equal(absent, Assert.Single(t.Take().OfType<ConnectPeer>()).Peer);
        Assert.Empty(t.Mesh);

        t.Heartbeat(299);
        Assert.Empty(t.Take().OfType<ConnectPeer>());
        t.Heartbeat();
        Assert.Single(t.Take().OfType<ConnectPeer>());
    }

    [Fact]
    public void A_prune_names_other_members_with_signed_addresses_when_peer_exchange_is_on()
    {
        var t = new CoreUnderTest(new GossipsubOptions { PeerExchange = true, MeshSize = 1, MeshLow = 1, MeshHigh = 1, MeshOutbound = 0, MeshScored = 0 });
        t.Subscribe();
        t.Join(1);
        PeerId withRecord = t.Join(2), second = t.Join(3), old = t.Join(4, PubsubProtocol.Meshsub10);
        t.Record(withRecord, [7, 7]);
        t.Take();

        t.Receive(second, Sample.Graft());
        t.Receive(old, Sample.Graft());

        (PeerId Peer, Prune Prune)[] pruned = t.TakePruned();
        SuggestedPeer named = Assert.Single(pruned[0].Prune.Peers);
        Assert.Equal(withRecord.Bytes, named.Peer.Span);
        Assert.Equal([7, 7], named.SignedRecord.ToArray());
        Assert.Empty(pruned[1].Prune.Peers);
        Assert.Null(pruned[1].Prune.BackoffSeconds);
    }

    [Theory]
    [InlineData(true, 0, 16)]
    [InlineData(true, -1, 0)]
    [InlineData(false, 0, 0)]
    public void Suggested_peers_are_followed_if_wanted_if_signed_and_if_the_sender_is_good_enough(bool exchange, double score, int followed)
    {
        var t = new CoreUnderTest(new GossipsubOptions { PeerExchange = exchange });
        t.Subscribe();
        PeerId peer = t.Join(1);
        t.Score(peer, score);
        t.Take();

        t.Receive(peer, Sample.Prune(60, Sample.Topic, [
            new SuggestedPeer(Sample.Peer(2).Bytes.ToArray(), default),
            new SuggestedPeer(new byte[] { 9 }, new byte[] { 1 }),
            new SuggestedPeer(CoreUnderTest.Self.Bytes.ToArray(), new byte[] { 1 }),
            .. Enumerable.Range(10, 30).Select(n => new SuggestedPeer(Sample.Peer(n).Bytes.ToArray(), new byte[] { 1 }))]));

        ConnectPeer[] connects = [.. t.Take().OfType<ConnectPeer>()];
        Assert.Equal(followed, connects.Length);
        Assert.All(connects, c => Assert.Equal([1], c.SignedRecord.ToArray()));
    }

    [Fact]
    public void What_a_peer_told_is_forgotten_with_it()
    {
        PeerId peer = _t.Join(1);
        Assert.Equal(new ReportSubscription(peer, Sample.Topic, true), Assert.Single(_t.Take().OfType<ReportSubscription>()));

        _t.Core.OnPeerDisconnected(peer);

        Assert.Equal(new ReportSubscription(peer, Sample.Topic, false), Assert.Single(_t.Take()));
        Assert.Equal(0, _t.Core.TopicCount);
        Assert.Equal(0, _t.Core.PeerCount);
    }

    [Fact]
    public void A_peer_with_topics_without_end_is_remembered_for_some()
    {
        var t = new CoreUnderTest(new GossipsubOptions { MaxTopicsPerPeer = 10 });
        PeerId peer = t.Join(1);

        for (int i = 0; i < 100; i++) t.Receive(peer, Sample.Subscribe($"t{i}"));
        Assert.Equal(10, t.Core.TopicCount);

        for (int i = 0; i < 100; i++) t.Receive(peer, Sample.Subscribe($"t{i}", false));
        t.Receive(peer, Sample.Subscribe(Sample.Topic, false));
        Assert.Equal(0, t.Core.TopicCount);
    }

    [Fact]
    public void A_new_stream_to_a_peer_begins_with_the_subscriptions_and_the_grafts()
    {
        _t.Subscribe();
        PeerId peer = _t.Join(1);
        _t.Take();

        _t.Core.OnStreamReopened(peer);

        SendControl[] sent = [.. _t.TakeControl()];
        Assert.Equal(2, sent.Length);
        Assert.Single(sent[0].Rpc.Subscriptions);
        Assert.Single(sent[1].Rpc.Graft);
    }

    [Fact]
    public void Parameters_that_contradict_each_other_are_refused() =>
        Assert.Throws<ArgumentException>(() => new CoreUnderTest(new GossipsubOptions { MeshLow = 7 }));
}
