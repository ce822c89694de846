using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shoal.InteropTests.Js;
using Shoal.Libp2p;
using Xunit.Abstractions;

namespace Shoal.InteropTests.Libp2p;

/// <summary>Raw TCP clients that misbehave, each in another way, while a js peer uses the same node and must not notice.</summary>
[Collection(ForeignProcesses.Name)]
public sealed class HostileTests(ITestOutputHelper output) : NodeTest(output)
{
    /// <summary>A handshake that stalls ends after this long, plus a little for a busy machine.</summary>
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10 + 5);

    [JsTheory]
    [InlineData("random bytes")]
    [InlineData("an HTTP request")]
    [InlineData("a length without end")]
    [InlineData("a length of 2 MiB")]
    [InlineData("garbage after the security protocol was agreed on")]
    [InlineData("a Noise frame of 65535 random bytes")]
    [InlineData("proposals without end")]
    public async Task Garbage_costs_that_connection_and_nothing_else(string what)
    {
        (Libp2pNode ours, JsPeer js) = await MeetAsync();

        using Socket hostile = await ConnectAsync(ours);
        await TrySendAsync(hostile, Garbage(what));

        await AssertEndsAsync(hostile, HandshakeLimit);
        await AssertUndisturbedAsync(ours, js);
    }

    [JsFact]
    public async Task A_slow_trickle_is_cut_off_like_silence()
    {
        (Libp2pNode ours, JsPeer js) = await MeetAsync();
        using Socket trickling = await ConnectAsync(ours);
        using Socket silent = await ConnectAsync(ours);

        Task trickle = TrickleAsync(trickling, Multistream("/multistream/1.0.0", "/noise"));
        await Task.WhenAll(AssertEndsAsync(trickling, HandshakeLimit), AssertEndsAsync(silent, HandshakeLimit));
        await trickle;

        await AssertUndisturbedAsync(ours, js);
    }

    [JsFact]
    public async Task Connections_without_end_are_bounded_and_js_is_still_served()
    {
        (Libp2pNode ours, JsPeer js) = await MeetAsync();

        List<Socket> hostile = [];
        try
        {
            for (int i = 0; i < 400; i++)
            {
                if (await TryConnectAsync(ours) is { } socket) hostile.Add(socket);
            }

            await AssertUndisturbedAsync(ours, js);
        }
        finally
        {
            hostile.ForEach(s => s.Dispose());
        }

        // A newcomer is let in again once the flood is over.
        JsPeer late = await StartJsAsync();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await late.CallAsync("ping", new { addr = ours.Addresses[0].ToString() });
                return;
            }
            catch (JsPeerException) when (attempt < 10)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), Deadline);
            }
        }
    }

    private async Task<(Libp2pNode Ours, JsPeer Js)> MeetAsync()
    {
        Libp2pNode ours = await StartOursAsync();
        JsPeer js = await StartJsAsync();
        await js.CallAsync("dial", new { addr = ours.Addresses[0].ToString() });
        return (ours, js);
    }

    private static async Task AssertUndisturbedAsync(Libp2pNode ours, JsPeer js)
    {
        await js.CallAsync("echo", new { addr = ours.Addresses[0].ToString(), bytes = 10_000 });
        JsonElement pings = await js.CallAsync("ping", new { addr = ours.Addresses[0].ToString(), n = 10 });
        Assert.Equal(10, pings.GetProperty("milliseconds").GetArrayLength());
        Assert.Single(js.Events("connect"));
        Assert.Empty(js.Events("disconnect"));
        Assert.Single(ours.Connections);
    }

    private static byte[] Garbage(string what) => what switch
    {
        "random bytes" => RandomNumberGenerator.GetBytes(100_000),
        "an HTTP request" => "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(),
        "a length without end" => Enumerable.Repeat((byte)0x80, 1000).ToArray(),
        "a length of 2 MiB" => [0x80, 0x80, 0x80, 0x01, .. new byte[5000]],
        "garbage after the security protocol was agreed on" => [.. Multistream("/multistream/1.0.0", "/noise"), .. RandomNumberGenerator.GetBytes(100_000)],
        "a Noise frame of 65535 random bytes" => [.. Multistream("/multistream/1.0.0", "/noise"), 0xff, 0xff, .. RandomNumberGenerator.GetBytes(65535)],
        "proposals without end" => [.. Multistream("/multistream/1.0.0"), .. Enumerable.Range(0, 50_000).SelectMany(i => Multistream($"/nonsense/{i}"))],
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    /// <summary>Messages of multistream-select: a length and a text with its line feed. Lengths below 128 are one byte.</summary>
    private static byte[] Multistream(params string[] texts) =>
        [.. texts.SelectMany(text => (byte[])[(byte)(text.Length + 1), .. Encoding.ASCII.GetBytes(text), (byte)'\n'])];

    private async Task<Socket> ConnectAsync(Libp2pNode node)
    {
        int port = int.Parse(node.Addresses[0].ToString().Split('/')[4], CultureInfo.InvariantCulture); // /ip4/127.0.0.1/tcp/<port>/p2p/<id>
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, Deadline);
        return socket;
    }

    private async Task<Socket?> TryConnectAsync(Libp2pNode node)
    {
        try
        {
            return await ConnectAsync(node);
        }
        catch (SocketException)
        {
            return null; // Refused, as it may be.
        }
    }

    private static async Task TrySendAsync(Socket socket, byte[] bytes)
    {
        using var limit = new CancellationTokenSource(HandshakeLimit);
        try
        {
            await socket.SendAsync(bytes, limit.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // It may be cut off while it still sends.
        }
    }

    private static async Task TrickleAsync(Socket socket, byte[] bytes)
    {
        try
        {
            foreach (byte one in bytes)
            {
                await socket.SendAsync(new[] { one });
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }
        catch (SocketException)
        {
            // Cut off, as it should be.
        }
    }

    /// <summary>The other side closes or resets within the limit, whatever it may send before.</summary>
    private static async Task AssertEndsAsync(Socket socket, TimeSpan limit)
    {
        byte[] buffer = new byte[4096];
        using var timeout = new CancellationTokenSource(limit);
        long start = Stopwatch.GetTimestamp();
        try
        {
            while (await socket.ReceiveAsync(buffer, timeout.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"still connected after {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        }
    }
}
