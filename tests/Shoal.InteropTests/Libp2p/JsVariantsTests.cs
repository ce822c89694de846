using System.Text.Json;
using Shoal.InteropTests.Js;
using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;
using Xunit.Abstractions;

namespace Shoal.InteropTests.Libp2p;

/// <summary>js peers that differ from the usual one, in both directions.</summary>
[Collection(ForeignProcesses.Name)]
public sealed class JsVariantsTests(ITestOutputHelper output) : NodeTest(output)
{
    [JsTheory]
    [InlineData("RSA", "Qm")]
    [InlineData("secp256k1", "16Uiu2")]
    [InlineData("Ed25519", "12D3Koo")]
    public async Task Every_kind_of_identity_key_that_js_runs_under_is_accepted(string keyType, string idStart)
    {
        JsPeer js = await StartJsAsync(new { keyType });
        Libp2pNode ours = await StartOursAsync();

        Assert.StartsWith(idStart, js.Id, StringComparison.Ordinal);
        await AssertEchoBothWaysAsync(ours, js);
        Assert.Equal(js.Id, ours.Connections.First().RemoteKey.PeerId.ToString());
    }

    [JsTheory]
    [InlineData(KeyType.Rsa)]
    [InlineData(KeyType.Ecdsa)]
    public async Task Js_accepts_the_other_kinds_of_keys_that_we_can_run_under(KeyType keyType)
    {
        using var key = PrivateKey.Generate(keyType);
        Libp2pNode ours = await StartOursAsync(new Libp2pOptions { Key = key, Listen = [Multiaddr.Parse("/ip4/127.0.0.1/tcp/0")], LoggerFactory = Log });
        JsPeer js = await StartJsAsync();

        if (keyType == KeyType.Ecdsa)
        {
            // js-libp2p 3.3 cannot read ECDSA keys: it must refuse, and we must live on.
            await Assert.ThrowsAsync<JsPeerException>(() => js.CallAsync("dial", new { addr = ours.Addresses[0].ToString() }));
            return;
        }

        await js.CallAsync("echo", new { addr = ours.Addresses[0].ToString(), bytes = 1000 });
    }

    [JsFact]
    public async Task Muxer_negotiation_after_the_handshake_works_too()
    {
        JsPeer js = await StartJsAsync(new { earlyMuxer = false });
        Libp2pNode ours = await StartOursAsync();

        await AssertEchoBothWaysAsync(ours, js);
    }

    [JsFact]
    public async Task IPv6_works()
    {
        JsPeer js = await StartJsAsync(new { listen = new[] { "/ip6/::1/tcp/0" } });
        Libp2pNode ours = await StartOursAsync("/ip6/::1/tcp/0");

        Assert.StartsWith("/ip6/::1/tcp/", ours.Addresses[0].ToString(), StringComparison.Ordinal);
        await AssertEchoBothWaysAsync(ours, js);
    }

    [JsFact]
    public async Task A_peer_without_identify_can_still_be_used()
    {
        JsPeer js = await StartJsAsync(new { identify = false });
        Libp2pNode ours = await StartOursAsync();

        await AssertEchoBothWaysAsync(ours, js);
    }

    [JsFact]
    public async Task The_default_limits_of_js_are_respected()
    {
        JsPeer js = await StartJsAsync(new { defaults = true });
        Libp2pNode ours = await StartOursAsync();
        PeerId peer = (await ours.ConnectAsync(Multiaddr.Parse(js.Address), Deadline)).RemotePeer;

        await AssertEchoBothWaysAsync(ours, js);
        for (int round = 0; round < 5; round++)
        {
            // One ping stream at a time is all that js accepts from a peer beside its own.
            await foreach (TimeSpan _ in Ping.PingAsync(ours, peer, Deadline)) break;
        }

        await js.CallAsync("ping", new { addr = ours.Addresses[0].ToString(), n = 3 });
        PerfResult result = await Perf.MeasureAsync(ours, peer, 16 << 20, 16 << 20, cancellationToken: Deadline);
        Assert.Equal(16 << 20, result.Downloaded);
        Assert.Empty(js.Events("disconnect"));
    }

    [JsFact]
    public async Task Both_dial_at_once_and_end_up_connected()
    {
        JsPeer js = await StartJsAsync();
        Libp2pNode ours = await StartOursAsync();

        Task<JsonElement> theirs = js.CallAsync("dial", new { addr = ours.Addresses[0].ToString() });
        Task<Libp2pConnection> mine = ours.ConnectAsync(Multiaddr.Parse(js.Address), Deadline);
        await Task.WhenAll(theirs, mine);

        await AssertEchoBothWaysAsync(ours, js);
        await using Libp2pStream stream = await ours.OpenStreamAsync(PeerId.Parse(js.Id), Echo.Protocol, Deadline);
        await Echo.AssertAsync(stream, 1000, Deadline);
    }

    [JsFact]
    public async Task An_idle_connection_outlives_the_keep_alive_of_both_sides()
    {
        // js and we ping every 30 s; js closes on a wrong answer.
        JsPeer js = await StartJsAsync(new { defaults = true });
        Libp2pNode ours = await StartOursAsync();
        Libp2pConnection connection = await ours.ConnectAsync(Multiaddr.Parse(js.Address), Deadline);

        Task first = await Task.WhenAny(connection.Closed, Task.Delay(TimeSpan.FromSeconds(35), Deadline));

        Assert.NotSame(connection.Closed, first);
        Assert.Empty(js.Events("disconnect"));
        await using Libp2pStream stream = await connection.OpenStreamAsync([Echo.Protocol], Deadline);
        await Echo.AssertAsync(stream, 1000, Deadline);
    }

    private async Task AssertEchoBothWaysAsync(Libp2pNode ours, JsPeer js)
    {
        await using (Libp2pStream stream = await ours.OpenStreamAsync(Multiaddr.Parse(js.Address), Echo.Protocol, Deadline))
        {
            await Echo.AssertAsync(stream, 100_000, Deadline);
        }

        await js.CallAsync("echo", new { addr = ours.Addresses[0].ToString(), bytes = 100_000, force = true });
    }
}
