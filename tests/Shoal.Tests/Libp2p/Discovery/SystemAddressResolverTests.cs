using System.Net;
using System.Net.Sockets;
using Shoal.Libp2p;
using Shoal.Libp2p.Discovery.Dns;
using Shoal.Libp2p.Transports;

namespace Shoal.Tests.Libp2p.Discovery;

public class SystemAddressResolverTests
{
    private static readonly string First = MdnsCoreTests.Peer(1).ToString();
    private static readonly string Second = MdnsCoreTests.Peer(2).ToString();

    [Theory]
    [InlineData("/ip4/1.2.3.4/tcp/1")]
    [InlineData("/memory/1")]
    [InlineData("/ip4/1.2.3.4/tcp/1/p2p-circuit/dns4/example.test/tcp/1")]
    public async Task An_address_without_a_name_at_its_start_stands_for_itself(string address) =>
        Assert.Equal([address], await ResolveAsync(new AddressResolverOptions { HostLookup = NoHosts }, address));

    [Theory]
    [InlineData("/dns/host.test/tcp/1/ws", "/ip4/10.0.0.1/tcp/1/ws", "/ip6/fd00::1/tcp/1/ws")]
    [InlineData("/dns4/host.test/tcp/1", "/ip4/10.0.0.1/tcp/1")]
    [InlineData("/dns6/host.test/tcp/1", "/ip6/fd00::1/tcp/1")]
    [InlineData("/dns6/scoped.test/tcp/1", "/ip6/fe80::1/tcp/1")]
    [InlineData("/dns4/empty.test/tcp/1")]
    public async Task Host_names_give_addresses_of_the_family_asked_for(string address, params string[] expected) =>
        Assert.Equal(expected, await ResolveAsync(new AddressResolverOptions { HostLookup = Hosts }, address));

    [Fact]
    public async Task A_host_that_cannot_be_looked_up_is_an_error_that_names_it()
    {
        var error = await Assert.ThrowsAsync<Libp2pException>(() => ResolveAsync(new AddressResolverOptions { HostLookup = Hosts }, "/dns4/broken.test/tcp/1"));
        Assert.Contains("broken.test", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_systems_resolver_knows_localhost() =>
        Assert.Contains("/ip4/127.0.0.1/tcp/1", await ResolveAsync(new AddressResolverOptions(), "/dns4/localhost/tcp/1"));

    [Fact]
    public async Task Dnsaddr_gives_its_entries_and_those_of_the_names_they_lead_to()
    {
        string[] found = await ResolveAsync(
            new Dictionary<string, string[]>
            {
                ["_dnsaddr.boot.test"] = [$"dnsaddr=/dnsaddr/one.test/p2p/{First}", $"dnsaddr=/ip4/10.0.0.2/tcp/1/p2p/{Second}", "v=spf1", "dnsaddr=nonsense"],
                ["_dnsaddr.one.test"] = [$"dnsaddr=/dns4/host.test/tcp/1/p2p/{First}", $"dnsaddr=/ip6/fd00::9/tcp/1/p2p/{First}", $"dnsaddr=/ip4/10.0.0.9/tcp/1/p2p/{Second}"],
            },
            "/dnsaddr/boot.test");
        Assert.Equal([$"/ip4/10.0.0.1/tcp/1/p2p/{First}", $"/ip6/fd00::9/tcp/1/p2p/{First}", $"/ip4/10.0.0.2/tcp/1/p2p/{Second}"], found);
    }

    [Fact]
    public async Task Only_entries_that_end_in_the_peer_asked_for_are_kept()
    {
        Dictionary<string, string[]> texts = new() { ["_dnsaddr.boot.test"] = [$"dnsaddr=/ip4/10.0.0.1/tcp/1/p2p/{First}", $"dnsaddr=/ip4/10.0.0.2/tcp/1/p2p/{Second}", "dnsaddr=/ip4/10.0.0.3/tcp/1"] };
        Assert.Equal([$"/ip4/10.0.0.2/tcp/1/p2p/{Second}"], await ResolveAsync(texts, $"/dnsaddr/boot.test/p2p/{Second}"));
        Assert.Equal([$"/ip4/10.0.0.2/tcp/1/p2p/{Second}/p2p-circuit/p2p/{First}"], await ResolveAsync(texts, $"/dnsaddr/boot.test/p2p/{Second}/p2p-circuit/p2p/{First}"));
    }

    [Fact]
    public async Task A_name_without_entries_gives_nothing() => Assert.Empty(await ResolveAsync(new Dictionary<string, string[]>(), "/dnsaddr/boot.test"));

    [Fact]
    public async Task Names_that_lead_in_circles_end_at_the_depth_limit()
    {
        Dictionary<string, string[]> texts = new() { ["_dnsaddr.a.test"] = ["dnsaddr=/dnsaddr/b.test"], ["_dnsaddr.b.test"] = ["dnsaddr=/dnsaddr/a.test", "dnsaddr=/ip4/10.0.0.1/tcp/1"] };
        Assert.Equal(["/ip4/10.0.0.1/tcp/1"], await ResolveAsync(texts, "/dnsaddr/a.test"));
        texts["_dnsaddr.b.test"] = ["dnsaddr=/dnsaddr/a.test"];
        await Assert.ThrowsAsync<LimitExceededException>(() => ResolveAsync(texts, "/dnsaddr/a.test"));
    }

    [Fact]
    public async Task Names_that_lead_to_ever_more_names_end_at_the_lookup_limit()
    {
        Dictionary<string, string[]> texts = new() { ["_dnsaddr.a.test"] = [.. Enumerable.Range(0, 20).Select(i => $"dnsaddr=/dnsaddr/a.test/tcp/{i}"), .. Enumerable.Repeat("dnsaddr=/dnsaddr/a.test", 20)] };
        await using var server = FakeNameServer.WithTexts(texts);
        await Assert.ThrowsAsync<LimitExceededException>(
            () => ResolveAsync(new AddressResolverOptions { NameServers = [server.EndPoint], MaxLookups = 30 }, "/dnsaddr/a.test"));
        Assert.InRange(server.Datagrams, 1, 30);
    }

    [Fact]
    public async Task No_more_addresses_are_taken_than_allowed()
    {
        Dictionary<string, string[]> texts = new() { ["_dnsaddr.a.test"] = [.. Enumerable.Range(1, 30).Select(i => $"dnsaddr=/ip4/10.0.0.{i}/tcp/1")] };
        await using var server = FakeNameServer.WithTexts(texts);
        Assert.Equal(5, (await ResolveAsync(new AddressResolverOptions { NameServers = [server.EndPoint], MaxAddresses = 5 }, "/dnsaddr/a.test")).Length);
    }

    [Fact]
    public async Task A_silent_name_server_is_an_error()
    {
        await using var silent = new FakeNameServer(_ => []);
        await Assert.ThrowsAsync<Libp2pException>(
            () => ResolveAsync(new AddressResolverOptions { NameServers = [silent.EndPoint], Timeout = TimeSpan.FromMilliseconds(30) }, "/dnsaddr/a.test"));
    }

    private static async Task<string[]> ResolveAsync(Dictionary<string, string[]> texts, string address)
    {
        await using var server = FakeNameServer.WithTexts(texts);
        return await ResolveAsync(new AddressResolverOptions { NameServers = [server.EndPoint], HostLookup = Hosts }, address);
    }

    private static async Task<string[]> ResolveAsync(AddressResolverOptions options, string address)
    {
        var resolver = new SystemAddressResolver(options, TimeProvider.System);
        return [.. (await resolver.ResolveAsync(Multiaddr.Parse(address), default)).Select(a => a.ToString())];
    }

    private static Task<IPAddress[]> NoHosts(string host, AddressFamily family, CancellationToken cancellationToken) => throw new InvalidOperationException("nobody asked for " + host);

    private static Task<IPAddress[]> Hosts(string host, AddressFamily family, CancellationToken cancellationToken) => host switch
    {
        "host.test" => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::1"), IPAddress.Parse("10.0.0.1")]),
        "scoped.test" => Task.FromResult<IPAddress[]>([IPAddress.Parse("fe80::1%3")]),
        "empty.test" => throw new SocketException((int)SocketError.NoData),
        _ => throw new SocketException((int)SocketError.HostNotFound),
    };
}
