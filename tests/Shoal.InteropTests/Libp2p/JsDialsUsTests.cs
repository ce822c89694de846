using System.Text.Json;
using Shoal.InteropTests.Js;
using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;
using Xunit.Abstractions;

namespace Shoal.InteropTests.Libp2p;

/// <summary>js-libp2p as the dialer, over TCP, Noise and yamux.</summary>
[Collection(ForeignProcesses.Name)]
public sealed class JsDialsUsTests(ITestOutputHelper output) : NodeTest(output)
{
    [JsFact]
    public async Task Identify_tells_js_our_agent_protocols_and_addresses()
    {
        Libp2pNode ours = await StartOursAsync();
        JsPeer js = await StartJsAsync();

        JsonElement connection = await js.CallAsync("dial", new { addr = ours.Addresses[0].ToString() });
        JsonElement seen = await js.WaitAsync("identify", e => e.GetProperty("peer").ValueEquals(ours.Id.ToString()));

        Assert.Equal(ours.Id.ToString(), connection.GetProperty("peer").GetString());
        Assert.Equal("/noise", connection.GetProperty("security").GetString());
        Assert.Equal("/yamux/1.0.0", connection.GetProperty("muxer").GetString());
        Assert.StartsWith("shoal/", seen.GetProperty("agent").GetString(), StringComparison.Ordinal);
        Assert.True(seen.GetProperty("signedPeerRecord").GetBoolean(), "js found no valid signed peer record");
        string[] protocols = Strings(seen.GetProperty("protocols"));
        Assert.Superset(new HashSet<string> { "/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", Ping.Protocol, Echo.Protocol }, protocols.ToHashSet());
        Assert.Contains(Strings(seen.GetProperty("listenAddrs")), a => ours.Addresses[0].ToString().StartsWith(a, StringComparison.Ordinal));
        Assert.StartsWith("/ip4/127.0.0.1/tcp/", seen.GetProperty("observedAddr").GetString(), StringComparison.Ordinal);
    }

    [JsFact]
    public async Task Identify_tells_us_the_agent_protocols_and_addresses_of_js()
    {
        Libp2pNode ours = await StartOursAsync();
        var identified = new TaskCompletionSource<(PeerId Peer, IdentifyInfo Info)>(TaskCreationOptions.RunContinuationsAsynchronously);
        ours.PeerIdentified += (peer, info) => identified.TrySetResult((peer, info));
        JsPeer js = await StartJsAsync();

        await js.CallAsync("dial", new { addr = ours.Addresses[0].ToString() });
        (PeerId peer, IdentifyInfo info) = await identified.Task.WaitAsync(Deadline);

        Assert.Equal(js.Id, peer.ToString());
        Assert.StartsWith("js-libp2p/3.3", info.AgentVersion, StringComparison.Ordinal);
        Assert.True(info.HasSignedRecord, "no valid signed record");
        Assert.Superset(new HashSet<string> { "/ipfs/id/1.0.0", Ping.Protocol, Echo.Protocol, Perf.Protocol }, info.Protocols.ToHashSet());
        Assert.Contains(info.ListenAddresses, a => js.Address.StartsWith(a.ToString(), StringComparison.Ordinal));
        Assert.NotNull(info.ObservedAddress);
        PeerInfo? stored = ours.Peers.Find(peer);
        Assert.NotNull(stored);
        Assert.Equal(info.AgentVersion, stored.AgentVersion);
        Assert.Contains(stored.Addresses, a => js.Address.StartsWith(a.ToString(), StringComparison.Ordinal));
    }

    [JsFact]
    public async Task A_protocol_added_later_is_pushed_to_js()
    {
        Libp2pNode ours = await StartOursAsync();
        JsPeer js = await StartJsAsync();
        await js.CallAsync("dial", new { addr = ours.Addresses[0].ToString() });
        await js.WaitAsync("identify");

        ours.Handle("/added/later", static (_, _) => Task.CompletedTask);

        await js.WaitAsync("update", e => Strings(e.GetProperty("protocols")).Contains("/added/later"));
    }

    [JsFact]
    public async Task Js_pings_us()
    {
        Libp2pNode ours = await StartOursAsync();
        JsPeer js = await StartJsAsync();

        JsonElement result = await js.CallAsync("ping", new { addr = ours.Addresses[0].ToString(), n = 20 });

        Assert.Equal(20, result.GetProperty("milliseconds").GetArrayLength());
    }

    [JsFact]
    public async Task Js_gets_a_mebibyte_back_from_our_echo()
    {
        Libp2pNode ours = await StartOursAsync();
        JsPeer js = await StartJsAsync();

        await js.CallAsync("echo", new { addr = ours.Addresses[0].ToString(), bytes = 1 << 20 });
    }

    [JsFact]
    public async Task Js_uses_a_hundred_streams_at_once()
    {
        Libp2pNode ours = await StartOursAsync();
        JsPeer js = await StartJsAsync();

        await js.CallAsync("echo", new { addr = ours.Addresses[0].ToString(), bytes = 50_000, streams = 100 }, TimeSpan.FromSeconds(60));

        Assert.Single(ours.Connections);
    }

    [JsFact]
    public async Task Js_uploads_and_downloads_256_MiB()
    {
        const long Bytes = 256L << 20;
        Libp2pNode ours = await StartOursAsync();
        Perf.Serve(ours);
        JsPeer js = await StartJsAsync();

        JsonElement result = await js.CallAsync("perf", new { addr = ours.Addresses[0].ToString(), up = Bytes, down = Bytes }, TimeSpan.FromSeconds(90));

        Assert.Equal(Bytes, result.GetProperty("downloaded").GetInt64());
    }

    [JsFact]
    public async Task Js_reads_our_answer_after_it_has_closed_its_direction()
    {
        Libp2pNode ours = await StartOursAsync();
        ours.Handle("/test/late", static async (stream, ct) =>
        {
            using var all = new MemoryStream();
            await stream.CopyToAsync(all, ct);
            await stream.WriteAsync(all.ToArray().Reverse().ToArray(), ct);
        });
        JsPeer js = await StartJsAsync();

        JsonElement answer = await js.CallAsync("ask", new { addr = ours.Addresses[0].ToString(), protocol = "/test/late", text = "abc" });

        Assert.Equal("cba", answer.GetProperty("text").GetString());
    }

    [JsFact]
    public async Task A_reset_by_js_fails_our_read_and_nothing_else()
    {
        Libp2pNode ours = await StartOursAsync();
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        ours.Handle("/test/reset-me", async (stream, ct) =>
        {
            try
            {
                await Echo.ServeAsync(stream, ct);
                ended.TrySetResult(null);
            }
            catch (Exception e)
            {
                ended.TrySetResult(e);
                throw;
            }
        });
        JsPeer js = await StartJsAsync();

        await js.CallAsync("reset", new { addr = ours.Addresses[0].ToString(), protocol = "/test/reset-me", text = "hello" });

        Assert.IsType<StreamResetException>(await ended.Task.WaitAsync(Deadline));
        await js.CallAsync("echo", new { addr = ours.Addresses[0].ToString(), bytes = 1000 });
    }

    [JsFact]
    public async Task A_handler_of_ours_that_throws_resets_the_stream_of_js()
    {
        Libp2pNode ours = await StartOursAsync();
        ours.Handle("/test/throws", static (_, _) => throw new InvalidOperationException("as the test wants"));
        JsPeer js = await StartJsAsync();

        // Whether js was writing or reading when the reset came decides which error it is.
        await Assert.ThrowsAsync<JsPeerException>(
            () => js.CallAsync("ask", new { addr = ours.Addresses[0].ToString(), protocol = "/test/throws", text = "x" }));

        await js.CallAsync("ping", new { addr = ours.Addresses[0].ToString() });
    }

    [JsFact]
    public async Task Js_is_told_that_we_do_not_speak_a_protocol()
    {
        Libp2pNode ours = await StartOursAsync();
        JsPeer js = await StartJsAsync();

        JsPeerException error = await Assert.ThrowsAsync<JsPeerException>(
            () => js.CallAsync("ask", new { addr = ours.Addresses[0].ToString(), protocol = "/nobody/speaks/this", text = "x" }));

        Assert.Equal("UnsupportedProtocolError", error.Name);
        await js.CallAsync("ping", new { addr = ours.Addresses[0].ToString() });
    }

    [JsFact]
    public async Task Js_refuses_us_under_a_wrong_peer_id()
    {
        Libp2pNode ours = await StartOursAsync();
        using var other = PrivateKey.Generate();
        JsPeer js = await StartJsAsync();

        string wrong = ours.Addresses[0].ToString().Replace(ours.Id.ToString(), other.PeerId.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<JsPeerException>(() => js.CallAsync("dial", new { addr = wrong }));

        await js.CallAsync("ping", new { addr = ours.Addresses[0].ToString() });
    }

    [JsFact]
    public async Task A_js_peer_that_is_killed_is_reported_and_its_streams_fail()
    {
        Libp2pNode ours = await StartOursAsync();
        var gone = new TaskCompletionSource<PeerId>(TaskCreationOptions.RunContinuationsAsynchronously);
        ours.PeerDisconnected += gone.SetResult;
        var connected = new TaskCompletionSource<Libp2pConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        ours.PeerConnected += connected.SetResult;
        JsPeer js = await StartJsAsync();
        await js.CallAsync("dial", new { addr = ours.Addresses[0].ToString() });
        await connected.Task.WaitAsync(Deadline); // Js is done with the handshake a moment before we are.
        await using Libp2pStream stream = await ours.OpenStreamAsync(PeerId.Parse(js.Id), Echo.Protocol, Deadline);
        await stream.WriteAsync(new byte[1000], Deadline);
        await stream.ReadExactlyAsync(new byte[1000], Deadline);

        js.Kill();

        Exception? error = await Record.ExceptionAsync(async () => await stream.ReadExactlyAsync(new byte[1], Deadline));
        Assert.IsType<ConnectionClosedException>(error);
        Assert.Equal(js.Id, (await gone.Task.WaitAsync(Deadline)).ToString());
        Assert.Empty(ours.Connections);
    }

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetString()!)];
}
