using System.CommandLine;
using System.Globalization;
using Shoal.Cli.Hosting;
using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;
using Shoal.Net;

namespace Shoal.Cli.Commands;

/// <summary><c>shoal ping</c>.</summary>
internal sealed class PingCommand : ShoalCommand
{
    /// <summary>Silence after which a peer is said not to answer.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private const int DefaultCount = 5;

    /// <summary>In milliseconds.</summary>
    private const int DefaultInterval = 200;

    private readonly Argument<Multiaddr> _address = Flags.Address();
    private readonly Option<int?> _count = Flags.Number("-n", "--count", 1, "N", "How many round trips [default: 5]");
    private readonly Option<int?> _interval = Flags.Number("--interval", null, 0, "MS", "Milliseconds between two [default: 200]");
    private readonly Option<bool> _json = Flags.Json();

    internal PingCommand(CliConsole console)
        : base(console, "ping", "Measure round trips to a peer",
            "shoal ping /ip4/127.0.0.1/tcp/4001",
            "shoal ping /dns4/example.org/tcp/4001 -n 100 --interval 0 --json")
    {
        Arguments.Add(_address);
        Options.Add(_count);
        Options.Add(_interval);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        Multiaddr address = parse.GetRequiredValue(_address);
        int count = parse.GetValue(_count) ?? DefaultCount;
        bool json = parse.GetValue(_json);
        await using PeerVisit visit = await PeerVisit.ConnectAsync(address, parse.GetValue(Flags.Trace), Console, cancellationToken);
        List<double> times = [];
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            silence.CancelAfter(AnswerTimeout);
            await foreach (TimeSpan time in Ping.PingAsync(visit.Node, visit.Peer, silence.Token))
            {
                silence.CancelAfter(Timeout.InfiniteTimeSpan);
                times.Add(time.TotalMilliseconds);
                PrintOne(visit.Peer, times, json);
                if (times.Count == count) break;
                await Task.Delay(parse.GetValue(_interval) ?? DefaultInterval, cancellationToken);
                silence.CancelAfter(AnswerTimeout);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException($"cannot ping {address}: no answer for {AnswerTimeout.TotalSeconds} s; the peer may be overloaded, try again");
        }
        catch (ShoalException e)
        {
            throw new CliException($"cannot ping {address}: {e.Message}; `shoal identify` says what the peer can do", e);
        }

        if (times.Count < count) throw new CliException($"cannot ping {address} further: the peer ended the stream after {times.Count} of {count}; try again");
        PrintSummary(visit.Peer, times, json);
        return ExitCode.Done;
    }

    private void PrintOne(PeerId peer, List<double> times, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonLine.Write(w =>
            {
                w.WriteNumber("n", times.Count);
                w.WriteNumber("rttMs", Math.Round(times[^1], 3));
            }));
            return;
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times.Count,4}  {times[^1]:0.000} ms  from {peer}"));
    }

    private void PrintSummary(PeerId peer, List<double> times, bool json)
    {
        (double min, double average, double max) = (times.Min(), times.Average(), times.Max());
        if (json)
        {
            Console.Out.WriteLine(JsonLine.Write(w =>
            {
                w.WriteString("peer", peer.ToString());
                w.WriteNumber("count", times.Count);
                w.WriteNumber("minMs", Math.Round(min, 3));
                w.WriteNumber("avgMs", Math.Round(average, 3));
                w.WriteNumber("maxMs", Math.Round(max, 3));
            }));
            return;
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times.Count} {(times.Count == 1 ? "round trip" : "round trips")}: min {min:0.000} ms, average {average:0.000} ms, max {max:0.000} ms"));
    }
}
