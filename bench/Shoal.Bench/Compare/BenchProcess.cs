using System.Diagnostics;
using System.Text.Json;
using Shoal.InteropTests;

namespace Shoal.Bench.Compare;

/// <summary>A measuring program in a process of its own (see <see cref="MeasuringProgram"/>).</summary>
internal sealed class BenchProcess : IAsyncDisposable
{
    /// <summary>Longest time for one answer. A measurement takes seconds.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private bool _isDisposed;

    private BenchProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Where the listener is that this process runs; empty for other programs.</summary>
    internal string Address { get; private set; } = "";

    /// <summary>Processor time used so far, by all of its threads.</summary>
    internal TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts one of our own sub-commands.</summary>
    internal static BenchProcess StartOurs(params string[] arguments) =>
        Start("dotnet", [typeof(BenchProcess).Assembly.Location, .. arguments]);

    /// <summary>Starts one of the programs of <c>bench/js</c>.</summary>
    internal static BenchProcess StartJs(string program, params string[] arguments) =>
        Start("node", ["--no-warnings", "--expose-gc", Path.Combine(Checkout.Root, "bench", "js", program), .. arguments]);

    /// <summary>Waits for a listener's first line, which says its address.</summary>
    internal async Task<BenchProcess> ReadAddressAsync()
    {
        Address = JsonElement.Parse(await ReadLineAsync().ConfigureAwait(false)).GetProperty("address").GetString()!;
        return this;
    }

    /// <summary>Has it measure once.</summary>
    /// <exception cref="BenchException">It failed, or lost something.</exception>
    internal async Task<Measurement> MeasureAsync(string line = "")
    {
        await _process.StandardInput.WriteLineAsync(line).ConfigureAwait(false);
        await _process.StandardInput.FlushAsync().ConfigureAwait(false);
        Measurement measurement = JsonSerializer.Deserialize<Measurement>(await ReadLineAsync().ConfigureAwait(false))!;
        if (measurement.Error is { } error) throw new BenchException(error);
        if (measurement.Lost > 0) throw new BenchException($"{measurement.Lost} messages were lost");
        return measurement;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(3)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }

        _process.Dispose();
    }

    private static BenchProcess Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new BenchProcess(Process.Start(start)!);
    }

    private async Task<string> ReadLineAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(AnswerTimeout).ConfigureAwait(false);
        return line ?? throw new BenchException($"{_process.StartInfo.ArgumentList[^1]} ended: {await _errors.ConfigureAwait(false)}");
    }
}
