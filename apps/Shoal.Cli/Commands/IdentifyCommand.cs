using System.CommandLine;
using Shoal.Chat.Text;
using Shoal.Cli.Hosting;
using Shoal.Libp2p;

namespace Shoal.Cli.Commands;

/// <summary><c>shoal identify</c>.</summary>
internal sealed class IdentifyCommand : ShoalCommand
{
    /// <summary>How long a peer may take to say who it is.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly Argument<Multiaddr> _address = Flags.Address();
    private readonly Option<bool> _json = Flags.Json();

    internal IdentifyCommand(CliConsole console)
        : base(console, "identify", "Ask a peer who it is and what it can do",
            "shoal identify /ip4/127.0.0.1/tcp/4001",
            "shoal identify /ip4/127.0.0.1/tcp/4001 --json")
    {
        Arguments.Add(_address);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        Multiaddr address = parse.GetRequiredValue(_address);
        var told = new TaskCompletionSource<IdentifyInfo>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using PeerVisit visit = await PeerVisit.ConnectAsync(
            address, parse.GetValue(Flags.Trace), Console, cancellationToken, node => node.PeerIdentified += (_, info) => told.TrySetResult(info));
        IdentifyInfo info;
        try
        {
            await Task.WhenAny(told.Task, visit.Connection.Closed).WaitAsync(AnswerTimeout, cancellationToken);
            if (!told.Task.IsCompleted) throw new CliException($"cannot identify {address}: the peer closed the connection; try again");
            info = await told.Task;
        }
        catch (TimeoutException e)
        {
            throw new CliException($"cannot identify {address}: the peer said nothing for {AnswerTimeout.TotalSeconds} s; it may not speak /ipfs/id/1.0.0", e);
        }

        if (parse.GetValue(_json)) PrintJson(visit, info);
        else Print(visit, info);
        return ExitCode.Done;
    }

    private void PrintJson(PeerVisit visit, IdentifyInfo info) => Console.Out.WriteLine(JsonLine.Write(w =>
    {
        w.WriteString("peer", visit.Peer.ToString());
        w.WriteString("keyType", visit.Connection.RemoteKey.Type.ToString());
        w.WriteString("agentVersion", SafeText.OneLine(info.AgentVersion));
        w.WriteString("protocolVersion", SafeText.OneLine(info.ProtocolVersion));
        w.WriteString("security", visit.Connection.Security);
        w.WriteString("muxer", visit.Connection.Muxer);
        JsonLine.WriteTexts(w, "listenAddresses", info.ListenAddresses);
        w.WriteString("observedAddress", info.ObservedAddress?.ToString());
        w.WriteBoolean("signedRecord", info.HasSignedRecord);
        JsonLine.WriteTexts(w, "protocols", info.Protocols.Select(SafeText.OneLine));
    }));

    private void Print(PeerVisit visit, IdentifyInfo info)
    {
        Row("peer", visit.Peer.ToString());
        Row("key", visit.Connection.RemoteKey.Type.ToString());
        Row("agent", info.AgentVersion);
        Row("version", info.ProtocolVersion);
        Row("connection", $"{visit.Connection.RemoteAddress}, {visit.Connection.Security}, {visit.Connection.Muxer}");
        Row("sees us at", info.ObservedAddress?.ToString() ?? "(not said)");
        Row("listens on", info.ListenAddresses.Select(a => a.ToString()));
        Row("record", info.HasSignedRecord ? "signed" : "not signed");
        Row("speaks", info.Protocols.Order(StringComparer.Ordinal));
    }

    private void Row(string name, string value) => Console.Out.WriteLine($"{name,-12}{SafeText.OneLine(value)}");

    private void Row(string name, IEnumerable<string> values)
    {
        foreach (string value in values.DefaultIfEmpty("(nothing)"))
        {
            Row(name, value);
            name = "";
        }
    }
}
