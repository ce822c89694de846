using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Shoal.Libp2p;
using Shoal.Libp2p.Muxing;
using Shoal.Net;
using Shoal.Tests.Libp2p.Muxing;

namespace Shoal.InteropTests.Go;

/// <summary>Our yamux with the implementation that the protocol comes from, over plain TCP: nothing but the muxer.</summary>
[Collection(ForeignProcesses.Name)]
public class GoYamuxTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [GoYamuxFact]
    public async Task We_dial_go_and_every_stream_comes_back_whole()
    {
        using Process go = GoYamux.Start("listen");
        try
        {
            int port = int.Parse((await go.StandardOutput.ReadLineAsync().WaitAsync(Patience))!, CultureInfo.InvariantCulture);
            NetConnection connection = await SystemNetwork.Instance.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), default);
            YamuxSession session = Session(connection, initiator: true);
            var greeting = new TaskCompletionSource<Libp2pStream>(TaskCreationOptions.RunContinuationsAsynchronously);
            session.Start(s => greeting.TrySetResult(s));

            using (Libp2pStream stream = await greeting.Task.WaitAsync(Patience))
                Assert.Equal("from go", await new StreamReader(stream, Encoding.UTF8).ReadToEndAsync().WaitAsync(Patience));
            Assert.InRange(await session.PingAsync(default).WaitAsync(Patience), TimeSpan.FromTicks(1), Patience);

            await RoundTripAsync(session, 1, 1);
            await RoundTripAsync(session, 1 << 20, 1000);
            await RoundTripAsync(session, 50_000_000, 1 << 18);
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => RoundTripAsync(session, 100_000 + i * 1000, 7000 + i)));

            Libp2pStream aborted = session.OpenStream();
            await aborted.WriteAsync(new byte[100]);
            aborted.Abort();
            await RoundTripAsync(session, 5000, 5000);
            Assert.Equal(0, session.StreamCount);
            await session.DisposeAsync().AsTask().WaitAsync(Patience);
            Assert.True(session.Completion.IsCompletedSuccessfully);
        }
        finally
        {
            go.Kill();
        }
    }

    [GoYamuxFact]
    public async Task Go_dials_us_and_every_stream_comes_back_whole()
    {
        await using NetListener listener = SystemNetwork.Instance.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        using Process go = GoYamux.Start("dial", listener.LocalEndPoint.ToString());
        try
        {
            YamuxSession session = Session(await listener.AcceptAsync(default).AsTask().WaitAsync(Patience), initiator: false);
            List<Task> echoes = [];
            session.Start(s =>
            {
                lock (echoes) echoes.Add(EchoAsync(s));
            });
            await RoundTripAsync(session, 300_000, 10_000);
            await go.WaitForExitAsync().WaitAsync(Patience);
            Assert.True(go.ExitCode == 0, await go.StandardError.ReadToEndAsync());
            // Go hangs up without waiting for our last acknowledgements, which the system may answer with a reset.
            await session.Completion.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAll(echoes).WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Assert.Equal(50, echoes.Count);
        }
        finally
        {
            if (!go.HasExited) go.Kill();
        }
    }

    private static YamuxSession Session(NetConnection connection, bool initiator) =>
        new(new PlainChannel(connection), initiator, new YamuxOptions(), TimeProvider.System, NullLogger.Instance);

    private static async Task RoundTripAsync(YamuxSession session, int size, int chunk)
    {
        using Libp2pStream stream = session.OpenStream();
        byte[] sent = RandomNumberGenerator.GetBytes(size);
        Task writing = WriteAsync(stream, sent, chunk);
        byte[] got = new byte[size];
        await stream.ReadExactlyAsync(got).AsTask().WaitAsync(Patience);
        Assert.Equal(0, await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
        await writing.WaitAsync(Patience);
        Assert.True(sent.AsSpan().SequenceEqual(got), "other bytes came back");
    }

    private static async Task WriteAsync(Libp2pStream stream, byte[] bytes, int chunk)
    {
        await Task.Yield();
        for (int at = 0; at < bytes.Length; at += chunk) await stream.WriteAsync(bytes.AsMemory(at, Math.Min(chunk, bytes.Length - at)));
        await stream.CompleteWritesAsync();
    }

    private static async Task EchoAsync(Libp2pStream stream)
    {
        await using (stream)
        {
            await stream.CopyToAsync(stream);
            await stream.CompleteWritesAsync();
        }
    }
}
