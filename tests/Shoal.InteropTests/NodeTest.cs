using Microsoft.Extensions.Logging;
using Shoal.InteropTests.Js;
using Shoal.Libp2p;
using Xunit.Abstractions;

namespace Shoal.InteropTests;

/// <summary>
/// A test between our nodes and js peers: starts them, gives every wait the test's deadline, and stops all at its end.
/// What our nodes log comes out with a failed test.
/// </summary>
public abstract class NodeTest : IAsyncLifetime, IDisposable
{
    /// <summary>Ends every wait of one test.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(100);

    /// <summary>How long one node or peer may take to stop.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly List<IAsyncDisposable> _started = [];
    private readonly CancellationTokenSource _deadline = new(Limit);
    private readonly OutputLoggerFactory _log;

    private protected NodeTest(ITestOutputHelper output) => _log = new OutputLoggerFactory(output);

    /// <summary>Cancelled when the test has taken too long.</summary>
    private protected CancellationToken Deadline => _deadline.Token;

    /// <summary>Logs to the test's output.</summary>
    private protected ILoggerFactory Log => _log;

    /// <inheritdoc />
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        for (int i = _started.Count - 1; i >= 0; i--) await _started[i].DisposeAsync().AsTask().WaitAsync(StopLimit);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _deadline.Dispose();
        _log.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts a js peer with the options of <c>peer.mjs</c>.</summary>
    private protected async Task<JsPeer> StartJsAsync(object? options = null) => Own(await JsPeer.StartAsync(options));

    /// <summary>Starts one of our nodes, listening on 127.0.0.1, that serves echo as <c>samples/echo.cs</c> does.</summary>
    private protected async Task<Libp2pNode> StartOursAsync(params string[] listen)
    {
        var options = new Libp2pOptions
        {
            Listen = [.. (listen.Length == 0 ? ["/ip4/127.0.0.1/tcp/0"] : listen).Select(Multiaddr.Parse)],
            LoggerFactory = Log,
        };
        return await StartOursAsync(options);
    }

    /// <summary>Starts one of our nodes with these options; it serves echo.</summary>
    private protected async Task<Libp2pNode> StartOursAsync(Libp2pOptions options)
    {
        Libp2pNode node = Own(await Libp2pNode.StartAsync(options, Deadline));
        node.Handle(Echo.Protocol, Echo.ServeAsync);
        return node;
    }

    /// <summary>Has something stopped at the end of the test, before what was started earlier.</summary>
    private protected T Own<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Add(started);
        return started;
    }
}
