using System.Text;
using System.Text.Json;
using Shoal.InteropTests.Js;
using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Xunit.Abstractions;

namespace Shoal.InteropTests.Libp2p;

/// <summary>Publish and subscribe together with js-libp2p.</summary>
[Collection(ForeignProcesses.Name)]
public sealed class GossipsubWithJsTests(ITestOutputHelper output) : NodeTest(output)
{
    private const string Topic = "room";

    /// <summary>js-libp2p's D_low: a js peer with so many in its mesh looks for no more.</summary>
    private const int JsMeshLow = 4;

    /// <summary>Heartbeats come every second; what is late or twice shows within two of them.</summary>
    private static readonly TimeSpan TwoHeartbeats = TimeSpan.FromSeconds(2.2);

    /// <summary>One of our nodes with pubsub, and what it received.</summary>
    private sealed record Ours(Libp2pNode Node, Gossipsub Pubsub, Inbox Inbox)
    {
        internal string Address => Node.Addresses[0].ToString();
    }

    [JsTheory]
    [InlineData("everybody with everybody")]
    [InlineData("a ring of js and ours in turn")]
    public async Task In_a_mesh_of_three_and_three_200_messages_each_way_reach_everybody_once(string links)
    {
        const int FromEach = 67; // 201 from the js peers, 201 from ours.
        Ours[] ours = [await StartAsync(), await StartAsync(), await StartAsync()];
        JsPeer[] js = [.. await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartJsAsync(new { pubsub = "gossipsub" })))];
        foreach (JsPeer peer in js) await peer.CallAsync("subscribe", new { topic = Topic });
        bool ring = links.StartsWith("a ring", StringComparison.Ordinal);
        for (int i = 0; i < 3; i++)
        {
            await js[i].CallAsync("dial", new { addr = ours[i].Address });
            await ours[i].Node.ConnectAsync(Multiaddr.Parse(js[(i + 1) % 3].Address), Deadline);
            if (ring) continue;
            await js[i].CallAsync("dial", new { addr = ours[(i + 1) % 3].Address });
            await js[i].CallAsync("dial", new { addr = js[(i + 1) % 3].Address });
            await ours[i].Node.ConnectAsync(ours[(i + 1) % 3].Node.Addresses[0], Deadline);
        }

        int neighbours = ring ? 2 : 5;
        foreach (Ours one in ours) await one.Pubsub.WaitForSubscribersAsync(Topic, neighbours, Deadline);
        foreach (JsPeer peer in js) await WaitForMeshAsync(peer, Math.Min(neighbours, JsMeshLow));

        await Task.WhenAll([
            .. js.Select((peer, i) => peer.CallAsync("publish", new { topic = Topic, text = $"js{i}", count = FromEach })),
            .. ours.Select((one, i) => PublishAsync(one.Pubsub, $"ours{i}", FromEach))]);

        foreach (Ours one in ours) await one.Inbox.WaitForAsync(5 * FromEach, Deadline);
        foreach (JsPeer peer in js) await WaitForMessagesAsync(peer, 5 * FromEach);
        await Task.Delay(TwoHeartbeats, Deadline);
        for (int i = 0; i < 3; i++)
        {
            string[] expected = [.. Texts("js", i, FromEach), .. Texts("ours", -1, FromEach)];
            AssertSame(expected, js[i].Events("message").Select(e => e.GetProperty("text").GetString()!), $"js peer {i}");
            Assert.All(js[i].Events("message"), e => Assert.True(e.GetProperty("signed").GetBoolean()));
            AssertSame([.. Texts("js", -1, FromEach), .. Texts("ours", i, FromEach)], ours[i].Inbox.Texts, $"our node {i}");
            Assert.All(ours[i].Inbox.Messages, m => Assert.Contains(m.From!.Value.ToString(), js.Select(p => p.Id).Concat(ours.Select(o => o.Node.Id.ToString()))));
            Assert.Equal(0, ours[i].Inbox.Dropped);
        }
    }

    [JsFact]
    public async Task A_js_peer_that_speaks_only_floodsub_gets_and_gives_200_messages()
    {
        Ours ours = await StartAsync();
        Ours second = await StartAsync();
        JsPeer js = await StartJsAsync(new { pubsub = "floodsub" });
        await js.CallAsync("subscribe", new { topic = Topic });
        await js.CallAsync("dial", new { addr = ours.Address });
        await second.Node.ConnectAsync(ours.Node.Addresses[0], Deadline);
        await ours.Pubsub.WaitForSubscribersAsync(Topic, 2, Deadline);
        await second.Pubsub.WaitForSubscribersAsync(Topic, 1, Deadline);
        await js.WaitAsync("subscription", e => e.GetProperty("topic").ValueEquals(Topic));

        await Task.WhenAll(js.CallAsync("publish", new { topic = Topic, text = "js0", count = 200 }), PublishAsync(second.Pubsub, "ours0", 200));

        await ours.Inbox.WaitForAsync(400, Deadline);
        await second.Inbox.WaitForAsync(200, Deadline);
        await WaitForMessagesAsync(js, 200);
        await Task.Delay(TwoHeartbeats, Deadline);
        AssertSame(Enumerable.Range(0, 200).Select(i => $"ours0-{i}"), js.Events("message").Select(e => e.GetProperty("text").GetString()!), "the js peer");
        AssertSame(Enumerable.Range(0, 200).Select(i => $"js0-{i}"), second.Inbox.Texts, "our node behind our node");
        Assert.Equal(400, ours.Inbox.Messages.Count);
        Assert.All(second.Inbox.Messages, m => Assert.Equal(js.Id, m.From.ToString()));
    }

    [JsFact]
    public async Task Unsigned_messages_go_both_ways_when_both_want_no_signatures()
    {
        Ours ours = await StartAsync(new GossipsubOptions { SignaturePolicy = SignaturePolicy.StrictNoSign });
        JsPeer js = await StartJsAsync(new { pubsub = "gossipsub", sign = false });
        await js.CallAsync("subscribe", new { topic = Topic });
        await js.CallAsync("dial", new { addr = ours.Address });
        await ours.Pubsub.WaitForSubscribersAsync(Topic, 1, Deadline);
        await WaitForMeshAsync(js, 1);

        await js.CallAsync("publish", new { topic = Topic, text = "from js" });
        await PublishAsync(ours.Pubsub, "from us", 1);

        await ours.Inbox.WaitForAsync(1, Deadline);
        await WaitForMessagesAsync(js, 1);
        Assert.Null(ours.Inbox.Messages[0].From);
        Assert.False(js.Events("message")[0].GetProperty("signed").GetBoolean());
    }

    [JsFact]
    public async Task Unsigned_messages_of_js_are_not_delivered_where_signatures_are_demanded()
    {
        Ours ours = await StartAsync();
        JsPeer unsigned = await StartJsAsync(new { pubsub = "gossipsub", sign = false });
        JsPeer signed = await StartJsAsync(new { pubsub = "gossipsub" });
        foreach (JsPeer js in new[] { unsigned, signed })
        {
            await js.CallAsync("subscribe", new { topic = Topic });
            await js.CallAsync("dial", new { addr = ours.Address });
        }

        await ours.Pubsub.WaitForSubscribersAsync(Topic, 2, Deadline);
        await WaitForMeshAsync(unsigned, 1);
        await WaitForMeshAsync(signed, 1);

        await unsigned.CallAsync("publish", new { topic = Topic, text = "without signature" });
        await signed.CallAsync("publish", new { topic = Topic, text = "with signature" });

        await ours.Inbox.WaitForAsync(1, Deadline);
        await Task.Delay(TwoHeartbeats, Deadline);
        Assert.Equal(["with signature"], ours.Inbox.Texts);
    }

    [JsFact]
    public async Task Who_joins_and_leaves_a_topic_is_known_on_both_sides()
    {
        Ours ours = await StartAsync();
        JsPeer js = await StartJsAsync(new { pubsub = "gossipsub" });
        await js.CallAsync("dial", new { addr = ours.Address });
        await js.WaitAsync("subscription", e => e.GetProperty("topic").ValueEquals(Topic) && e.GetProperty("subscribe").GetBoolean());
        var changes = System.Threading.Channels.Channel.CreateUnbounded<(string Topic, bool Joined)>();
        ours.Pubsub.SubscriptionChanged += (_, topic, joined) => changes.Writer.TryWrite((topic, joined));

        await js.CallAsync("subscribe", new { topic = "other" });
        Assert.Equal(("other", true), await changes.Reader.ReadAsync(Deadline));
        Assert.Equal([js.Id], ours.Pubsub.Subscribers("other").Select(p => p.ToString()));

        await js.CallAsync("unsubscribe", new { topic = "other" });
        Assert.Equal(("other", false), await changes.Reader.ReadAsync(Deadline));
        Assert.Empty(ours.Pubsub.Subscribers("other"));

        await ours.Inbox.DisposeAsync();
        await js.WaitAsync("subscription", e => e.GetProperty("topic").ValueEquals(Topic) && !e.GetProperty("subscribe").GetBoolean());
    }

    [JsFact]
    public async Task Publishing_without_subscribing_reaches_js_by_fan_out()
    {
        Ours ours = await StartAsync();
        JsPeer js = await StartJsAsync(new { pubsub = "gossipsub" });
        await js.CallAsync("subscribe", new { topic = "other" });
        await js.CallAsync("dial", new { addr = ours.Address });
        await ours.Pubsub.WaitForSubscribersAsync("other", 1, Deadline);

        PublishResult result = await ours.Pubsub.PublishAsync("other", "hello"u8.ToArray(), Deadline);

        Assert.Equal([js.Id], result.Recipients.Select(p => p.ToString()));
        JsonElement message = await js.WaitAsync("message", e => e.GetProperty("topic").ValueEquals("other"));
        Assert.Equal("hello", message.GetProperty("text").GetString());
        Assert.Equal(ours.Node.Id.ToString(), message.GetProperty("from").GetString());
    }

    [JsFact]
    public async Task A_publish_that_reaches_nobody_says_why()
    {
        Ours ours = await StartAsync();
        JsPeer js = await StartJsAsync(new { pubsub = "gossipsub" });

        PublishResult alone = await ours.Pubsub.PublishAsync(Topic, "hello"u8.ToArray(), Deadline);
        await js.CallAsync("dial", new { addr = ours.Address });
        await js.WaitAsync("subscription");
        PublishResult unheard = await ours.Pubsub.PublishAsync(Topic, "hello"u8.ToArray(), Deadline);

        Assert.Empty(alone.Recipients);
        Assert.NotNull(alone.Reason);
        Assert.Empty(unheard.Recipients);
        Assert.NotNull(unheard.Reason);
        Assert.NotEqual(alone.Reason, unheard.Reason);
    }

    private static async Task PublishAsync(Gossipsub pubsub, string text, int count)
    {
        for (int i = 0; i < count; i++) await pubsub.PublishAsync(Topic, Encoding.UTF8.GetBytes(count == 1 ? text : $"{text}-{i}"));
    }

    private static IEnumerable<string> Texts(string side, int except, int count) =>
        from peer in Enumerable.Range(0, 3) where peer != except from i in Enumerable.Range(0, count) select $"{side}{peer}-{i}";

    private static void AssertSame(IEnumerable<string> expected, IEnumerable<string> actual, string who)
    {
        Dictionary<string, int> counts = actual.CountBy(text => text).ToDictionary();
        string[] missing = [.. expected.Where(text => !counts.ContainsKey(text))];
        string[] twice = [.. counts.Where(c => c.Value > 1).Select(c => c.Key)];
        string[] strange = [.. counts.Keys.Except(expected)];
        Assert.True(missing is [] && twice is [] && strange is [], $"{who}: missing {string.Join(' ', missing)}; twice {string.Join(' ', twice)}; not expected {string.Join(' ', strange)}");
    }

    /// <summary>Waits until a js peer has that many peers in its mesh.</summary>
    private async Task WaitForMeshAsync(JsPeer js, int count)
    {
        JsonElement state;
        do
        {
            await Task.Delay(100, Deadline);
            state = await js.CallAsync("subscribers", new { topic = Topic });
        }
        while (state.GetProperty("mesh").GetArrayLength() < count);
    }

    private async Task WaitForMessagesAsync(JsPeer js, int count)
    {
        try
        {
            while (js.Events("message").Count < count) await Task.Delay(50, Deadline);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{js.Events("message").Count} of {count} messages came to the js peer");
        }
    }

    private async Task<Ours> StartAsync(GossipsubOptions? options = null)
    {
        Libp2pNode node = await StartOursAsync();
        Gossipsub pubsub = Own(Gossipsub.Start(node, options));
        return new Ours(node, pubsub, Own(new Inbox(pubsub.Subscribe(Topic))));
    }
}
