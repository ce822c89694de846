using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Shoal.InteropTests.Js;

/// <summary>
/// A js-libp2p node in a process of its own (<c>peer.mjs</c>): commands go in, events come out, each a line of JSON.
/// It ends with its standard input, so it cannot outlive the tests.
/// </summary>
internal sealed class JsPeer : IAsyncDisposable
{
    /// <summary>How long an event or an answer may take, unless the caller says otherwise.</summary>
    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(20);

    /// <summary>How long a peer may take to say goodbye when it is disposed; then it is killed.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    private readonly Process _process;
    private readonly Task _reading;
    private readonly Lock _gate = new();
    private readonly List<JsonElement> _events = [];
    private readonly List<Waiter> _waiters = [];
    private readonly List<string> _errors = [];
    private bool _ended;
    private bool _disposed;
    private int _lastId;

    private JsPeer(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadEventsAsync(), ReadErrorsAsync());
    }

    /// <summary>Its peer id, in base58.</summary>
    internal string Id { get; private set; } = "";

    /// <summary>Addresses that it listens on, each with its <c>/p2p/id</c>.</summary>
    internal IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>The first of <see cref="Addresses"/>.</summary>
    internal string Address => Addresses[0];

    /// <summary>Number of its process.</summary>
    internal int ProcessId => _process.Id;

    /// <summary>Starts a peer and waits until it listens.</summary>
    /// <param name="options">As <c>peer.mjs</c> says, as in <c>new { pubsub = "gossipsub" }</c>.</param>
    internal static async Task<JsPeer> StartAsync(object? options = null)
    {
        if (JsPackages.WhyNot is { } reason) throw new InvalidOperationException(reason);
        string json = JsonSerializer.Serialize(options ?? new { });
        var start = new ProcessStartInfo("node", ["--no-warnings", Path.Combine(JsPackages.Folder, "peer.mjs"), json])
        {
            WorkingDirectory = JsPackages.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var peer = new JsPeer(Process.Start(start)!);
        try
        {
            JsonElement ready = await peer.WaitAsync("ready");
            peer.Id = ready.GetProperty("peer").GetString()!;
            peer.Addresses = [.. ready.GetProperty("addrs").EnumerateArray().Select(a => a.GetString()!)];
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>The first event of that name that matches, among those that came already and those to come.</summary>
    /// <exception cref="TimeoutException">None came in time. The message has the last events and what the peer wrote to its standard error.</exception>
    internal async Task<JsonElement> WaitAsync(string name, Func<JsonElement, bool>? match = null, TimeSpan? timeout = null)
    {
        Waiter waiter;
        lock (_gate)
        {
            bool Wanted(JsonElement e) => e.GetProperty("event").ValueEquals(name) && (match is null || match(e));
            foreach (JsonElement e in _events.Where(Wanted)) return e;
            waiter = new Waiter(Wanted);
            if (_ended) throw new InvalidOperationException($"the js peer ended. {Describe()}");
            _waiters.Add(waiter);
        }

        try
        {
            return await waiter.Found.Task.WaitAsync(timeout ?? DefaultTimeout);
        }
        catch (TimeoutException)
        {
            lock (_gate)
            {
                _waiters.Remove(waiter);
                throw new TimeoutException($"no event '{name}' of the js peer within {timeout ?? DefaultTimeout}. {Describe()}");
            }
        }
    }

    /// <summary>Events of that name so far.</summary>
    internal IReadOnlyList<JsonElement> Events(string name)
    {
        lock (_gate) return [.. _events.Where(e => e.GetProperty("event").ValueEquals(name))];
    }

    /// <summary>Gives a command and waits for its result.</summary>
    /// <param name="command">Its name, as <c>peer.mjs</c> lists them.</param>
    /// <param name="arguments">As in <c>new { addr, n = 5 }</c>.</param>
    /// <param name="timeout">Default: <see cref="DefaultTimeout"/>.</param>
    /// <exception cref="JsPeerException">The command failed; the message is js-libp2p's own.</exception>
    internal async Task<JsonElement> CallAsync(string command, object? arguments = null, TimeSpan? timeout = null)
    {
        JsonObject line = JsonSerializer.SerializeToNode(arguments ?? new { })!.AsObject();
        int id;
        lock (_gate)
        {
            id = ++_lastId;
            line["call"] = id;
            line["cmd"] = command;
            _process.StandardInput.WriteLine(line.ToJsonString());
            _process.StandardInput.Flush();
        }

        bool Mine(JsonElement e) => e.TryGetProperty("call", out JsonElement i) && i.ValueKind == JsonValueKind.Number && i.GetInt32() == id;
        Task<JsonElement> result = WaitAsync("result", Mine, timeout);
        Task<JsonElement> error = WaitAsync("error", Mine, timeout);
        Task<JsonElement> first = await Task.WhenAny(result, error);
        Forget(result, error);
        if (first == error && error.IsCompletedSuccessfully)
            throw new JsPeerException(command, error.Result.GetProperty("name").GetString()!, error.Result.GetProperty("message").GetString()!);
        return await result;
    }

    /// <summary>Ends the process at once, as a crash would: no goodbye.</summary>
    internal void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(StopTimeout);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        await _reading;
        _process.Dispose();
    }

    /// <summary>Of two waits only one will end well; the other's time-out is nobody's business.</summary>
    private static void Forget(params ReadOnlySpan<Task> tasks)
    {
        foreach (Task task in tasks)
            task.ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    private async Task ReadEventsAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            JsonElement e = JsonElement.Parse(line);
            List<Waiter> found;
            lock (_gate)
            {
                _events.Add(e);
                found = [.. _waiters.Where(w => w.Wanted(e))];
                _waiters.RemoveAll(found.Contains);
            }

            foreach (Waiter waiter in found) waiter.Found.TrySetResult(e);
        }

        lock (_gate)
        {
            _ended = true;
            foreach (Waiter waiter in _waiters) waiter.Found.TrySetException(new InvalidOperationException($"the js peer ended. {Describe()}"));
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

    /// <summary>Its last words; called under the lock.</summary>
    private string Describe() =>
        $"Last events: {string.Join("; ", _events.TakeLast(5).Select(e => e.ToString()))}. Standard error: {string.Join("\n", _errors.TakeLast(20))}";

    private sealed record Waiter(Func<JsonElement, bool> Wanted)
    {
        internal TaskCompletionSource<JsonElement> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
