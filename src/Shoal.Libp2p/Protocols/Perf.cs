using System.Buffers;
using System.Buffers.Binary;
using Shoal.Net;

namespace Shoal.Libp2p.Protocols;

/// <summary>Progress of a measurement, in bytes.</summary>
public readonly record struct PerfProgress(long Uploaded, long Downloaded);

/// <summary>Result of a measurement.</summary>
/// <param name="Uploaded">Bytes sent.</param>
/// <param name="UploadTime">From the first byte until the peer had them all.</param>
/// <param name="Downloaded">Bytes received.</param>
/// <param name="DownloadTime">From then until the last byte came.</param>
public sealed record PerfResult(long Uploaded, TimeSpan UploadTime, long Downloaded, TimeSpan DownloadTime);

/// <summary>Throughput of one stream (libp2p specification, perf).</summary>
/// <remarks>
/// The client sends how many bytes it wants, then its upload, and half-closes; then the server sends as many and closes.
/// <code>
/// client: | uint64 wanted, big-endian | upload … | end |
/// server:                                              | download … | end |
/// </code>
/// </remarks>
public static class Perf
{
    /// <summary><c>/perf/1.0.0</c>.</summary>
    public const string Protocol = "/perf/1.0.0";

    private const int HeaderBytes = 8;

    /// <summary>Bytes moved by one call: four yamux frames of 64 KiB.</summary>
    private const int BlockBytes = 256 * 1024;

    /// <summary>Progress is told at most this often. Default: 100 ms.</summary>
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Serves the protocol on a node.</summary>
    public static void Serve(Libp2pNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        node.Handle(Protocol, AnswerAsync);
    }

    /// <summary>Uploads, then downloads.</summary>
    /// <exception cref="DialException">The peer could not be reached.</exception>
    /// <exception cref="ProtocolNotSupportedException">The peer does not serve the protocol.</exception>
    /// <exception cref="WireFormatException">The peer sent another number of bytes than it was asked for.</exception>
    public static async Task<PerfResult> MeasureAsync(
        Libp2pNode node, PeerId peer, long upload, long download, IProgress<PerfProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        Libp2pConnection connection = await node.ConnectAsync(peer, cancellationToken).ConfigureAwait(false);
        return await MeasureAsync(connection, node.Time, upload, download, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Uploads, then downloads, over one connection.</summary>
    internal static async Task<PerfResult> MeasureAsync(
        Libp2pConnection connection, TimeProvider time, long upload, long download, IProgress<PerfProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(upload);
        ArgumentOutOfRangeException.ThrowIfNegative(download);
        Libp2pStream stream = await connection.OpenStreamAsync([Protocol], cancellationToken).ConfigureAwait(false);
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var report = new Report(progress, time);
            block.AsSpan(0, BlockBytes).Clear(); // The pool's memory held other people's bytes.
            long start = time.GetTimestamp();
            BinaryPrimitives.WriteInt64BigEndian(block, download);
            await stream.WriteAsync(block.AsMemory(0, HeaderBytes), cancellationToken).ConfigureAwait(false);
            for (long left = upload; left > 0;)
            {
                int part = (int)Math.Min(left, BlockBytes);
                await stream.WriteAsync(block.AsMemory(0, part), cancellationToken).ConfigureAwait(false);
                left -= part;
                report.Tell(upload - left, 0);
            }

            await stream.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);

            // The first answering byte, or the end, says that the peer had everything.
            long received = await stream.ReadAsync(block.AsMemory(0, BlockBytes), cancellationToken).ConfigureAwait(false);
            TimeSpan uploadTime = time.GetElapsedTime(start);
            int read = (int)received;
            while (read > 0)
            {
                if (received > download) throw new WireFormatException($"{connection.RemotePeer} sent more than the {download} bytes it was asked for");
                report.Tell(upload, received);
                read = await stream.ReadAsync(block.AsMemory(0, BlockBytes), cancellationToken).ConfigureAwait(false);
                received += read;
            }

            TimeSpan downloadTime = time.GetElapsedTime(start) - uploadTime;
            if (received < download) throw new WireFormatException($"{connection.RemotePeer} sent {received} of the {download} bytes it was asked for");
            report.Tell(upload, received, isLast: true);
            await stream.DisposeAsync().ConfigureAwait(false);
            return new PerfResult(upload, uploadTime, received, downloadTime);
        }
        catch
        {
            stream.Abort();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Answers on one stream.</summary>
    internal static async Task AnswerAsync(Libp2pStream stream, CancellationToken cancellationToken)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            int have = await stream.ReadAtLeastAsync(block.AsMemory(0, HeaderBytes), HeaderBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (have < HeaderBytes) throw new WireFormatException("the stream ended within the header of perf");
            ulong wanted = BinaryPrimitives.ReadUInt64BigEndian(block);
            while (await stream.ReadAsync(block.AsMemory(0, BlockBytes), cancellationToken).ConfigureAwait(false) > 0)
            {
                // Only counted by whoever sent it.
            }

            block.AsSpan(0, BlockBytes).Clear(); // The pool's memory held other people's bytes.
            for (ulong left = wanted; left > 0;)
            {
                int part = (int)Math.Min(left, BlockBytes);
                await stream.WriteAsync(block.AsMemory(0, part), cancellationToken).ConfigureAwait(false);
                left -= (ulong)part;
            }

            await stream.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private sealed class Report(IProgress<PerfProgress>? progress, TimeProvider time)
    {
        private long _last = time.GetTimestamp();

        internal void Tell(long uploaded, long downloaded, bool isLast = false)
        {
            if (progress is null || !isLast && time.GetElapsedTime(_last) < ProgressEvery) return;
            _last = time.GetTimestamp();
            progress.Report(new PerfProgress(uploaded, downloaded));
        }
    }
}
