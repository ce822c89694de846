using System.CommandLine;
using System.Globalization;
using Shoal.Cli.Hosting;
using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;
using Shoal.Net;
using Spectre.Console;

namespace Shoal.Cli.Commands;

/// <summary><c>shoal perf</c>.</summary>
internal sealed class PerfCommand : ShoalCommand
{
    /// <summary>Bytes each way when nothing is said.</summary>
    private const long DefaultBytes = 100_000_000;

    private readonly Argument<Multiaddr> _address = Flags.Address();
    private readonly Option<long?> _upload = Flags.Bytes("--upload", "Bytes to send, as in 256M or 1Gi [default: 100M, or none when only --download is given]");
    private readonly Option<long?> _download = Flags.Bytes("--download", "Bytes to receive [default: 100M, or none when only --upload is given]");
    private readonly Option<bool> _json = Flags.Json();

    internal PerfCommand(CliConsole console)
        : base(console, "perf", "Measure the throughput of one stream to a peer (/perf/1.0.0)",
            "shoal perf /ip4/127.0.0.1/tcp/4001",
            "shoal perf /ip4/127.0.0.1/tcp/4001 --upload 256M --download 256M --json")
    {
        Arguments.Add(_address);
        Options.Add(_upload);
        Options.Add(_download);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        Multiaddr address = parse.GetRequiredValue(_address);
        (long? upload, long? download) = (parse.GetValue(_upload), parse.GetValue(_download));
        if (upload is null && download is null) upload = download = DefaultBytes;
        bool json = parse.GetValue(_json);
        await using PeerVisit visit = await PeerVisit.ConnectAsync(address, parse.GetValue(Flags.Trace), Console, cancellationToken);
        try
        {
            PerfResult result = Console.ErrorIsTerminal && !json
                ? await MeasureOnScreenAsync(visit, upload ?? 0, download ?? 0, cancellationToken)
                : await Perf.MeasureAsync(visit.Node, visit.Peer, upload ?? 0, download ?? 0, null, cancellationToken);
            Print(result, json);
            return ExitCode.Done;
        }
        catch (ProtocolNotSupportedException e)
        {
            throw new CliException($"cannot measure {address}: the peer does not serve {Perf.Protocol}; `shoal node` does", e);
        }
        catch (ShoalException e)
        {
            throw new CliException($"cannot measure {address}: {e.Message}; try again, or with fewer bytes", e);
        }
    }

    private async Task<PerfResult> MeasureOnScreenAsync(PeerVisit visit, long upload, long download, CancellationToken cancellationToken)
    {
        IAnsiConsole screen = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Error),
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            ColorSystem = Console.Colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        return await screen.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn())
            .StartAsync(context =>
            {
                ProgressTask? up = upload > 0 ? context.AddTask("upload", maxValue: upload) : null;
                ProgressTask? down = download > 0 ? context.AddTask("download", maxValue: download) : null;
                return Perf.MeasureAsync(visit.Node, visit.Peer, upload, download, new Bars(up, down), cancellationToken);
            });
    }

    private void Print(PerfResult result, bool json)
    {
        double up = MegabytesPerSecond(result.Uploaded, result.UploadTime), down = MegabytesPerSecond(result.Downloaded, result.DownloadTime);
        if (json)
        {
            Console.Out.WriteLine(JsonLine.Write(w =>
            {
                w.WriteNumber("uploadBytes", result.Uploaded);
                w.WriteNumber("uploadSeconds", result.UploadTime.TotalSeconds);
                w.WriteNumber("uploadMBps", Math.Round(up, 3));
                w.WriteNumber("downloadBytes", result.Downloaded);
                w.WriteNumber("downloadSeconds", result.DownloadTime.TotalSeconds);
                w.WriteNumber("downloadMBps", Math.Round(down, 3));
            }));
            return;
        }

        PrintRow("upload", result.Uploaded, result.UploadTime, up);
        PrintRow("download", result.Downloaded, result.DownloadTime, down);
    }

    private void PrintRow(string name, long bytes, TimeSpan time, double rate)
    {
        if (bytes > 0)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-9} {bytes} bytes in {time.TotalSeconds:0.000} s: {rate:0.0} MB/s"));
    }

    private static double MegabytesPerSecond(long bytes, TimeSpan time) => bytes == 0 || time <= TimeSpan.Zero ? 0 : bytes / time.TotalSeconds / 1e6;

    private sealed class Bars(ProgressTask? up, ProgressTask? down) : IProgress<PerfProgress>
    {
        public void Report(PerfProgress value)
        {
            up?.Value(value.Uploaded);
            down?.Value(value.Downloaded);
        }
    }
}
