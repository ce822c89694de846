using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shoal.Libp2p;
using Shoal.Libp2p.Discovery;
using Shoal.Net;

namespace Shoal.Cli.Hosting;

/// <summary>A node as the flags want it, with discovery and the dialer that follows it.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    private readonly PrivateKey? _key;
    private MdnsDiscovery? _mdns;
    private AutoDialer? _dialer;
    private BootstrapDiscovery? _bootstrap;
    private NamedPeers? _named;

    private RunningNode(Libp2pNode node, PrivateKey? key)
    {
        Node = node;
        _key = key;
    }

    internal Libp2pNode Node { get; }

    /// <summary>Completes when every peer that was named was tried once.</summary>
    internal Task FirstAttempts => _named?.FirstAttempts ?? Task.CompletedTask;

    /// <summary>Starts a node that listens.</summary>
    /// <exception cref="CliException">The key file or an address cannot be used.</exception>
    internal static async Task<RunningNode> StartAsync(NodeSettings settings, Action<string> writeError, CancellationToken cancellationToken)
    {
        PrivateKey? key = settings.IdentityFile is { } file ? PrivateKey.LoadOrCreate(file) : null;
        var options = new Libp2pOptions { Key = key, LoggerFactory = Logs(settings.Trace, writeError) };
        Libp2pNode node = settings.Listen.Count > 0
            ? await ListenAsync(options with { Listen = settings.Listen }, cancellationToken)
            : await ListenAnywhereAsync(options, cancellationToken);
        return new RunningNode(node, key);
    }

    /// <summary>Starts a node that only dials, under a new key.</summary>
    internal static async Task<RunningNode> StartDialerAsync(bool trace, CliConsole console, CancellationToken cancellationToken)
    {
        var options = new Libp2pOptions { LoggerFactory = Logs(trace, console.Error.WriteLine) };
        return new RunningNode(await Libp2pNode.StartAsync(options, cancellationToken), null);
    }

    /// <summary>Looks for peers, and keeps the connections that were asked for. Once, when the protocols are in place.</summary>
    internal void Meet(NodeSettings settings, Action<string> notice)
    {
        _dialer = AutoDialer.Start(Node);
        _named = new NamedPeers(Node, settings.Connect, notice);
        if (settings.Bootstrap.Count > 0) _bootstrap = BootstrapDiscovery.Start(Node, settings.Bootstrap);
        if (!settings.Mdns) return;
        try
        {
            _mdns = MdnsDiscovery.Start(Node);
        }
        catch (Exception e) when (e is ShoalException or SocketException)
        {
            notice($"cannot look for peers on this network: {e.Message}; connect by address, or say --no-mdns");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_named is not null) await _named.DisposeAsync();
        if (_bootstrap is not null) await _bootstrap.DisposeAsync();
        if (_dialer is not null) await _dialer.DisposeAsync();
        if (_mdns is not null) await _mdns.DisposeAsync();
        await Node.DisposeAsync();
        _key?.Dispose();
    }

    private static ILoggerFactory Logs(bool trace, Action<string> writeLine) =>
        trace ? new TraceLoggerFactory(writeLine) : NullLoggerFactory.Instance;

    private static async Task<Libp2pNode> ListenAnywhereAsync(Libp2pOptions options, CancellationToken cancellationToken)
    {
        Multiaddr four = Multiaddr.Parse("/ip4/0.0.0.0/tcp/0"), six = Multiaddr.Parse("/ip6/::/tcp/0");
        if (Socket.OSSupportsIPv6)
        {
            try
            {
                return await Libp2pNode.StartAsync(options with { Listen = [four, six] }, cancellationToken);
            }
            catch (NetworkException)
            {
                // IPv6 is there by name only.
            }
        }

        return await ListenAsync(options with { Listen = [four] }, cancellationToken);
    }

    private static async Task<Libp2pNode> ListenAsync(Libp2pOptions options, CancellationToken cancellationToken)
    {
        string addresses = string.Join(", ", options.Listen);
        try
        {
            return await Libp2pNode.StartAsync(options, cancellationToken);
        }
        catch (NetworkException e)
        {
            throw new CliException($"cannot listen on {addresses}: {e.Message}; choose another with --listen, port 0 takes any that is free", e);
        }
        catch (ArgumentException e)
        {
            throw new CliException($"cannot listen on {addresses}: {e.Message}; TCP is spoken here, as in /ip4/0.0.0.0/tcp/4001", e);
        }
    }
}
