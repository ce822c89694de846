using System.Collections.Concurrent;
using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Shoal.Libp2p.Pubsub.Messages;
using static Shoal.Tests.Libp2p.Pubsub.PubsubNodes;

namespace Shoal.Tests.Libp2p.Pubsub;

/// <summary>Real nodes in one process.</summary>
public sealed class GossipsubTests
{
    [Fact]
    public async Task A_message_reaches_all_and_says_from_whom_it_is()
    {
        await using PubsubNodes nodes = await StartAsync(3);
        Subscription[] rooms = [.. Enumerable.Range(0, 3).Select(i => nodes[i].Subscribe("room"))];
        await nodes.ConnectAsync(0, 1);
        await nodes.ConnectAsync(1, 2);
        await nodes[0].WaitForSubscribersAsync("room", 1, Deadline);
        await nodes[1].WaitForSubscribersAsync("room", 2, Deadline);

        PublishResult result = await nodes[0].PublishAsync("room", Bytes("hello"));

        Assert.Null(result.Reason);
        Assert.Equal([nodes.Node(1).Id], result.Recipients);
        PubsubMessage near = Assert.Single(await TakeAsync(rooms[1], 1)), far = Assert.Single(await TakeAsync(rooms[2], 1));
        Assert.Equal(("hello", "hello"), (Text(near), Text(far)));
        Assert.Equal(nodes.Node(0).Id, far.From);
        Assert.Equal(nodes.Node(1).Id, far.ReceivedFrom);
        Assert.Equal(8, far.SequenceNumber.Length);
        Assert.Equal(new HashSet<PeerId> { nodes.Node(0).Id, nodes.Node(2).Id }, nodes[1].Subscribers("room").ToHashSet());
        Assert.Equal(2, nodes[1].MeshPeers("room").Count);
    }

    [Fact]
    public async Task Many_messages_of_all_sizes_reach_everybody_once()
    {
        const int Each = 100;
        await using PubsubNodes nodes = await StartAsync(5);
        Subscription[] rooms = [.. Enumerable.Range(0, 5).Select(i => nodes[i].Subscribe("room"))];
        await nodes.ConnectAllAsync();
        for (int i = 0; i < 5; i++) await nodes[i].WaitForSubscribersAsync("room", 4, Deadline);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(async i =>
        {
            for (int n = 0; n < Each; n++)
                await nodes[i].PublishAsync("room", Bytes($"{i}-{n}-".PadRight(n * n * 3 + 10, '.')));
        }));

        for (int i = 0; i < 5; i++)
        {
            List<PubsubMessage> got = await TakeAsync(rooms[i], 4 * Each);
            Assert.Equal(4 * Each, got.Select(m => Text(m)).Distinct().Count());
            Assert.DoesNotContain(got, m => m.From == nodes.Node(i).Id);
            Assert.Equal(0, rooms[i].Dropped);
        }
    }

    [Fact]
    public async Task What_one_says_arrives_in_order_although_several_workers_check_signatures()
    {
        await using PubsubNodes nodes = await StartAsync(2, new GossipsubOptions { ValidationWorkers = 4 });
        await using Subscription room = nodes[1].Subscribe("room");
        await nodes.ConnectAsync(0, 1);
        await nodes[0].WaitForSubscribersAsync("room", 1, Deadline);

        for (int i = 0; i < 300; i++) await nodes[0].PublishAsync("room", Bytes($"{i}"));

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{i}"), (await TakeAsync(room, 300)).Select(m => Text(m)));
    }

    [Fact]
    public async Task Publishing_says_why_it_reached_nobody()
    {
        await using PubsubNodes nodes = await StartAsync(2);
        PublishResult alone = await nodes[0].PublishAsync("room", Bytes("x"));
        Assert.Equal("No peer is connected.", alone.Reason);

        await nodes.ConnectAsync(0, 1);
        await using Subscription other = nodes[1].Subscribe("another");
        await nodes[0].WaitForSubscribersAsync("another", 1, Deadline);
        PublishResult nobody = await nodes[0].PublishAsync("room", Bytes("x"));
        Assert.Equal("None of the 1 connected peers is subscribed to room.", nobody.Reason);

        PublishResult large = await nodes[0].PublishAsync("another", new byte[1 << 20]);
        Assert.Contains("too large", large.Reason!, StringComparison.Ordinal);
        Assert.Empty(large.Recipients);
        PublishResult nearly = await nodes[0].PublishAsync("another", new byte[(1 << 20) - 200]);
        Assert.Null(nearly.Reason);
        Assert.Equal((1 << 20) - 200, Assert.Single(await TakeAsync(other, 1)).Data.Length);
    }

    [Fact]
    public async Task The_same_content_twice_is_a_duplicate_without_signatures()
    {
        await using PubsubNodes nodes = await StartAsync(2, new GossipsubOptions { SignaturePolicy = SignaturePolicy.StrictNoSign });
        await using Subscription room = nodes[1].Subscribe("room");
        await nodes.ConnectAsync(0, 1);
        await nodes[0].WaitForSubscribersAsync("room", 1, Deadline);

        Assert.Null((await nodes[0].PublishAsync("room", Bytes("x"))).Reason);
        Assert.Contains("duplicate", (await nodes[0].PublishAsync("room", Bytes("x"))).Reason!, StringComparison.Ordinal);

        PubsubMessage message = Assert.Single(await TakeAsync(room, 1));
        Assert.Null(message.From);
        Assert.True(message.SequenceNumber.IsEmpty);
    }

    [Fact]
    public async Task Joining_and_leaving_is_told_to_the_others()
    {
        await using PubsubNodes nodes = await StartAsync(2);
        var heard = new ConcurrentQueue<(PeerId, string, bool)>();
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        nodes[0].SubscriptionChanged += (peer, topic, joined) =>
        {
            heard.Enqueue((peer, topic, joined));
            if (!joined) left.TrySetResult();
        };
        await nodes.ConnectAsync(0, 1);

        Subscription first = nodes[1].Subscribe("room"), second = nodes[1].Subscribe("room");
        await nodes[0].WaitForSubscribersAsync("room", 1, Deadline);
        await first.DisposeAsync();
        Assert.Equal(["room"], nodes[1].Topics);
        await second.DisposeAsync();
        await left.Task.WaitAsync(Deadline);

        PeerId peer = nodes.Node(1).Id;
        Assert.Equal([(peer, "room", true), (peer, "room", false)], heard);
        Assert.Empty(nodes[1].Topics);
        Assert.Empty(nodes[0].Subscribers("room"));
        Assert.Empty(await Drain(first));
    }

    [Fact]
    public async Task A_peer_that_is_gone_is_no_subscriber_and_one_that_comes_back_is_again()
    {
        await using PubsubNodes nodes = await StartAsync(2);
        nodes[1].Subscribe("room");
        await nodes.ConnectAsync(0, 1);
        await nodes[0].WaitForSubscribersAsync("room", 1, Deadline);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        nodes[0].SubscriptionChanged += (_, _, joined) =>
        {
            if (!joined) gone.TrySetResult();
        };

        await nodes.Node(0).DisconnectAsync(nodes.Node(1).Id);
        await gone.Task.WaitAsync(Deadline);
        await nodes.ConnectAsync(0, 1);

        await nodes[0].WaitForSubscribersAsync("room", 1, Deadline);
        Assert.Single((await nodes[0].PublishAsync("room", Bytes("again"))).Recipients);
    }

    [Fact]
    public async Task Pubsub_started_on_connected_nodes_finds_the_peers()
    {
        await using Libp2pNode a = await StartNodeAsync(), b = await StartNodeAsync();
        Libp2pConnection connection = await a.ConnectAsync(b.Addresses[0], Deadline);
        await connection.IdentifyAsync(Deadline);
        await using Gossipsub first = Gossipsub.Start(a), second = Gossipsub.Start(b);
        await using Subscription room = second.Subscribe("room");

        await first.WaitForSubscribersAsync("room", 1, Deadline);

        await first.PublishAsync("room", Bytes("x"));
        Assert.Single(await TakeAsync(room, 1));
        Assert.Throws<ArgumentException>(() => Gossipsub.Start(a));
    }

    [Fact]
    public async Task Validators_decide_what_is_delivered_and_passed_on()
    {
        await using PubsubNodes nodes = await StartAsync(1);
        await nodes.AddAsync(new GossipsubOptions
        {
            Validator = async (message, _) =>
            {
                await Task.Yield();
                return Text(message) switch
                {
                    "reject" => ValidationResult.Reject,
                    "ignore" => ValidationResult.Ignore,
                    "throw" => throw new InvalidOperationException("a bug"),
                    _ => ValidationResult.Accept,
                };
            },
            TopicValidators = new Dictionary<string, MessageValidator> { ["quiet"] = (_, _) => ValueTask.FromResult(ValidationResult.Ignore) },
        });
        await nodes.AddAsync();
        await using Subscription middle = nodes[1].Subscribe("room"), end = nodes[2].Subscribe("room");
        await using Subscription quiet = nodes[1].Subscribe("quiet");
        await nodes.ConnectAsync(0, 1);
        await nodes.ConnectAsync(1, 2);
        await nodes[0].WaitForSubscribersAsync("quiet", 1, Deadline);
        await nodes[1].WaitForSubscribersAsync("room", 1, Deadline);

        await nodes[0].PublishAsync("quiet", Bytes("x"));
        foreach (string text in new[] { "reject", "ignore", "throw", "good" }) await nodes[0].PublishAsync("room", Bytes(text));

        Assert.Equal("good", Text(Assert.Single(await TakeAsync(middle, 1))));
        Assert.Equal("good", Text(Assert.Single(await TakeAsync(end, 1))));
        Assert.Empty(await Drain(quiet));
    }

    [Theory]
    [InlineData(OverflowPolicy.DropOldest, 7)]
    [InlineData(OverflowPolicy.DropNewest, 0)]
    public async Task A_slow_reader_loses_messages_which_are_counted(OverflowPolicy overflow, int first)
    {
        var options = new GossipsubOptions { SubscriptionQueue = 3, SubscriptionOverflow = overflow, DeliverOwnMessages = true };
        await using PubsubNodes nodes = await StartAsync(1, options);
        Subscription room = nodes[0].Subscribe("room");

        for (int i = 0; i < 10; i++) await nodes[0].PublishAsync("room", Bytes($"{i}"));

        Assert.Equal(7, room.Dropped);
        Assert.Equal([$"{first}", $"{first + 1}", $"{first + 2}"], (await Drain(room)).Select(m => Text(m)));
    }

    [Fact]
    public async Task What_was_said_goes_out_before_the_end()
    {
        await using PubsubNodes nodes = await StartAsync(1);
        Libp2pNode node = await StartNodeAsync();
        Gossipsub leaving = Gossipsub.Start(node);
        await using Subscription room = nodes[0].Subscribe("room");
        await node.ConnectAsync(nodes.Node(0).Addresses[0], Deadline);
        await leaving.WaitForSubscribersAsync("room", 1, Deadline);

        for (int i = 0; i < 100; i++) await leaving.PublishAsync("room", new byte[10_000]);
        await leaving.DisposeAsync();
        await node.DisposeAsync();

        Assert.Equal(100, (await TakeAsync(room, 100)).Count);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => leaving.PublishAsync("room", Bytes("x")));
    }

    [Fact]
    public async Task Garbage_costs_the_connection_and_nothing_else()
    {
        await using PubsubNodes nodes = await StartAsync(2);
        await using Subscription room = nodes[0].Subscribe("room");
        await nodes.ConnectAsync(0, 1);
        await nodes[1].WaitForSubscribersAsync("room", 1, Deadline);

        byte[][] hostile =
        [
            [0xff, 0xff, 0xff, 0xff, 0x7f], // a length of 32 GiB
            [0x81, 0x80, 0x40], // 1 MiB and one byte
            [0x02, 0x0a, 0x7f], // a subscription longer than its frame
            [0x01, 0x0b], // a group
        ];
        foreach (byte[] bytes in hostile)
        {
            await using Libp2pNode stranger = await StartNodeAsync();
            // Else it would be given up, and its stream reset, as soon as it refuses ours.
            stranger.Handle("/meshsub/1.1.0", async (_, ct) => await Task.Delay(Timeout.Infinite, ct));
            Libp2pConnection connection = await stranger.ConnectAsync(nodes.Node(0).Addresses[0], Deadline);
            Libp2pStream stream = await connection.OpenStreamAsync(["/meshsub/1.1.0"], Deadline);
            // The answer may be quicker than the return from the write.
            Exception? cut = await Record.ExceptionAsync(async () => await stream.WriteAsync(bytes, Deadline));
            Assert.True(cut is null or StreamResetException or ConnectionClosedException, $"{cut}");
            await connection.Closed.WaitAsync(Deadline);
        }

        await nodes[1].PublishAsync("room", Bytes("still here"));
        Assert.Equal("still here", Text(Assert.Single(await TakeAsync(room, 1))));
    }

    [Fact]
    public async Task Forged_messages_are_not_delivered_and_cost_the_connection()
    {
        await using PubsubNodes nodes = await StartAsync(1);
        await using Subscription room = nodes[0].Subscribe("room");
        await using Libp2pNode liar = await StartNodeAsync();
        liar.Handle("/meshsub/1.1.0", async (_, ct) => await Task.Delay(Timeout.Infinite, ct));
        using PrivateKey victim = PrivateKey.Generate();
        Libp2pConnection connection = await liar.ConnectAsync(nodes.Node(0).Addresses[0], Deadline);
        Libp2pStream stream = await connection.OpenStreamAsync(["/meshsub/1.1.0"], Deadline);

        for (int i = 0; i < 5; i++)
        {
            MessageFields forged = MessageSigning.Sign(Sample.Message(victim.PeerId, i, "room") with { Signature = null }, liar.Key);
            await stream.WriteAsync(RpcWriter.WriteFrame(Sample.Publish(forged)), Deadline);
        }

        await connection.Closed.WaitAsync(Deadline);
        Assert.Empty(await Drain(room));
    }

    [Fact]
    public async Task A_peer_that_does_not_read_holds_up_nobody()
    {
        await using PubsubNodes nodes = await StartAsync(2, new GossipsubOptions { SendQueueBytes = 100_000 });
        await using Subscription room = nodes[1].Subscribe("room");
        await nodes.ConnectAsync(0, 1);
        await using Libp2pNode deaf = await StartNodeAsync();
        deaf.Handle("/meshsub/1.1.0", async (_, ct) => await Task.Delay(Timeout.Infinite, ct));
        Libp2pConnection connection = await deaf.ConnectAsync(nodes.Node(0).Addresses[0], Deadline);
        Libp2pStream stream = await connection.OpenStreamAsync(["/meshsub/1.1.0"], Deadline);
        await stream.WriteAsync(RpcWriter.WriteFrame(Sample.Subscribe("room")), Deadline);
        await nodes[0].WaitForSubscribersAsync("room", 2, Deadline);

        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            PublishResult result = await nodes[0].PublishAsync("room", new byte[50_000]);
            Assert.Contains(nodes.Node(1).Id, result.Recipients);
            refused += result.QueuesFull;
            await TakeAsync(room, 1);
        }

        Assert.True(refused > 0);
    }

    [Fact]
    public async Task Explicit_peers_are_connected_to()
    {
        await using Libp2pNode a = await StartNodeAsync();
        await using PubsubNodes nodes = await StartAsync(1);
        await using Subscription room = nodes[0].Subscribe("room");
        a.OnDiscovered(nodes.Node(0).Id, nodes.Node(0).Addresses);

        await using Gossipsub pubsub = Gossipsub.Start(a, new GossipsubOptions { ExplicitPeers = [nodes.Node(0).Id] });

        await pubsub.WaitForSubscribersAsync("room", 1, Deadline);
    }

    private static async Task<List<PubsubMessage>> Drain(Subscription subscription)
    {
        await subscription.DisposeAsync();
        List<PubsubMessage> left = [];
        await foreach (PubsubMessage message in subscription.ReadAllAsync(Deadline)) left.Add(message);
        return left;
    }
}
