using System.Globalization;
using System.Text;
using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Libp2p.Simulation;

/// <summary>Whole nodes (TCP, Noise, yamux, identify, gossipsub) on a lossy simulated network, talking on one topic.</summary>
/// <remarks>
/// Every node holds connections to a few others, chosen at random, and dials them again a second after they are lost. The trace has
/// each delivery with its virtual time.
/// </remarks>
internal sealed class GossipScenario
{
    private const string Topic = "news";
    private const int Port = 4001;

    private static readonly TimeSpan RedialPause = TimeSpan.FromSeconds(1);

    private readonly int _nodes;
    private readonly int _links;
    private readonly int _messages;
    private readonly Random _random;
    private readonly List<Member> _members = [];
    private CancellationToken _stop;

    internal GossipScenario(int seed, int nodes, int links, int messages, LinkOptions link)
    {
        (_nodes, _links, _messages) = (nodes, links, messages);
        Network = new SimulatedNetwork(seed, new SimulatedNetworkOptions { Link = link });
        _random = Network.CreateRandom(0);
    }

    internal SimulatedNetwork Network { get; }

    /// <summary>Attempts to dial that failed.</summary>
    internal int FailedDials { get; private set; }

    /// <summary>Connections that were up and were lost before the end, counted at both ends.</summary>
    internal int LostConnections { get; private set; }

    /// <summary>What each node got: message text and how often.</summary>
    internal IEnumerable<IReadOnlyDictionary<string, int>> Received => _members.Select(m => m.Received);

    internal void Run() => Network.Run(async () =>
    {
        using var stop = new CancellationTokenSource();
        _stop = stop.Token;
        for (int i = 0; i < _nodes; i++) _members.Add(await StartAsync(i));
        Task[] loops = [.. _members.SelectMany(m => Neighbours(m).Select(n => StayConnectedAsync(m, n))), .. _members.Select(ReadAsync)];
        await Pause(10);

        for (int i = 0; i < _messages; i++)
        {
            Member author = _members[_random.Next(_nodes)];
            string text = $"message {i} of {author.Host}";
            author.Received.Add(text, 1);
            Network.Note(author.Host, "says " + text);
            await author.Pubsub.PublishAsync(Topic, Encoding.UTF8.GetBytes(text));
            await Pause(_random.NextDouble());
        }

        await Pause(20);
        stop.Cancel();
        foreach (Member member in _members)
        {
            await member.Pubsub.DisposeAsync();
            await member.Node.DisposeAsync();
        }

        await Task.WhenAll(loops);
    });

    private async Task<Member> StartAsync(int index)
    {
        SimulatedHost host = Network.AddHost(index.ToString("00", CultureInfo.InvariantCulture));
        byte[] seed = new byte[32];
        _random.NextBytes(seed);
        Libp2pNode node = await Libp2pNode.StartAsync(new Libp2pOptions
        {
            Key = PrivateKey.FromEd25519Seed(seed),
            Network = host,
            Listen = [Multiaddr.Parse($"/ip4/{host.Addresses[0]}/tcp/{Port}")],
        });
        Gossipsub pubsub = Gossipsub.Start(node, new GossipsubOptions { Random = Network.CreateRandom(index + 1) });
        return new Member(host, node, pubsub, pubsub.Subscribe(Topic));
    }

    private IEnumerable<Member> Neighbours(Member member)
    {
        var chosen = new HashSet<Member> { member };
        while (chosen.Count <= _links)
        {
            Member other = _members[_random.Next(_nodes)];
            if (chosen.Add(other)) yield return other;
        }
    }

    private async Task StayConnectedAsync(Member member, Member neighbour)
    {
        Multiaddr address = Multiaddr.Parse($"/ip4/{neighbour.Host.Addresses[0]}/tcp/{Port}").WithPeerId(neighbour.Node.Id);
        try
        {
            while (true)
            {
                try
                {
                    Libp2pConnection connection = await member.Node.ConnectAsync(address, _stop);
                    await connection.Closed.WaitAsync(_stop);
                    LostConnections++;
                }
                catch (DialException)
                {
                    FailedDials++;
                }

                await Network.Time.DelayAsync(RedialPause, _stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task ReadAsync(Member member)
    {
        await foreach (PubsubMessage message in member.Messages.ReadAllAsync())
        {
            string text = Encoding.UTF8.GetString(message.Data.Span);
            Network.Note(member.Host, "hears " + text);
            member.Received[text] = member.Received.GetValueOrDefault(text) + 1;
        }
    }

    private Task Pause(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), Network.Time);

    private sealed record Member(SimulatedHost Host, Libp2pNode Node, Gossipsub Pubsub, Subscription Messages)
    {
        internal SortedDictionary<string, int> Received { get; } = new(StringComparer.Ordinal);
    }
}
