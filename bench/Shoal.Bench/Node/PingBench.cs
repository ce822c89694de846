using System.Diagnostics;
using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;

namespace Shoal.Bench.Node;

/// <summary>Round trips of 32 bytes per second on one stream: <c>ping ADDRESS [--seconds=3]</c>.</summary>
internal static class PingBench
{
    internal static async Task<int> RunAsync(string[] args)
    {
        long seconds = MeasuringProgram.Option(args, "seconds", 3);
        await using Libp2pNode node = await BenchNode.StartAsync();
        Libp2pConnection connection = await node.ConnectAsync(Multiaddr.Parse(args[0]));
        await using Libp2pStream stream = await connection.OpenStreamAsync(Ping.Protocol);
        await RoundTripsAsync(stream, 1);
        return await MeasuringProgram.ServeLinesAsync(async _ => new Measurement(await RoundTripsAsync(stream, seconds), "round trips/s"));
    }

    private static async Task<double> RoundTripsAsync(Libp2pStream stream, long seconds)
    {
        byte[] sent = new byte[Ping.Size], answer = new byte[Ping.Size];
        Random.Shared.NextBytes(sent);
        long start = Stopwatch.GetTimestamp();
        int count = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            await stream.WriteAsync(sent);
            await stream.ReadExactlyAsync(answer);
            if (!answer.AsSpan().SequenceEqual(sent)) throw new InvalidDataException("the answer is not what was sent");
            count++;
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
