using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Shoal.Libp2p;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Muxing;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Libp2p.Simulation;

/// <summary>Noise and yamux on the simulated network: they stay on its thread, and times are exact.</summary>
public class UpgradeTests
{
    [Fact]
    public void A_secured_multiplexed_connection_carries_streams_both_ways_in_exact_time()
    {
        var network = new SimulatedNetwork(11, new SimulatedNetworkOptions { TraceDetail = TraceDetail.Data });
        SimulatedHost a = network.AddHost(), b = network.AddHost();
        network.Run(async () =>
        {
            NetListener listener = b.Listen(new IPEndPoint(IPAddress.Any, 4001));
            Task<UpgradedConnection> far = Accept();
            UpgradedConnection near = await Upgrader(a, 1).UpgradeAsync(
                await a.ConnectAsync(new IPEndPoint(b.Addresses[0], 4001), default), true, Key(2).PeerId, default);
            near.Session.Start(s => s.Abort());
            (await far).Session.Start(s => _ = Echo(s));
            Assert.Equal(Key(1).PeerId, (await far).RemotePeer);

            TimeSpan start = network.Time.Elapsed;
            byte[] sent = RandomNumberGenerator.GetBytes(1_000_000);
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RoundTrip(near.Session.OpenStream(), sent)));
            network.Note(a, "all echoed");
            Assert.Equal(TimeSpan.FromMilliseconds(40), await near.Session.PingAsync(default));
            Assert.True(network.Time.Elapsed > start);
            await near.Session.DisposeAsync();
            await (await far).Session.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            async Task<UpgradedConnection> Accept() => await Upgrader(b, 2).UpgradeAsync(await listener.AcceptAsync(default), false, null, default);
        });

        ConnectionUpgrader Upgrader(SimulatedHost host, byte key) => new(Key(key), new YamuxOptions(), host.Time, NullLogger.Instance);
    }

    private static PrivateKey Key(byte seed) => PrivateKey.FromEd25519Seed([.. Enumerable.Repeat(seed, 32)]);

    private static async Task RoundTrip(Libp2pStream stream, byte[] sent)
    {
        Task writing = Write();
        byte[] got = new byte[sent.Length];
        await stream.ReadExactlyAsync(got);
        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
        await writing;
        Assert.Equal(sent, got);

        async Task Write()
        {
            await stream.WriteAsync(sent);
            await stream.CompleteWritesAsync();
        }
    }

    private static async Task Echo(Libp2pStream stream)
    {
        byte[] buffer = new byte[10_000];
        while (await stream.ReadAsync(buffer) is var n && n > 0) await stream.WriteAsync(buffer.AsMemory(0, n));
        await stream.CompleteWritesAsync();
    }
}
