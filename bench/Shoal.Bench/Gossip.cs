using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;

namespace Shoal.Bench;

/// <summary>
/// Nodes in one process, each connected to each over TCP on the loopback interface, publish in turn; counts deliveries.
/// The counterpart of gossip.mjs: the same arguments, the same way of measuring.
/// </summary>
/// <remarks>
/// A message is in flight until all others have it; its age at each delivery is the latency. The first run warms up and
/// does not count. Flood publish is off, as there. With <c>--runs=N</c> it measures N times and prints one line with the
/// median; without, it measures once for each line of standard input, as <see cref="MeasuringProgram"/> says.
/// </remarks>
internal static class GossipBench
{
    private const string Topic = "bench";

    /// <summary>Longest run before it is taken as it is, in seconds.</summary>
    private const int RunSeconds = 30;

    internal static int Run(string[] args) => RunAsync(Settings.Parse(args)).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Settings settings)
    {
        var options = new GossipsubOptions
        {
            FloodPublish = false,
            SignaturePolicy = settings.Sign ? SignaturePolicy.StrictSign : SignaturePolicy.StrictNoSign,
            SubscriptionQueue = 1 << 16,
        };
        var nodes = new (Libp2pNode Node, Gossipsub Pubsub, Subscription Room)[settings.Nodes];
        for (int i = 0; i < nodes.Length; i++)
        {
            Libp2pNode node = await Libp2pNode.StartAsync(new Libp2pOptions { Listen = [Multiaddr.Parse("/ip4/127.0.0.1/tcp/0")] });
            var pubsub = Gossipsub.Start(node, options);
            nodes[i] = (node, pubsub, pubsub.Subscribe(Topic));
            for (int j = 0; j < i; j++) await node.ConnectAsync(nodes[j].Node.Addresses[0]);
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(RunSeconds));
        foreach ((_, Gossipsub pubsub, _) in nodes) await pubsub.WaitForSubscribersAsync(Topic, nodes.Length - 1, patience.Token);
        await Task.Delay(TimeSpan.FromSeconds(2), patience.Token);
        await Console.Error.WriteLineAsync($"mesh sizes {string.Join(',', nodes.Select(n => n.Pubsub.MeshPeers(Topic).Count))}");

        using var meter = new Meter(nodes.Length - 1, settings.Window);
        Task[] readers = [.. nodes.Select(n => ReadAsync(n.Room, meter))];
        await MeasureAsync(0, nodes, meter, settings);
        if (settings.Runs == 0) await MeasuringProgram.ServeLinesAsync(_ => MeasureAsync(1, nodes, meter, settings));
        else await PrintMedianAsync(nodes, meter, settings);

        foreach ((Libp2pNode node, Gossipsub pubsub, _) in nodes)
        {
            await pubsub.DisposeAsync();
            await node.DisposeAsync();
        }

        await Task.WhenAll(readers);
        return 0;
    }

    private static async Task PrintMedianAsync((Libp2pNode Node, Gossipsub Pubsub, Subscription Room)[] nodes, Meter meter, Settings settings)
    {
        List<double> rates = [];
        for (int run = 1; run <= settings.Runs; run++) rates.Add((await MeasureAsync(run, nodes, meter, settings)).Value);
        (double p50, double p99) = meter.Latency();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            bench = "gossipsub",
            nodes = settings.Nodes,
            size = settings.Size,
            transport = "tcp",
            window = settings.Window,
            sign = settings.Sign,
            medianDeliveredPerSec = Math.Round(Median(rates)),
            p50ms = Math.Round(p50, 1),
            p99ms = Math.Round(p99, 1),
            rssMB = Environment.WorkingSet / 1_000_000,
        }));
    }

    private static async Task<Measurement> MeasureAsync(
        int run, (Libp2pNode Node, Gossipsub Pubsub, Subscription Room)[] nodes, Meter meter, Settings settings)
    {
        int target = settings.Messages * (nodes.Length - 1);
        Task done = meter.Begin(target);
        long start = Stopwatch.GetTimestamp();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        for (int i = 0; i < settings.Messages; i++)
        {
            await meter.EnterAsync();
            byte[] data = new byte[settings.Size];
            RandomNumberGenerator.Fill(data);
            meter.Stamp(data);
            await nodes[i % nodes.Length].Pubsub.PublishAsync(Topic, data);
        }

        await Task.WhenAny(done, Task.Delay(TimeSpan.FromSeconds(RunSeconds)));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double cpuSeconds = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
        int delivered = meter.Delivered;
        (double p50, double p99) = meter.Latency();
        await Console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"run {run} published {settings.Messages / seconds:0}/s delivered {delivered}/{target} = {delivered / seconds:0}/s cpu {cpuSeconds / seconds * 100:0}% p50 {p50:0.0} ms p99 {p99:0.0} ms; delivered per cpu-s {delivered / cpuSeconds:0}"));
        return new Measurement(delivered / seconds, "deliveries/s") { Lost = target - delivered };
    }

    private static async Task ReadAsync(Subscription room, Meter meter)
    {
        await foreach (PubsubMessage message in room.ReadAllAsync()) meter.OnDelivered(message.Data.Span);
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Counts deliveries and holds back the publisher while too many messages are in flight.</summary>
    private sealed class Meter(int receivers, int window) : IDisposable
    {
        private readonly ConcurrentDictionary<long, int> _reached = new();
        private readonly SemaphoreSlim _window = new(window);
        private ConcurrentBag<double> _latencies = [];
        private TaskCompletionSource _done = new();
        private long _number;
        private int _delivered;
        private int _target;

        internal int Delivered => Volatile.Read(ref _delivered);

        internal Task Begin(int target)
        {
            _delivered = 0;
            _target = target;
            _latencies = [];
            _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _done.Task;
        }

        public void Dispose() => _window.Dispose();

        internal Task EnterAsync() => _window.WaitAsync();

        /// <summary>Writes the message's number and time into it.</summary>
        internal void Stamp(byte[] data)
        {
            BinaryPrimitives.WriteInt64BigEndian(data, Interlocked.Increment(ref _number));
            BinaryPrimitives.WriteInt64BigEndian(data.AsSpan(8), Stopwatch.GetTimestamp());
        }

        internal void OnDelivered(ReadOnlySpan<byte> data)
        {
            _latencies.Add(Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64BigEndian(data[8..])).TotalMilliseconds);
            long number = BinaryPrimitives.ReadInt64BigEndian(data);
            if (_reached.AddOrUpdate(number, 1, (_, reached) => reached + 1) == receivers && _reached.TryRemove(number, out _)) _window.Release();
            if (Interlocked.Increment(ref _delivered) == _target) _done.TrySetResult();
        }

        internal (double P50, double P99) Latency()
        {
            double[] sorted = [.. _latencies.Order()];
            return sorted.Length == 0 ? (0, 0) : (sorted[sorted.Length / 2], sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * 0.99))]);
        }
    }

    /// <summary>Arguments, as in gossip.mjs: <c>--nodes=10 --msgs=2000 --size=1024 --window=50 --runs=0 --sign=1</c>.</summary>
    private sealed record Settings(int Nodes, int Messages, int Size, int Window, int Runs, bool Sign)
    {
        internal static Settings Parse(string[] args)
        {
            return new Settings(Number("nodes", 10), Number("msgs", 2000), Math.Max(16, Number("size", 1024)), Number("window", 50), Number("runs", 0), Number("sign", 1) != 0);

            int Number(string name, int otherwise) => (int)MeasuringProgram.Option(args, name, otherwise);
        }
    }
}
