using Shoal.Libp2p;
using Shoal.Net;

namespace Shoal.Cli.Hosting;

/// <summary>Keeps a connection to each peer that was named on the command line, and says when there is none.</summary>
internal sealed class NamedPeers : IAsyncDisposable
{
    /// <summary>First pause after a failed attempt or a lost connection; doubled each time. Default: 1 second.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause. Default: 30 seconds.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Libp2pNode _node;
    private readonly Action<string> _notice;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    internal NamedPeers(Libp2pNode node, IReadOnlyList<Multiaddr> named, Action<string> notice)
    {
        _node = node;
        _notice = notice;
        var first = named.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        FirstAttempts = Task.WhenAll(first.Select(f => f.Task));
        _run = Task.WhenAll(named.Select((address, i) => KeepAsync(address, first[i], _stop.Token)));
    }

    /// <summary>Completes when each was tried once.</summary>
    internal Task FirstAttempts { get; }

    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task KeepAsync(Multiaddr address, TaskCompletionSource first, CancellationToken cancellationToken)
    {
        TimeSpan pause = FirstPause;
        bool complained = false;
        try
        {
            while (true)
            {
                try
                {
                    Libp2pConnection connection = await _node.ConnectAsync(address, cancellationToken);
                    first.TrySetResult();
                    if (complained) _notice($"connected to {address} at last");
                    (pause, complained) = (FirstPause, false);
                    await connection.Closed.WaitAsync(cancellationToken);
                }
                catch (Exception e) when (e is ShoalException or ArgumentException)
                {
                    first.TrySetResult();
                    if (!complained) _notice($"{(e is DialException ? "" : $"cannot connect to {address}: ")}{Messages.Of(e)}; trying again until it works");
                    complained = true;
                }

                await Task.Delay(pause, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        finally
        {
            first.TrySetResult();
        }
    }
}
