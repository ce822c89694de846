using System.Net;
using System.Net.Sockets;
using System.Text;
using Shoal.Libp2p.Discovery.Dns;

namespace Shoal.Libp2p.Transports;

/// <summary>Settings of a <see cref="SystemAddressResolver"/>. Every property states its unit and default.</summary>
internal sealed record AddressResolverOptions
{
    /// <summary>How deep <c>/dnsaddr</c> may lead to <c>/dnsaddr</c>. Default: 4 (as go-libp2p); the public bootstrap list needs 2.</summary>
    public int MaxDepth { get; init; } = 4;

    /// <summary>Addresses that one address may stand for; more are left out. Default: 100 (as go-libp2p).</summary>
    public int MaxAddresses { get; init; } = 100;

    /// <summary>Names looked up for one address. Default: 100.</summary>
    public int MaxLookups { get; init; } = 100;

    /// <summary>Name servers that are asked for <c>/dnsaddr</c>. Default: null, the system's.</summary>
    public IReadOnlyList<IPEndPoint>? NameServers { get; init; }

    /// <summary>How long a name server may take for one answer. Default: 2 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Looks up the IP addresses of a host name. Default: the system's resolver.</summary>
    public Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>> HostLookup { get; init; } = System.Net.Dns.GetHostAddressesAsync;
}

/// <summary>
/// Resolves names by the system's resolver, and <c>/dnsaddr</c> by TXT records of <c>_dnsaddr.name</c>
/// (libp2p specification, addressing).
/// </summary>
/// <remarks>
/// Only a name at an address's start is resolved: what follows a <c>/p2p-circuit</c> is the relay's to look up. An entry
/// that cannot be looked up is left out as long as another one can.
/// </remarks>
internal sealed class SystemAddressResolver(AddressResolverOptions options, TimeProvider time) : IAddressResolver
{
    private readonly DnsClient _client = new(new DnsClientOptions { Servers = options.NameServers, Timeout = options.Timeout }, time);

    /// <summary>A resolver with the default settings on the system's clock.</summary>
    internal SystemAddressResolver()
        : this(new AddressResolverOptions(), TimeProvider.System)
    {
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Multiaddr>> ResolveAsync(Multiaddr address, CancellationToken cancellationToken)
    {
        var search = new Search(options, _client);
        await search.AddAsync(address, 0, cancellationToken).ConfigureAwait(false);
        if (search.Found.Count == 0 && search.FirstFailure is { } failure) throw failure;
        return search.Found;
    }

    /// <summary>One resolution: what was found so far and what may still be asked.</summary>
    private sealed class Search(AddressResolverOptions options, DnsClient client)
    {
        private int _lookups;

        internal List<Multiaddr> Found { get; } = [];

        internal Libp2pException? FirstFailure { get; private set; }

        internal async Task AddAsync(Multiaddr address, int depth, CancellationToken cancellationToken)
        {
            if (Found.Count >= options.MaxAddresses) return;
            IReadOnlyList<MultiaddrPart> parts = address.Parts;
            bool isName = parts.Count > 0 && parts[0].Protocol is "dns" or "dns4" or "dns6" or "dnsaddr";
            if (!isName)
            {
                if (!Found.Contains(address)) Found.Add(address);
                return;
            }

            try
            {
                if (_lookups++ >= options.MaxLookups) throw new LimitExceededException($"cannot resolve {address}: it leads to more than {options.MaxLookups} names");
                if (parts[0].Protocol == "dnsaddr") await AddEntriesAsync(address, depth, cancellationToken).ConfigureAwait(false);
                else await AddHostAsync(parts, cancellationToken).ConfigureAwait(false);
            }
            catch (Libp2pException e)
            {
                FirstFailure ??= e;
            }
        }

        private async Task AddHostAsync(IReadOnlyList<MultiaddrPart> parts, CancellationToken cancellationToken)
        {
            AddressFamily family = parts[0].Protocol switch
            {
                "dns4" => AddressFamily.InterNetwork,
                "dns6" => AddressFamily.InterNetworkV6,
                _ => AddressFamily.Unspecified,
            };
            string rest = ToText(parts.Skip(1));
            foreach (IPAddress ip in await LookUpAsync(parts[0].Value, family, cancellationToken).ConfigureAwait(false))
            {
                bool isIPv4 = ip.AddressFamily == AddressFamily.InterNetwork;
                bool isWanted = family == AddressFamily.Unspecified || family == ip.AddressFamily;
                string text = isIPv4 ? $"/ip4/{ip}{rest}" : $"/ip6/{new IPAddress(ip.GetAddressBytes())}{rest}"; // Without scope.
                if (isWanted && Found.Count < options.MaxAddresses && Multiaddr.TryParse(text, null, out Multiaddr? resolved) && !Found.Contains(resolved)) Found.Add(resolved);
            }
        }

        private async Task<IPAddress[]> LookUpAsync(string host, AddressFamily family, CancellationToken cancellationToken)
        {
            try
            {
                return await options.HostLookup(host, family, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.NoData)
            {
                return [];
            }
            catch (Exception e) when (e is SocketException or ArgumentException)
            {
                throw new Libp2pException($"cannot look up {host}: {e.Message}", e);
            }
        }

        private async Task AddEntriesAsync(Multiaddr address, int depth, CancellationToken cancellationToken)
        {
            if (depth >= options.MaxDepth) throw new LimitExceededException($"cannot resolve {address}: it lies more than {options.MaxDepth} names deep");
            IReadOnlyList<MultiaddrPart> parts = address.Parts;
            if (!DnsName.TryParse("_dnsaddr." + parts[0].Value, out DnsName? name)) throw new Libp2pException($"cannot resolve {address}: '{parts[0].Value}' is not a domain name");

            // What must be at each entry's end, and what comes behind it by way of a relay.
            List<MultiaddrPart> suffix = [.. parts.Skip(1).TakeWhile(p => p.Protocol != "p2p-circuit")];
            string tail = ToText(parts.Skip(1 + suffix.Count));
            foreach (byte[] text in await client.GetTextsAsync(name, cancellationToken).ConfigureAwait(false))
            {
                if (!text.AsSpan().StartsWith("dnsaddr="u8)) continue;
                string entry = Encoding.UTF8.GetString(text.AsSpan("dnsaddr=".Length));
                if (!Multiaddr.TryParse(entry, null, out Multiaddr? parsed) || !parsed.Parts.TakeLast(suffix.Count).SequenceEqual(suffix)) continue;
                if (Multiaddr.TryParse(entry + tail, null, out Multiaddr? whole)) await AddAsync(whole, depth + 1, cancellationToken).ConfigureAwait(false);
            }
        }

        private static string ToText(IEnumerable<MultiaddrPart> parts) =>
            string.Concat(parts.Select(p => p.Value.Length == 0 ? "/" + p.Protocol : $"/{p.Protocol}/{p.Value}"));
    }
}
