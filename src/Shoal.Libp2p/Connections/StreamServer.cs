using Microsoft.Extensions.Logging;
using Shoal.Net;

namespace Shoal.Libp2p.Connections;

/// <summary>Serves inbound streams: agrees on the protocol, runs its handler, and cleans up behind it.</summary>
internal sealed class StreamServer(ProtocolTable protocols, StreamLimits limits, TimeProvider time, ILogger log)
{
    private const string LimitPerProtocol = $"{nameof(StreamLimits)}.{nameof(StreamLimits.MaxInboundPerProtocol)}";
    private const string LimitNegotiating = $"{nameof(StreamLimits)}.{nameof(StreamLimits.MaxNegotiating)}";

    /// <summary>Handlers that run.</summary>
    internal TaskTracker Running { get; } = new();

    /// <summary>Takes an inbound stream. Called on the connection's reading thread; returns as soon as something must be waited for.</summary>
    internal void OnStream(Libp2pConnection connection, Libp2pStream stream)
    {
        stream.Connection = connection;
        if (!connection.Inbound.TryBeginNegotiation(limits.MaxNegotiating))
        {
            NodeLog.StreamRefused(log, connection.RemotePeer, "whose protocol is open", LimitNegotiating, limits.MaxNegotiating);
            Refuse(connection, stream);
            return;
        }

        Running.Own(ServeAsync(connection, stream));
    }

    private async Task ServeAsync(Libp2pConnection connection, Libp2pStream stream)
    {
        ProtocolHandler? handler = await AgreeAsync(connection, stream).ConfigureAwait(false);
        if (handler is null) return;

        if (!connection.Inbound.TryBegin(handler))
        {
            NodeLog.StreamRefused(log, connection.RemotePeer, handler.Name,
                handler.MaxStreams == limits.MaxInboundPerProtocol ? LimitPerProtocol : "maxStreams of Handle", handler.MaxStreams);
            Refuse(connection, stream);
            return;
        }

        try
        {
            NodeLog.StreamAccepted(log, handler.Name, connection.RemotePeer);
            Task serving = handler.Serve(stream, connection.Stopping);
            await stream.FlushAsync(CancellationToken.None).ConfigureAwait(false); // The answer to the proposal, if the handler has sent nothing yet.
            await serving.ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a handler throws ends its stream and nothing else.
        catch (Exception e)
#pragma warning restore CA1031
        {
            stream.Abort();
            OnHandlerFailed(connection, handler, e);
        }
        finally
        {
            connection.Inbound.End(handler);
        }
    }

    private void Refuse(Libp2pConnection connection, Libp2pStream stream)
    {
        stream.Abort();
        if (connection.Inbound.CountRefused(time) > limits.MaxRefusedPerMinute)
            connection.Abort(new WireFormatException($"the peer opens streams without end (limit {nameof(StreamLimits)}.{nameof(StreamLimits.MaxRefusedPerMinute)} of {limits.MaxRefusedPerMinute})"));
    }

    private async Task<ProtocolHandler?> AgreeAsync(Libp2pConnection connection, Libp2pStream stream)
    {
        using var timeout = new CancellationTokenSource(limits.NegotiationTimeout, time);
        try
        {
            string? protocol = await MultistreamSelect.AnswerAsync(stream, protocols.IsServed, timeout.Token).ConfigureAwait(false);
            if (protocol is not null)
            {
                stream.Protocol = protocol;
                if (protocols.Find(protocol) is { } handler) return handler;
                stream.Abort(); // Its handler went away in between.
            }
            else
            {
                NodeLog.NoProtocolAgreed(log, connection.RemotePeer);
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (WireFormatException e)
        {
            connection.Abort(e);
        }
        catch (OperationCanceledException)
        {
            NodeLog.NegotiationTimedOut(log, connection.RemotePeer, nameof(StreamLimits.NegotiationTimeout), limits.NegotiationTimeout);
            stream.Abort();
        }
        catch (Exception e) when (e is ShoalException or IOException)
        {
            NodeLog.StreamLost(log, connection.RemotePeer, e.Message);
            stream.Abort();
        }
        finally
        {
            connection.Inbound.EndNegotiation();
        }

        return null;
    }

    private void OnHandlerFailed(Libp2pConnection connection, ProtocolHandler handler, Exception e)
    {
        switch (e)
        {
            case WireFormatException: // The peer's fault: it costs the peer its connection.
                connection.Abort(e);
                break;
            case OperationCanceledException or ShoalException or IOException:
                NodeLog.HandlerEnded(log, handler.Name, connection.RemotePeer, e.Message);
                break;
            default:
                NodeLog.HandlerFailed(log, handler.Name, connection.RemotePeer, e);
                break;
        }
    }
}
