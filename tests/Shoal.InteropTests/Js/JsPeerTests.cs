namespace Shoal.InteropTests.Js;

/// <summary>The foreign peer itself: when these fail, the fault is not ours.</summary>
[Collection(ForeignProcesses.Name)]
public sealed class JsPeerTests
{
    [JsFact]
    public async Task Two_js_peers_echo_and_ping_each_other()
    {
        await using JsPeer listener = await JsPeer.StartAsync(new { seed = 1 });
        await using JsPeer dialer = await JsPeer.StartAsync(new { listen = Array.Empty<string>() });

        await dialer.CallAsync("echo", new { addr = listener.Address, bytes = 100_000 });
        await dialer.CallAsync("ping", new { addr = listener.Address, n = 2 });

        Assert.Equal("inbound", (await listener.WaitAsync("connect", e => e.GetProperty("peer").ValueEquals(dialer.Id))).GetProperty("direction").GetString());
        await listener.WaitAsync("identify");
    }

    [JsFact]
    public async Task A_failing_command_gives_the_error_of_js_libp2p()
    {
        await using JsPeer listener = await JsPeer.StartAsync();
        await using JsPeer dialer = await JsPeer.StartAsync();

        JsPeerException error = await Assert.ThrowsAsync<JsPeerException>(
            () => dialer.CallAsync("ask", new { addr = listener.Address, protocol = "/nobody/speaks/this", text = "x" }));

        Assert.Equal("UnsupportedProtocolError", error.Name);
    }

    [JsFact]
    public async Task A_js_peer_without_early_muxer_negotiation_still_reaches_one_that_has_it()
    {
        await using JsPeer listener = await JsPeer.StartAsync();
        await using JsPeer dialer = await JsPeer.StartAsync(new { earlyMuxer = false });

        await dialer.CallAsync("echo", new { addr = listener.Address, bytes = 10 });
    }
}
