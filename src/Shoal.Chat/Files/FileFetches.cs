using System.Text;
using Microsoft.Extensions.Logging;
using Shoal.Chat.Messages;
using Shoal.Chat.Text;
using Shoal.Libp2p;
using Shoal.Net;

namespace Shoal.Chat.Files;

/// <summary>Files that others send: asked for by their id, within limits on size, number and the sum of all.</summary>
internal sealed class FileFetches : IAsyncDisposable
{
    private readonly Libp2pNode _node;
    private readonly ChatOptions _options;
    private readonly ILogger _log;
    private readonly Downloads? _downloads;
    private readonly Action<PeerId, string, long> _onReceived;
    private readonly Action<PeerId, string, string> _onFailed;
    private readonly BackgroundTasks _running;
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, int> _perPeer = [];
    private long _budget;

    /// <param name="node">Carries the streams.</param>
    /// <param name="options">Limits and the folder.</param>
    /// <param name="log">Told each step.</param>
    /// <param name="onReceived">Told from whom a file came, where it is and its size.</param>
    /// <param name="onFailed">Told from whom a file did not come, its name, and why.</param>
    internal FileFetches(
        Libp2pNode node, ChatOptions options, ILogger log,
        Action<PeerId, string, long> onReceived, Action<PeerId, string, string> onFailed)
    {
        _node = node;
        _options = options;
        _log = log;
        _downloads = options.DownloadsDirectory is { } directory ? new Downloads(directory) : null;
        _onReceived = onReceived;
        _onFailed = onFailed;
        _running = new BackgroundTasks(options.MaxDownloads);
        _budget = options.MaxDownloadedBytes;
    }

    /// <summary>Begins to fetch what one of our own peers offers to us; else says why not.</summary>
    internal string? Accept(PeerId peer, FileOffer offer)
    {
        if (_downloads is null) return "no files are taken here";
        if (Encoding.UTF8.GetByteCount(offer.Id) > FileId.MaxBytes) return $"a file id has at most {FileId.MaxBytes} bytes";
        long max = MaxSize;
        if (offer.Size > (ulong)max) return $"at most {max} bytes are taken";
        return TryStart(peer, offer.Id, offer.Name, (long)offer.Size) ? null : "too many files are under way; try again later";
    }

    /// <summary>Begins to fetch what was announced to a room. There may be nothing in it for us.</summary>
    internal void OnAnnounced(PeerId peer, string id)
    {
        if (_downloads is null || id.Length == 0) return;
        if (!TryStart(peer, id, FileId.NameOf(id), null)) Log.NotTold(_log, peer, "too many files are under way");
    }

    public ValueTask DisposeAsync() => _running.DisposeAsync();

    private long MaxSize
    {
        get { lock (_gate) return Math.Min(_options.MaxFileBytes, _budget); }
    }

    private bool TryStart(PeerId peer, string id, string name, long? size)
    {
        lock (_gate)
        {
            int running = _perPeer.GetValueOrDefault(peer);
            if (running >= _options.MaxDownloadsPerPeer) return false;
            _perPeer[peer] = running + 1;
        }

        if (_running.TryStart(ct => RunAsync(peer, id, name, size, ct))) return true;
        Release(peer);
        return false;
    }

    private async Task RunAsync(PeerId peer, string id, string name, long? size, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(_options.StallTimeout, _node.Time, cancellationToken);
        bool begun = size is not null; // Else a failure before the first byte only means that the file is not for us.
        string? failure = null;
        try
        {
            await FetchAsync(peer, id, name, size, limit, () => begun = true).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ShoalException or IOException or UnauthorizedAccessException)
        {
            failure = e.Message;
        }
        catch (OperationCanceledException) when (limit.IsOver)
        {
            failure = $"nothing came for {_options.StallTimeout.TotalSeconds:0.#} s";
        }
        finally
        {
            Release(peer);
        }

        if (failure is not null && begun) _onFailed(peer, FileNames.Clean(name), failure);
        else if (failure is not null) Log.NotTold(_log, peer, failure);
    }

    private async Task FetchAsync(PeerId peer, string id, string name, long? size, TimeLimit limit, Action onBegin)
    {
        string shown = SafeText.OneLine(id);
        Log.FileAsked(_log, peer, shown);
        Libp2pStream stream = await _node.OpenStreamAsync(peer, FileOffers.Protocol, limit.Token).ConfigureAwait(false);
        long reserved = 0, taken = 0;
        try
        {
            // Our side stays open until we have it all: so the sender knows.
            await stream.WriteAsync(LengthPrefix.Frame(Encoding.UTF8.GetBytes(id)), limit.Token).ConfigureAwait(false);
            long length = await LengthPrefix.ReadLengthAsync(stream, MaxSize, limit.Token).ConfigureAwait(false);
            onBegin();
            if (length == 0 && size is not 0) throw new WireFormatException("the peer does not have it");
            if (size is { } promised && promised != length) throw new WireFormatException($"{promised} bytes were promised, and {length} come");
            Reserve(length);
            reserved = length;
            string path = await _downloads!.SaveAsync(stream, length, name, OnProgress, limit.Token).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
            _onReceived(peer, path, length);
        }
        catch
        {
            Reserve(taken - reserved); // Gives back what did not come.
            stream.Abort();
            throw;
        }

        void OnProgress(int bytes)
        {
            taken += bytes;
            limit.Restart(_options.StallTimeout);
        }
    }

    private void Reserve(long bytes)
    {
        lock (_gate)
        {
            if (bytes > _budget) throw new WireFormatException("more bytes than are taken in one session");
            _budget -= bytes;
        }
    }

    private void Release(PeerId peer)
    {
        lock (_gate)
        {
            if (--_perPeer[peer] == 0) _perPeer.Remove(peer);
        }
    }
}
