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
public static class Perf
{
    /// <summary><c>/perf/1.0.0</c>.</summary>
    public const string Protocol = "/perf/1.0.0";

    /// <summary>Serves the protocol on a node.</summary>
    public static void Serve(Libp2pNode node) => throw new NotImplementedException();

    /// <summary>Uploads, then downloads.</summary>
    public static Task<PerfResult> MeasureAsync(Libp2pNode node, PeerId peer, long upload, long download, IProgress<PerfProgress>? progress = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();
}
