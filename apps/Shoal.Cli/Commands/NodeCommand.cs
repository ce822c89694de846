using System.Collections.Concurrent;
using System.CommandLine;
using System.Text.Json;
using Shoal.Chat.Text;
using Shoal.Cli.Hosting;
using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;

namespace Shoal.Cli.Commands;

/// <summary><c>shoal node</c>.</summary>
internal sealed class NodeCommand : ShoalCommand
{
    /// <summary>Sends back what comes, until the other side ends.</summary>
    private const string EchoProtocol = "/echo/1.0.0";

    /// <summary>Discovered peers that are remembered as printed.</summary>
    private const int MaxPrinted = 1000;

    private readonly Option<bool> _json = Flags.Json();
    private readonly NodeFlags _node = new();

    internal NodeCommand(CliConsole console)
        : base(console, "node", "Run a node that serves identify, ping, perf and echo, until Ctrl-C",
            "shoal node                                            find peers on this network",
            "shoal node --listen /ip4/0.0.0.0/tcp/4001 --identity node.key --json")
    {
        Options.Add(_json);
        _node.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        NodeSettings settings = _node.Read(parse);
        bool json = parse.GetValue(_json);
        await using RunningNode running = await RunningNode.StartAsync(settings, Console.Error.WriteLine, cancellationToken);
        Libp2pNode node = running.Node;
        Perf.Serve(node);
        node.Handle(EchoProtocol, EchoAsync);
        foreach (Multiaddr address in node.Addresses)
            Print(json, "listening", $"listening on {address}", w => w.WriteString("address", address.ToString()));
        Watch(node, json);
        running.Meet(settings, Console.Error.WriteLine);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCode.Done;
    }

    private static async Task EchoAsync(Libp2pStream stream, CancellationToken cancellationToken)
    {
        await stream.CopyToAsync(stream, cancellationToken);
        await stream.CompleteWritesAsync(cancellationToken);
    }

    private void Watch(Libp2pNode node, bool json)
    {
        node.PeerConnected += connection => Print(
            json, "connected", $"connected {(connection.Direction == Direction.Inbound ? "from" : "to")} {connection.RemotePeer} at {connection.RemoteAddress}", w =>
            {
                w.WriteString("peer", connection.RemotePeer.ToString());
                w.WriteString("address", connection.RemoteAddress.ToString());
                w.WriteString("direction", connection.Direction == Direction.Inbound ? "inbound" : "outbound");
                w.WriteString("security", connection.Security);
                w.WriteString("muxer", connection.Muxer);
            });
        node.PeerDisconnected += peer => Print(json, "disconnected", $"disconnected {peer}", w => w.WriteString("peer", peer.ToString()));
        node.PeerIdentified += (peer, info) => Print(json, "identified", $"identified {peer} as {info.AgentVersion}", w =>
        {
            w.WriteString("peer", peer.ToString());
            w.WriteString("agentVersion", SafeText.OneLine(info.AgentVersion));
            JsonLine.WriteTexts(w, "protocols", info.Protocols.Select(SafeText.OneLine));
        });
        var printed = new ConcurrentDictionary<PeerId, bool>();
        node.PeerDiscovered += (peer, addresses) =>
        {
            // It is announced again every few seconds; once is enough.
            if (printed.Count >= MaxPrinted || !printed.TryAdd(peer, true)) return;
            Print(json, "discovered", $"discovered {peer} at {string.Join(", ", addresses)}", w =>
            {
                w.WriteString("peer", peer.ToString());
                JsonLine.WriteTexts(w, "addresses", addresses);
            });
        };
    }

    private void Print(bool json, string name, string text, Action<Utf8JsonWriter> members) => Console.Out.WriteLine(json
        ? JsonLine.Write(w =>
        {
            w.WriteString("event", name);
            members(w);
        })
        : SafeText.OneLine(text));
}
