using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Shoal.Net;

namespace Shoal.Libp2p.Protocols;

/// <summary>Round trips of 32 random bytes (libp2p specification, ping). Every node serves it.</summary>
public static class Ping
{
    /// <summary><c>/ipfs/ping/1.0.0</c>.</summary>
    public const string Protocol = "/ipfs/ping/1.0.0";

    /// <summary>Inbound streams on one connection. Default: 2 (libp2p specification, ping).</summary>
    public const int MaxInboundStreams = 2;

    /// <summary>Bytes of one ping (libp2p specification, ping).</summary>
    internal const int Size = 32;

    /// <summary>Time for one answer. Default: 10 s (js-libp2p).</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Pings a peer, on one stream, without end; the caller stops enumerating.</summary>
    /// <exception cref="DialException">The peer could not be reached.</exception>
    /// <exception cref="ProtocolNotSupportedException">The peer does not serve the protocol.</exception>
    /// <exception cref="Libp2pException">No answer came within 10 s.</exception>
    /// <exception cref="WireFormatException">The answer was not what was sent.</exception>
    public static async IAsyncEnumerable<TimeSpan> PingAsync(Libp2pNode node, PeerId peer, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        Libp2pConnection connection = await node.ConnectAsync(peer, cancellationToken).ConfigureAwait(false);
        await foreach (TimeSpan roundTrip in PingAsync(connection, node.Time, cancellationToken).ConfigureAwait(false))
            yield return roundTrip;
    }

    /// <summary>Pings over one connection. The protocol is proposed together with the first ping: all peers serve it.</summary>
    internal static async IAsyncEnumerable<TimeSpan> PingAsync(Libp2pConnection connection, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Libp2pStream stream = connection.OpenLazily(Protocol);
        byte[] sent = new byte[Size], answer = new byte[Size];
        bool isInOrder = false;
        try
        {
            while (true)
            {
                isInOrder = false;
                RandomNumberGenerator.Fill(sent);
                long start = time.GetTimestamp();
                await RoundTripAsync(stream, sent, answer, time, cancellationToken).ConfigureAwait(false);
                TimeSpan roundTrip = time.GetElapsedTime(start);
                if (!answer.AsSpan().SequenceEqual(sent)) throw new WireFormatException("the answer to a ping was not what was sent");
                isInOrder = true;
                yield return roundTrip;
            }
        }
        finally
        {
            if (isInOrder) await stream.DisposeAsync().ConfigureAwait(false);
            else stream.Abort();
        }
    }

    /// <summary>Answers on one stream: every 32 bytes, until the other side ends.</summary>
    internal static async Task AnswerAsync(Libp2pStream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[Size];
        while (true)
        {
            int read = await stream.ReadAtLeastAsync(buffer, Size, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (read < Size) return;
            await stream.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask RoundTripAsync(Libp2pStream stream, byte[] sent, byte[] answer, TimeProvider time, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(sent, cancellationToken).ConfigureAwait(false);
        using var timeout = new CancellationTokenSource(Timeout, time);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), timeout);
        try
        {
            await stream.ReadExactlyAsync(answer, timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new Libp2pException($"{stream.RemotePeer} did not answer a ping within {Timeout.TotalSeconds:0} s");
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (EndOfStreamException e)
        {
            throw new Libp2pException($"{stream.RemotePeer} ended the ping stream", e);
        }
    }
}
