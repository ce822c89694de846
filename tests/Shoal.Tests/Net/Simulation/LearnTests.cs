using System.Net;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Net.Simulation;

/// <summary>The example of docs/learn/simulated-network.md, word for word between the two marks.</summary>
public class LearnTests
{
    // begin of the example
    // A protocol of our own: the client counts up, the server says each number back.
    internal static async Task ServeAsync(INetwork network, IPEndPoint local, CancellationToken stop)
    {
        await using NetListener listener = network.Listen(local);
        while (true)
        {
            await using NetConnection connection = await listener.AcceptAsync(stop);
            byte[] number = new byte[1];
            while (await connection.ReceiveAsync(number) > 0) await connection.SendAsync(number);
        }
    }

    internal static async Task<TimeSpan> CountAsync(INetwork network, IPEndPoint server, int upTo)
    {
        long start = network.Time.GetTimestamp();
        await using NetConnection connection = await network.ConnectAsync(server, CancellationToken.None);
        byte[] number = new byte[1];
        for (byte i = 1; i <= upTo; i++)
        {
            await connection.SendAsync(new[] { i });
            await connection.ReceiveAsync(number);
            Assert.Equal(i, number[0]);
        }

        return network.Time.GetElapsedTime(start);
    }

    [Fact]
    public void Counting_to_ten_takes_eleven_round_trips()
    {
        var network = new SimulatedNetwork(seed: 42, new SimulatedNetworkOptions
        {
            Link = new LinkOptions { Latency = TimeSpan.FromMilliseconds(50) },
        });
        SimulatedHost server = network.AddHost("server");
        SimulatedHost client = network.AddHost("client");
        var address = new IPEndPoint(server.Addresses[0], 7);

        network.Run(async () =>
        {
            using var stop = new CancellationTokenSource();
            Task serving = ServeAsync(server, address, stop.Token);

            TimeSpan took = await CountAsync(client, address, upTo: 10);
            network.Note(client, $"counted to ten in {took}");
            Assert.Equal(TimeSpan.FromMilliseconds(11 * 100), took);

            stop.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);
        });
    }

    // end of the example
    [Fact]
    public void The_page_shows_this_very_code()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Shoal.slnx"))) folder = Path.GetDirectoryName(folder);
        Assert.NotNull(folder);
        string page = File.ReadAllText(Path.Combine(folder, "docs", "learn", "simulated-network.md"));
        string source = File.ReadAllText(Path.Combine(folder, "tests", "Shoal.Tests", "Net", "Simulation", "LearnTests.cs"));
        IEnumerable<string> example = source.Split("// begin of the example")[1].Split("// end of the example")[0]
            .Trim().Split('\n').Select(l => l.StartsWith("    ", StringComparison.Ordinal) ? l[4..] : l);
        Assert.Contains(string.Join('\n', example), page, StringComparison.Ordinal);
    }
}
