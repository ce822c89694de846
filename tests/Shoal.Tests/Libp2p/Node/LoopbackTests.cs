using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;

namespace Shoal.Tests.Libp2p.Node;

/// <summary>Two nodes over real sockets on this machine.</summary>
public sealed class LoopbackTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Two_nodes_identify_and_ping_each_other_over_loopback()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using Libp2pNode listener = await StartAsync("/ip4/127.0.0.1/tcp/0");
        await using Libp2pNode dialer = await StartAsync();

        Libp2pConnection connection = await dialer.ConnectAsync(listener.Addresses[0], patience.Token);
        IdentifyInfo info = await connection.IdentifyAsync(patience.Token);

        Assert.Equal(listener.Id, connection.RemotePeer);
        Assert.Equal("/noise", connection.Security);
        Assert.Equal("/yamux/1.0.0", connection.Muxer);
        Assert.StartsWith("shoal/", info.AgentVersion, StringComparison.Ordinal);
        Assert.Contains(Ping.Protocol, info.Protocols);
        Assert.Equal([listener.Addresses[0].WithoutPeerId()], info.ListenAddresses);
        Assert.Equal(connection.LocalAddress, info.ObservedAddress);

        int pings = 0;
        await foreach (TimeSpan roundTrip in Ping.PingAsync(dialer, listener.Id, patience.Token))
        {
            Assert.True(roundTrip > TimeSpan.Zero);
            if (++pings == 5) break;
        }
    }

    [Fact]
    public async Task What_is_written_before_the_half_close_comes_back()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using Libp2pNode listener = await StartAsync("/ip4/127.0.0.1/tcp/0");
        await using Libp2pNode dialer = await StartAsync();
        Echo.Serve(listener);

        await using Libp2pStream stream = await dialer.OpenStreamAsync(listener.Addresses[0], Echo.Protocol, patience.Token);
        byte[] sent = new byte[1 << 20];
        new Random(1).NextBytes(sent);
        Task writing = WriteAsync();
        using var back = new MemoryStream();
        await stream.CopyToAsync(back, patience.Token);
        await writing;

        Assert.Equal(sent, back.ToArray());

        async Task WriteAsync()
        {
            await stream.WriteAsync(sent, patience.Token);
            await stream.CompleteWritesAsync(patience.Token);
        }
    }

    [Fact]
    public async Task Perf_counts_what_went_up_and_down()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using Libp2pNode listener = await StartAsync("/ip4/127.0.0.1/tcp/0");
        await using Libp2pNode dialer = await StartAsync();
        Perf.Serve(listener);
        await dialer.ConnectAsync(listener.Addresses[0], patience.Token);

        PerfResult result = await Perf.MeasureAsync(dialer, listener.Id, 5_000_000, 7_000_001, null, patience.Token);

        Assert.Equal(5_000_000, result.Uploaded);
        Assert.Equal(7_000_001, result.Downloaded);
        Assert.True(result.UploadTime > TimeSpan.Zero && result.DownloadTime > TimeSpan.Zero);
    }

    private static Task<Libp2pNode> StartAsync(params string[] listen) =>
        Libp2pNode.StartAsync(new Libp2pOptions { Listen = [.. listen.Select(Multiaddr.Parse)] });
}
