using Microsoft.Extensions.Logging;
using Shoal.Chat.Messages;
using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Shoal.Net;

namespace Shoal.Chat.Rooms;

/// <summary>
/// Tells our key and addresses on the discovery topic every few seconds, and the node of peers that do the same.
/// </summary>
internal sealed class PeerAnnouncer : IAsyncDisposable
{
    private readonly Libp2pNode _node;
    private readonly Gossipsub _pubsub;
    private readonly ILogger _log;
    private readonly PublicKey _key;
    private readonly TimeSpan _interval;
    private readonly Subscription _subscription;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _tell;
    private readonly Task _hear;

    internal PeerAnnouncer(Libp2pNode node, Gossipsub pubsub, ILogger log, PublicKey key, string topic, TimeSpan interval)
    {
        _node = node;
        _pubsub = pubsub;
        _log = log;
        _key = key;
        _interval = interval;
        _subscription = pubsub.Subscribe(topic);
        _tell = TellAsync(_stop.Token);
        _hear = HearAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _subscription.DisposeAsync().ConfigureAwait(false);
        _stop.Cancel();
        await Task.WhenAll(_tell, _hear).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _node.Time.DelayAsync(_interval, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<Multiaddr> addresses = _node.Addresses;
            if (addresses.Count == 0 || _pubsub.Subscribers(_subscription.Topic).Count == 0) continue;
            byte[] data = PeerAnnouncementCodec.Write(_key, addresses);
            PublishResult result = await _pubsub.PublishAsync(_subscription.Topic, data, cancellationToken).ConfigureAwait(false);
            Log.Announced(_log, result.Recipients.Count);
        }
    }

    private async Task HearAsync()
    {
        await foreach (PubsubMessage message in _subscription.ReadAllAsync().ConfigureAwait(false))
        {
            if (message.From is not { } author || author == _node.Id) continue;
            try
            {
                OnAnnounced(author, message.Data.Span);
            }
            catch (WireFormatException e)
            {
                Log.BadAnnouncement(_log, author, e.Message);
            }
        }
    }

    private void OnAnnounced(PeerId author, ReadOnlySpan<byte> data)
    {
        (PeerId peer, IReadOnlyList<Multiaddr> addresses) = PeerAnnouncementCodec.Read(data);
        // Nobody speaks for another here, or one peer could make everybody dial whomever it likes.
        if (peer != author) throw new WireFormatException("it speaks for another peer");
        if (addresses.Count > 0) _node.OnDiscovered(peer, addresses);
    }
}
