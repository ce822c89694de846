using System.Text;
using Microsoft.Extensions.Logging;
using Shoal.Chat.Direct;
using Shoal.Chat.Messages;
using Shoal.Chat.Text;
using Shoal.Libp2p;
using Shoal.Net;

namespace Shoal.Chat.Files;

/// <summary>Files that we send: announced to a peer, then served to that peer alone when it asks for the id.</summary>
internal sealed class FileOffers : IAsyncDisposable
{
    internal const string Protocol = "/universal-connectivity-file/1";

    /// <summary>Bytes read and written at a time. Default: 256 KiB; what fits goes out in one write, as go needs it.</summary>
    private const int ChunkBytes = 256 * 1024;

    private sealed record Offer(string Id, PeerId Peer, string Path, long Size, IProgress<long>? Progress, TimeLimit Limit)
    {
        internal TaskCompletionSource Done { get; } = new();
    }

    private readonly Libp2pNode _node;
    private readonly ChatOptions _options;
    private readonly ILogger _log;
    private readonly SideChannel _side;
    private readonly Func<PeerId, string, CancellationToken, Task<bool>> _announce;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Offer> _offers = new(StringComparer.Ordinal);

    /// <param name="node">Carries the streams.</param>
    /// <param name="options">Limits.</param>
    /// <param name="log">Told each step.</param>
    /// <param name="side">Tells our own peers what is on offer.</param>
    /// <param name="announce">Tells other peers, on the file topic of a room that we share; false when there is no way to.</param>
    internal FileOffers(
        Libp2pNode node, ChatOptions options, ILogger log, SideChannel side, Func<PeerId, string, CancellationToken, Task<bool>> announce)
    {
        _node = node;
        _options = options;
        _log = log;
        _side = side;
        _announce = announce;
        node.Handle(Protocol, ServeAsync);
    }

    /// <summary>Offers a file to one peer and returns when it was fetched.</summary>
    /// <exception cref="ChatException">It cannot be read, or the peer did not take it.</exception>
    internal async Task SendAsync(PeerId peer, string path, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        long size = SizeOf(path);
        string name = FileNames.Clean(Path.GetFileName(path));
        using var limit = new TimeLimit(_options.OfferTimeout, _node.Time, cancellationToken);
        var offer = new Offer(FileId.Create(Guid.NewGuid(), name), peer, path, size, progress, limit);
        lock (_gate)
        {
            if (_offers.Count >= _options.MaxOffers) throw new ChatException($"{_options.MaxOffers} files are on offer already; wait until one is fetched");
            _offers.Add(offer.Id, offer);
        }

        try
        {
            bool told = await _side.TryOfferAsync(peer, offer.Id, name, size, limit.Token).ConfigureAwait(false)
                || await _announce(peer, offer.Id, limit.Token).ConfigureAwait(false);
            if (!told) throw new ChatException("the peer takes no files, or is in no room with us");
            Log.FileAnnounced(_log, offer.Id, peer);
            using (limit.Token.UnsafeRegister(static (o, token) => ((Offer)o!).Done.TrySetCanceled(token), offer))
                await offer.Done.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (limit.IsOver)
        {
            throw new ChatException("the peer did not fetch it in time", e);
        }
        finally
        {
            lock (_gate) _offers.Remove(offer.Id);
        }
    }

    public ValueTask DisposeAsync()
    {
        _node.Unhandle(Protocol);
        Offer[] left;
        lock (_gate) left = [.. _offers.Values];
        foreach (Offer offer in left) offer.Done.TrySetException(new ChatException("the chat ended before the peer had it"));
        return ValueTask.CompletedTask;
    }

    private long SizeOf(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists) throw new ChatException(Directory.Exists(path) ? $"{path} is a folder; pack it into a file" : $"there is no file {path}");
            return file.Length <= _options.MaxFileBytes
                ? file.Length
                : throw new ChatException($"{path} has {file.Length} bytes; at most {_options.MaxFileBytes} can be sent");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ChatException($"cannot read {path}: {e.Message}", e);
        }
    }

    private async Task ServeAsync(Libp2pStream stream, CancellationToken cancellationToken)
    {
        string id;
        using (var limit = new TimeLimit(_options.RequestTimeout, _node.Time, cancellationToken))
            id = Encoding.UTF8.GetString(await LengthPrefix.ReadAsync(stream, FileId.MaxBytes, limit.Token).ConfigureAwait(false));
        Offer? offer;
        lock (_gate) offer = _offers.GetValueOrDefault(id);
        if (offer is null || offer.Peer != stream.RemotePeer)
        {
            string shown = SafeText.OneLine(id);
            Log.FileRefused(_log, stream.RemotePeer, shown);
            stream.Abort();
            return;
        }

        // A stream that breaks may be tried again while the offer stands; a file that cannot be read may not.
        try
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, offer.Limit.Token);
            await SendContentAsync(stream, offer, both.Token).ConfigureAwait(false);
            offer.Done.TrySetResult();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            offer.Done.TrySetException(new ChatException($"cannot read {offer.Path}: {e.Message}", e));
            throw;
        }
    }

    private async Task SendContentAsync(Libp2pStream stream, Offer offer, CancellationToken cancellationToken)
    {
        var file = new FileStream(offer.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, useAsync: false);
        await using var _ = file.ConfigureAwait(false);
        if (file.Length != offer.Size) throw new IOException($"it had {offer.Size} bytes and has {file.Length} now");
        Log.FileServed(_log, offer.Size, offer.Id, offer.Peer);

        byte[] chunk = new byte[(int)Math.Min(ChunkBytes, offer.Size + LengthPrefix.MaxPrefixBytes)];
        int filled = LengthPrefix.WriteLength(chunk, offer.Size);
        for (long sent = 0; ; filled = 0)
        {
            int part = (int)Math.Min(chunk.Length - filled, offer.Size - sent);
            file.ReadExactly(chunk.AsSpan(filled, part));
            offer.Limit.Restart(_options.StallTimeout);
            await stream.WriteAsync(chunk.AsMemory(0, filled + part), cancellationToken).ConfigureAwait(false);
            sent += part;
            offer.Progress?.Report(sent);
            if (sent == offer.Size) break;
        }

        await stream.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
        await WaitForEndAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    // The peer ends its side when it has everything. One that ended it before it read is believed at once.
    private static async Task WaitForEndAsync(Libp2pStream stream, CancellationToken cancellationToken)
    {
        byte[] nothing = new byte[1];
        try
        {
            while (await stream.ReadAsync(nothing, cancellationToken).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Libp2pException)
        {
            // Reset instead of ended: some close so when they are done.
        }
    }
}
