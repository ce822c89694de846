using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Shoal.Libp2p.Discovery.Dns;

/// <summary>Finds the name servers that this host uses.</summary>
internal static class DnsServers
{
    /// <summary>Port of a name server (RFC 1035, section 4.2).</summary>
    internal const int Port = 53;

    /// <summary>Most servers taken from the system. Default: 3, as resolv.conf(5).</summary>
    internal const int MaxServers = 3;

    /// <summary>Where Unix systems name them.</summary>
    private const string ConfigurationFile = "/etc/resolv.conf";

    /// <summary>The system's name servers, first choice first; empty when it names none.</summary>
    internal static IReadOnlyList<IPEndPoint> OfSystem()
    {
        List<IPEndPoint> servers = [];
        try
        {
            if (File.Exists(ConfigurationFile)) servers = Parse(File.ReadLines(ConfigurationFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The interfaces may know.
        }

        return servers.Count > 0 ? servers : OfInterfaces();
    }

    /// <summary>The lines <c>nameserver address</c> of a resolv.conf(5).</summary>
    internal static List<IPEndPoint> Parse(IEnumerable<string> lines) =>
    [
        .. lines.Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nameserver", ..] && words.Length > 1)
            .Select(words => IPAddress.TryParse(words[1], out IPAddress? address) ? address : null)
            .OfType<IPAddress>().Take(MaxServers).Select(address => new IPEndPoint(address, Port)),
    ];

    private static List<IPEndPoint> OfInterfaces()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                    .SelectMany(i => i.GetIPProperties().DnsAddresses)
                    .Where(a => a.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
                    .Distinct().Take(MaxServers).Select(address => new IPEndPoint(address, Port)),
            ];
        }
        catch (Exception e) when (e is NetworkInformationException or PlatformNotSupportedException)
        {
            return [];
        }
    }
}
