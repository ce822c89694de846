using System.CommandLine;
using Shoal.Cli.Commands;
using Shoal.Libp2p;

namespace Shoal.Cli.Hosting;

/// <summary>The options of every command that runs a node for a while.</summary>
internal sealed class NodeFlags
{
    private readonly Option<Multiaddr[]> _listen = Flags.Addresses("--listen", "Address to listen on; may be repeated [default: any free TCP port]");
    private readonly Option<Multiaddr[]> _connect = Flags.Addresses("--connect", "Peer to connect to, and again when it is lost; may be repeated");
    private readonly Option<Multiaddr[]> _bootstrap = Flags.Addresses("--bootstrap", "Peer to meet others through, quietly kept; may be repeated");
    private readonly Option<string?> _identity = Flags.Identity();
    private readonly Option<bool> _noMdns = new("--no-mdns") { Description = "Do not look for peers on the local network" };

    internal void AddTo(Command command)
    {
        command.Options.Add(_listen);
        command.Options.Add(_connect);
        command.Options.Add(_bootstrap);
        command.Options.Add(_identity);
        command.Options.Add(_noMdns);
    }

    internal NodeSettings Read(ParseResult parse) => new()
    {
        Listen = parse.GetValue(_listen) ?? [],
        Connect = parse.GetValue(_connect) ?? [],
        Bootstrap = parse.GetValue(_bootstrap) ?? [],
        IdentityFile = parse.GetValue(_identity),
        Mdns = !parse.GetValue(_noMdns),
        Trace = parse.GetValue(Flags.Trace),
    };
}

/// <summary>What a node of the command is started with.</summary>
internal sealed record NodeSettings
{
    /// <summary>Empty: any free TCP port, over IPv4 and, where there is one, IPv6.</summary>
    internal IReadOnlyList<Multiaddr> Listen { get; init; } = [];

    internal IReadOnlyList<Multiaddr> Connect { get; init; } = [];

    internal IReadOnlyList<Multiaddr> Bootstrap { get; init; } = [];

    internal string? IdentityFile { get; init; }

    internal bool Mdns { get; init; }

    internal bool Trace { get; init; }
}
