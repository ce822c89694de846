using Microsoft.Extensions.Logging;

namespace Shoal.Libp2p.Connections;

/// <summary>
/// Raises events one after the other, in the order in which they happened, outside of every lock.
/// </summary>
/// <remarks>
/// Whoever posts raises, unless somebody is raising already: then that one goes on with it. A handler that posts
/// therefore never re-enters a handler.
/// </remarks>
internal sealed class EventQueue(ILogger log)
{
    private readonly Lock _sync = new();
    private readonly Queue<Action> _waiting = new();
    private bool _raising;

    /// <summary>Queues an event. May be called under a lock; follow with <see cref="Raise"/> outside of it.</summary>
    internal void Post(Action raise)
    {
        lock (_sync) _waiting.Enqueue(raise);
    }

    /// <summary>Raises what is queued, unless that is under way.</summary>
    internal void Raise()
    {
        lock (_sync)
        {
            if (_raising) return;
            _raising = true;
        }

        while (true)
        {
            Action? next;
            lock (_sync)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    _raising = false;
                    return;
                }
            }

            try
            {
                next();
            }
#pragma warning disable CA1031 // A subscriber's bug must not take the node down with it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                NodeLog.EventHandlerFailed(log, e);
            }
        }
    }
}
