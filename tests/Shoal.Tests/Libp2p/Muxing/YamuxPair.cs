using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Shoal.Libp2p;
using Shoal.Libp2p.Muxing;
using Shoal.Net;

namespace Shoal.Tests.Libp2p.Muxing;

/// <summary>Two yamux sessions that talk to each other; streams that one opens arrive at the other's <see cref="Accepted"/>.</summary>
internal sealed class YamuxPair : IAsyncDisposable
{
    private readonly Channel<Libp2pStream> _accepted = Channel.CreateUnbounded<Libp2pStream>();

    private YamuxPair(YamuxSession client, YamuxSession server)
    {
        Client = client;
        Server = server;
    }

    internal static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    internal YamuxSession Client { get; }

    internal YamuxSession Server { get; }

    internal ChannelReader<Libp2pStream> Accepted => _accepted.Reader;

    internal static async Task<YamuxPair> StartAsync(YamuxOptions? client = null, YamuxOptions? server = null, TimeProvider? time = null)
    {
        (NetConnection a, NetConnection b) = await Loopback.ConnectAsync();
        var pair = new YamuxPair(Session(a, true, client, time), Session(b, false, server, time));
        pair.Client.Start(s => pair._accepted.Writer.TryWrite(s));
        pair.Server.Start(s => pair._accepted.Writer.TryWrite(s));
        return pair;
    }

    /// <summary>A session whose other end is raw bytes in the test's hand.</summary>
    internal static async Task<(YamuxSession Session, NetConnection Raw)> StartAgainstRawAsync(YamuxOptions? options = null, Action<Libp2pStream>? onStream = null, TimeProvider? time = null)
    {
        (NetConnection raw, NetConnection b) = await Loopback.ConnectAsync();
        YamuxSession session = Session(b, false, options, time);
        session.Start(onStream ?? (_ => { }));
        return (session, raw);
    }

    internal async Task<(Libp2pStream Ours, Libp2pStream Theirs)> OpenAsync(byte[] first)
    {
        Libp2pStream ours = Client.OpenStream();
        await ours.WriteAsync(first);
        Libp2pStream theirs = await Accepted.ReadAsync().AsTask().WaitAsync(Patience);
        byte[] got = new byte[first.Length];
        await theirs.ReadExactlyAsync(got).AsTask().WaitAsync(Patience);
        Assert.Equal(first, got);
        return (ours, theirs);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static YamuxSession Session(NetConnection connection, bool initiator, YamuxOptions? options, TimeProvider? time) =>
        new(new PlainChannel(connection), initiator, options ?? new YamuxOptions(), time ?? TimeProvider.System, NullLogger.Instance);
}
