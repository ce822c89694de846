using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shoal.InteropTests.Js;
using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;
using Xunit.Abstractions;

namespace Shoal.InteropTests.Libp2p;

/// <summary>js-libp2p as the listener, over TCP, Noise and yamux.</summary>
[Collection(ForeignProcesses.Name)]
public sealed class WeDialJsTests(ITestOutputHelper output) : NodeTest(output)
{
    [JsFact]
    public async Task Both_sides_identify_each_other()
    {
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();
        var identified = new TaskCompletionSource<IdentifyInfo>(TaskCreationOptions.RunContinuationsAsynchronously);
        ours.PeerIdentified += (_, info) => identified.TrySetResult(info);

        Libp2pConnection connection = await ours.ConnectAsync(Multiaddr.Parse(js.Address), Deadline);
        IdentifyInfo info = await identified.Task.WaitAsync(Deadline);
        JsonElement seen = await js.WaitAsync("identify", e => e.GetProperty("peer").ValueEquals(ours.Id.ToString()));

        Assert.Equal(js.Id, connection.RemotePeer.ToString());
        Assert.Equal(Direction.Outbound, connection.Direction);
        Assert.Equal("/noise", connection.Security);
        Assert.Equal("/yamux/1.0.0", connection.Muxer);
        Assert.StartsWith("js-libp2p/3.3", info.AgentVersion, StringComparison.Ordinal);
        Assert.Contains(Perf.Protocol, info.Protocols);
        Assert.Contains(info.ListenAddresses, a => js.Address.StartsWith(a.ToString(), StringComparison.Ordinal));
        Assert.StartsWith("shoal/", seen.GetProperty("agent").GetString(), StringComparison.Ordinal);
        Assert.Contains(seen.GetProperty("protocols").EnumerateArray(), p => p.ValueEquals(Echo.Protocol));
        Assert.Contains(seen.GetProperty("listenAddrs").EnumerateArray(), a => ours.Addresses[0].ToString().StartsWith(a.GetString()!, StringComparison.Ordinal));
    }

    [JsFact]
    public async Task A_protocol_that_js_adds_later_is_pushed_to_us()
    {
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();
        var pushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ours.PeerIdentified += (_, info) =>
        {
            if (info.Protocols.Contains("/added/later")) pushed.TrySetResult();
        };
        await ours.ConnectAsync(Multiaddr.Parse(js.Address), Deadline);
        await js.WaitAsync("identify");

        await js.CallAsync("handle", new { protocol = "/added/later" });

        await pushed.Task.WaitAsync(Deadline);
        Assert.Contains("/added/later", ours.Peers.Find(PeerId.Parse(js.Id))!.Protocols);
    }

    [JsFact]
    public async Task We_ping_js()
    {
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();
        PeerId peer = (await ours.ConnectAsync(Multiaddr.Parse(js.Address), Deadline)).RemotePeer;

        int count = 0;
        await foreach (TimeSpan roundTrip in Ping.PingAsync(ours, peer, Deadline))
        {
            Assert.InRange(roundTrip, TimeSpan.Zero, TimeSpan.FromSeconds(5));
            if (++count == 20) break;
        }

        Assert.Equal(20, count);
    }

    [JsFact]
    public async Task We_get_a_mebibyte_back_from_the_echo_of_js()
    {
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();

        await using Libp2pStream stream = await ours.OpenStreamAsync(Multiaddr.Parse(js.Address), Echo.Protocol, Deadline);

        await Echo.AssertAsync(stream, 1 << 20, Deadline);
    }

    [JsFact]
    public async Task We_use_a_hundred_streams_at_once()
    {
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();
        Libp2pConnection connection = await ours.ConnectAsync(Multiaddr.Parse(js.Address), Deadline);
        await js.WaitAsync("connect"); // Before that, js drops a connection on which more than ten streams are opened.

        await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            await using Libp2pStream stream = await connection.OpenStreamAsync([Echo.Protocol], Deadline);
            await Echo.AssertAsync(stream, 50_000, Deadline);
        }));

        Assert.Empty(js.Events("streamError"));

        Assert.Single(js.Events("connect"));
    }

    [JsFact]
    public async Task We_upload_and_download_256_MiB()
    {
        const long Bytes = 256L << 20;
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();
        PeerId peer = (await ours.ConnectAsync(Multiaddr.Parse(js.Address), Deadline)).RemotePeer;

        PerfResult result = await Perf.MeasureAsync(ours, peer, Bytes, Bytes, cancellationToken: Deadline);

        Assert.Equal(Bytes, result.Uploaded);
        Assert.Equal(Bytes, result.Downloaded);
    }

    [JsFact]
    public async Task Js_answers_after_we_have_closed_our_direction()
    {
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();
        byte[] sent = RandomNumberGenerator.GetBytes(700_000);

        await using Libp2pStream stream = await ours.OpenStreamAsync(Multiaddr.Parse(js.Address), "/test/digest", Deadline);
        await stream.WriteAsync(sent, Deadline);
        await stream.CompleteWritesAsync(Deadline);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, Deadline);

        Assert.Equal($"700000 {Convert.ToHexStringLower(SHA256.HashData(sent))}", Encoding.UTF8.GetString(answer.ToArray()));
    }

    [JsFact]
    public async Task A_reset_by_js_fails_our_read()
    {
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();

        await using Libp2pStream stream = await ours.OpenStreamAsync(Multiaddr.Parse(js.Address), "/test/reset", Deadline);
        await stream.WriteAsync("hello"u8.ToArray(), Deadline);

        await Assert.ThrowsAsync<StreamResetException>(async () => await stream.ReadExactlyAsync(new byte[1], Deadline));
    }

    [JsFact]
    public async Task Js_sees_our_close_and_our_abort_as_what_they_are()
    {
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();

        await using (Libp2pStream closed = await ours.OpenStreamAsync(Multiaddr.Parse(js.Address), "/test/watch", Deadline))
        {
            await closed.WriteAsync(new byte[300_000], Deadline);
        }

        JsonElement close = await js.WaitAsync("watched", e => e.GetProperty("end").ValueEquals("closed"));
        Assert.Equal(300_000, close.GetProperty("bytes").GetInt32());

        Libp2pStream aborted = await ours.OpenStreamAsync(Multiaddr.Parse(js.Address), "/test/watch", Deadline);
        await aborted.WriteAsync(new byte[10], Deadline);
        await aborted.ReadExactlyAsync(new byte[1], Deadline); // Before that, js has not asked anybody to watch.
        aborted.Abort();
        await js.WaitAsync("watched", e => e.GetProperty("end").ValueEquals("reset"));
    }

    [JsFact]
    public async Task A_protocol_that_js_does_not_speak_is_a_clear_error()
    {
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();

        ProtocolNotSupportedException error = await Assert.ThrowsAsync<ProtocolNotSupportedException>(
            () => ours.OpenStreamAsync(Multiaddr.Parse(js.Address), "/nobody/speaks/this", Deadline));

        Assert.Contains("/nobody/speaks/this", error.Message, StringComparison.Ordinal);
    }

    [JsFact]
    public async Task Js_under_a_wrong_peer_id_is_refused()
    {
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();
        using var other = PrivateKey.Generate();

        string wrong = js.Address.Replace(js.Id, other.PeerId.ToString(), StringComparison.Ordinal);

        await Assert.ThrowsAsync<PeerIdentityException>(() => ours.ConnectAsync(Multiaddr.Parse(wrong), Deadline));
        Assert.Empty(ours.Connections);
    }

    [JsFact]
    public async Task A_second_stream_uses_the_connection_there_is()
    {
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();

        await using Libp2pStream first = await ours.OpenStreamAsync(Multiaddr.Parse(js.Address), Echo.Protocol, Deadline);
        await using Libp2pStream second = await ours.OpenStreamAsync(PeerId.Parse(js.Id), Echo.Protocol, Deadline);

        Assert.Same(first.Connection, second.Connection);
        Assert.Single(js.Events("connect"));
    }

    [JsFact]
    public async Task Js_hears_our_goodbye()
    {
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();
        await ours.ConnectAsync(Multiaddr.Parse(js.Address), Deadline);
        await js.WaitAsync("connect");

        await ours.DisconnectAsync(PeerId.Parse(js.Id));

        await js.WaitAsync("disconnect", e => e.GetProperty("peer").ValueEquals(ours.Id.ToString()));
        Assert.Empty(ours.ConnectedPeers);
    }

    [JsFact]
    public async Task An_address_where_nobody_listens_is_a_clear_error()
    {
        JsPeer js = await StartJsAsync();
        string address = js.Address;
        await js.DisposeAsync();
        Libp2pNode ours = await StartOursAsync();

        DialException error = await Assert.ThrowsAsync<DialException>(() => ours.ConnectAsync(Multiaddr.Parse(address), Deadline));

        Assert.Contains("/tcp/", error.Message, StringComparison.Ordinal);
    }
}
