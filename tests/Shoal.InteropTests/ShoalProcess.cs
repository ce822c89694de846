using System.Diagnostics;

namespace Shoal.InteropTests;

/// <summary>The command <c>shoal</c> in a process of its own, with its input and output redirected, as a script drives it.</summary>
internal sealed class ShoalProcess : IAsyncDisposable
{
    /// <summary>How long a line or the end may take, unless the caller says otherwise.</summary>
    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Task _reading;
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<string> _errors = [];
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Found)> _waiters = [];
    private bool _ended;

    private ShoalProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadLinesAsync(), ReadErrorsAsync());
    }

    /// <summary>Standard output so far.</summary>
    internal IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    /// <summary>Standard error so far.</summary>
    internal IReadOnlyList<string> Errors
    {
        get
        {
            lock (_gate) return [.. _errors];
        }
    }

    /// <summary>Starts the command as it was built beside the tests.</summary>
    internal static ShoalProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "shoal.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new ShoalProcess(Process.Start(start)!);
    }

    /// <summary>Types a line.</summary>
    internal async Task TypeAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ends the input.</summary>
    internal void EndInput() => _process.StandardInput.Close();

    /// <summary>The first line of the output that matches, among those printed already and those to come.</summary>
    internal async Task<string> WaitForLineAsync(Func<string, bool> wanted, TimeSpan? timeout = null)
    {
        TaskCompletionSource<string> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.FirstOrDefault(wanted) is { } line) return line;
            if (_ended) throw new InvalidOperationException(Describe("the command ended"));
            _waiters.Add((wanted, found));
        }

        try
        {
            return await found.Task.WaitAsync(timeout ?? DefaultTimeout);
        }
        catch (TimeoutException)
        {
            lock (_gate) throw new TimeoutException(Describe("no such line in time"));
        }
    }

    /// <summary>Waits for the end of the process.</summary>
    /// <returns>Its exit code.</returns>
    internal async Task<int> WaitForEndAsync(TimeSpan? timeout = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(timeout ?? DefaultTimeout);
        }
        catch (TimeoutException)
        {
            lock (_gate) throw new TimeoutException(Describe("the command did not end in time"));
        }

        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadLinesAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            List<TaskCompletionSource<string>> found;
            lock (_gate)
            {
                _lines.Add(line);
                found = [.. _waiters.Where(w => w.Wanted(line)).Select(w => w.Found)];
                _waiters.RemoveAll(w => found.Contains(w.Found));
            }

            foreach (TaskCompletionSource<string> waiter in found) waiter.TrySetResult(line);
        }

        lock (_gate)
        {
            _ended = true;
            foreach ((_, TaskCompletionSource<string> waiter) in _waiters) waiter.TrySetException(new InvalidOperationException(Describe("the command ended")));
            _waiters.Clear();
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_gate) _errors.Add(line);
        }
    }

    /// <summary>What it printed; called under the lock.</summary>
    private string Describe(string what) =>
        $"{what}. Output: {string.Join('\n', _lines.TakeLast(20))}\nStandard error: {string.Join('\n', _errors.TakeLast(40))}";
}
