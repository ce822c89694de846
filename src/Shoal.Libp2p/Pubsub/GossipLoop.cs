using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Libp2p.Pubsub;

/// <summary>Who carries out what the core wants done. Called by <see cref="GossipLoop"/> only.</summary>
internal interface IGossipWorld
{
    /// <summary>Does it, or begins it.</summary>
    void Carry(GossipAction action);

    /// <summary>The turn is over: wakes writers and shows others the new state.</summary>
    void EndTurn();
}

/// <summary>The one loop that owns the core: everything that happens is posted to it and done one after the other.</summary>
/// <remarks>
/// Its queue has no bound of its own, because everybody who posts waits: a peer's reader until its batch is done, a
/// publisher for its result, the heartbeat for the last one. Validations are bounded per peer. Whoever posts while
/// the loop is idle runs it himself, on his thread.
/// </remarks>
internal sealed class GossipLoop
{
    /// <summary>Things done before writers are woken: enough to share a write, too few to delay one.</summary>
    private const int Turn = 32;

    private readonly Channel<Action> _inputs = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions
    {
        SingleReader = true,
        AllowSynchronousContinuations = true,
    });

    private readonly GossipsubCore _core;
    private readonly IGossipWorld _world;
    private readonly ILogger _log;

    internal GossipLoop(GossipsubCore core, IGossipWorld world, ILogger log) => (_core, _world, _log) = (core, world, log);

    /// <summary>Completes when the loop is closed and everything posted is done.</summary>
    internal Task Running { get; private set; } = Task.CompletedTask;

    internal void Start() => Running = RunAsync();

    /// <summary>Runs something in the loop. False when the loop is closed.</summary>
    internal bool Post(Action input) => _inputs.Writer.TryWrite(input);

    /// <summary>Takes nothing more.</summary>
    internal void Close() => _inputs.Writer.TryComplete();

    /// <summary>Carries out what the core wants. To be called inside the loop, where the outcome matters at once.</summary>
    internal void Drain()
    {
        while (_core.TryNextAction(out GossipAction? action)) _world.Carry(action);
    }

    private async Task RunAsync()
    {
        while (await _inputs.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            for (int i = 0; i < Turn && _inputs.Reader.TryRead(out Action? input); i++) Do(input);
            Do(_world.EndTurn);
        }
    }

    private void Do(Action work)
    {
        try
        {
            work();
            Drain();
        }
#pragma warning disable CA1031 // A bug, ours or in an event's handler, met by one input must not end pubsub for all.
        catch (Exception e)
#pragma warning restore CA1031
        {
            PubsubLog.LoopFailed(_log, e);
        }
    }
}
