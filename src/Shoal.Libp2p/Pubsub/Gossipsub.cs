using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Pubsub.Messages;
using Shoal.Net;

namespace Shoal.Libp2p.Pubsub;

/// <summary>
/// Publish and subscribe by topic: gossipsub 1.2, 1.1 and 1.0, with floodsub for peers that speak only that.
/// </summary>
/// <remarks>
/// <para>Thread-safe. Made of <see cref="GossipsubCore"/>, which decides, and this shell around it: streams, queues, signatures.</para>
/// <para>This file is the public face; Gossipsub.Peers.cs has the streams, Gossipsub.World.cs what the core wants done.</para>
/// </remarks>
/// <example><code>
/// await using var pubsub = Gossipsub.Start(node);
/// await using var room = pubsub.Subscribe("room");
/// await pubsub.PublishAsync("room", "hello"u8.ToArray());
/// await foreach (PubsubMessage message in room.ReadAllAsync()) Console.WriteLine(Encoding.UTF8.GetString(message.Data.Span));
/// </code></example>
public sealed partial class Gossipsub : IAsyncDisposable
{
    private readonly Libp2pNode _node;
    private readonly GossipsubOptions _options;
    private readonly ILogger _log;
    private readonly bool _inline;
    private readonly long _started;
    private readonly GossipsubCore _core;
    private readonly GossipLoop _loop;
    private readonly MessageValidation _validation;
    private readonly MessageIdentity _identity;
    private readonly PubsubPeerContext _context;
    private readonly TopicSubscriptions _subscriptions = new();
    private readonly Queue<ReportSubscription> _reports = [];
    private readonly TopicViews _views;
    private readonly CancellationTokenSource _stop = new();
    private Task _beating = Task.CompletedTask;
    private long _sequence;
    private int _disposed;

    private Gossipsub(Libp2pNode node, GossipsubOptions options)
    {
        options.Validate();
        (_node, _options) = (node, options);
        _log = node.Options.LoggerFactory.CreateLogger<Gossipsub>();
        _inline = node.Time != TimeProvider.System;
        _started = node.Time.GetTimestamp();
        _sequence = (node.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        _identity = new MessageIdentity(options);
        _views = new TopicViews(_inline);
        _core = new GossipsubCore(node.Id, options, options.Random ?? NewRandom(), score: null, SignedRecordOf);
        _loop = new GossipLoop(_core, this, _log);
        _validation = new MessageValidation(options, _inline, _log, OnValidated);
        _context = new PubsubPeerContext(
            node, options, _log, _inline, _loop.Post, OnRpc,
            peer => _loop.Post(() => _core.OnStreamReopened(peer.Id)), OnGivenUp);
    }

    private TimeSpan Now => _node.Time.GetElapsedTime(_started);

    /// <summary>Topics subscribed to.</summary>
    public IReadOnlyCollection<string> Topics => _subscriptions.Topics;

    /// <summary>A connected peer joined (true) or left (false) a topic. Raised one at a time; handlers must be quick.</summary>
    public event Action<PeerId, string, bool>? SubscriptionChanged;

    /// <summary>Starts pubsub on a node. One per node.</summary>
    /// <exception cref="ArgumentException">The options contradict each other, or the node has pubsub already.</exception>
    public static Gossipsub Start(Libp2pNode node, GossipsubOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        var pubsub = new Gossipsub(node, options ?? new GossipsubOptions());
        pubsub._loop.Start();
        pubsub.Attach();
        pubsub._beating = pubsub.BeatAsync();
        return pubsub;
    }

    /// <summary>Joins a topic. Dispose the subscription to leave when it is the topic's last.</summary>
    /// <exception cref="ArgumentException">The topic is longer than <see cref="GossipsubOptions.MaxTopicBytes"/>.</exception>
    public Subscription Subscribe(string topic)
    {
        ThrowIfBad(topic);
        var subscription = new Subscription(topic, _options, _inline, Leave);
        _subscriptions.Add(subscription);
        _loop.Post(() => FollowSubscriptions(topic));
        return subscription;
    }

    /// <summary>Publishes to a topic, subscribed or not.</summary>
    /// <returns>Whom it went to, and why to nobody.</returns>
    /// <exception cref="ArgumentException">The topic is longer than <see cref="GossipsubOptions.MaxTopicBytes"/>.</exception>
    public async Task<PublishResult> PublishAsync(string topic, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        ThrowIfBad(topic);
        cancellationToken.ThrowIfCancellationRequested();
        if (data.Length >= _options.MaxRpcBytes) return TooLarge(data.Length);
        GossipMessage message = Compose(topic, data);
        if (message.Frame.Length > _options.MaxRpcBytes) return TooLarge(data.Length);

        var done = new TaskCompletionSource<PublishResult>(_inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        ObjectDisposedException.ThrowIf(!_loop.Post(() => done.TrySetResult(Publish(message))), this);
        return await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connected peers that are subscribed to a topic.</summary>
    public IReadOnlyCollection<PeerId> Subscribers(string topic) => _views.Subscribers(topic);

    /// <summary>Peers in our mesh of a topic.</summary>
    public IReadOnlyCollection<PeerId> MeshPeers(string topic) => _views.Mesh(topic);

    /// <summary>Completes when at least <paramref name="count"/> connected peers are subscribed to the topic.</summary>
    /// <exception cref="ObjectDisposedException">The pubsub was disposed before.</exception>
    public Task WaitForSubscribersAsync(string topic, int count, CancellationToken cancellationToken = default)
    {
        ThrowIfBad(topic);
        return _views.WaitAsync(topic, count, cancellationToken);
    }

    /// <summary>Leaves all topics, lets what was said go out, and closes the streams.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _stop.Cancel();
        await _beating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        string[] topics = _subscriptions.Topics;
        Subscription[] left = _subscriptions.Clear();
        _loop.Post(() =>
        {
            foreach (string topic in topics) _core.Unsubscribe(Now, topic);
        });
        await DetachAsync().ConfigureAwait(false);
        await _validation.DisposeAsync().ConfigureAwait(false);
        _loop.Close();
        await _loop.Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Subscription subscription in left) subscription.Complete();
        _views.Close();
    }

    private async Task BeatAsync()
    {
        TimeSpan wait = _options.FirstHeartbeat;
        while (true)
        {
            await _node.Time.DelayAsync(wait, _stop.Token).ConfigureAwait(false);
            var done = new TaskCompletionSource(_inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
            _loop.Post(() =>
            {
                _core.Heartbeat(Now);
                done.TrySetResult();
            });
            await done.Task.ConfigureAwait(false);
            wait = _options.HeartbeatInterval;
        }
    }

    private GossipMessage Compose(string topic, ReadOnlyMemory<byte> data)
    {
        bool signed = _options.SignaturePolicy == SignaturePolicy.StrictSign;
        MessageFields fields;
        if (signed)
        {
            byte[] number = new byte[GossipsubCore.SequenceNumberBytes];
            BinaryPrimitives.WriteInt64BigEndian(number, Interlocked.Increment(ref _sequence));
            fields = MessageSigning.Sign(GossipMessage.Compose(_node.Id, data, number, topic), _node.Key);
        }
        else
        {
            fields = GossipMessage.Compose(null, data, null, topic);
        }

        return GossipMessage.Copy(fields, _identity.BytesOf(topic, fields), topic, signed ? _node.Id : null);
    }

    private PublishResult TooLarge(int bytes) =>
        new([], $"The message of {bytes} bytes is too large: with its envelope it must not exceed {_options.MaxRpcBytes} bytes ({nameof(GossipsubOptions.MaxRpcBytes)}).");

    private void Leave(Subscription subscription)
    {
        _subscriptions.Remove(subscription);
        _loop.Post(() => FollowSubscriptions(subscription.Topic));
    }

    /// <summary>Has the core join or leave, whichever is due: posts of several threads may come in any order.</summary>
    private void FollowSubscriptions(string topic)
    {
        if (_subscriptions.Has(topic)) _core.Subscribe(Now, topic);
        else _core.Unsubscribe(Now, topic);
    }

    private void ThrowIfBad(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (Encoding.UTF8.GetByteCount(topic) > _options.MaxTopicBytes)
            throw new ArgumentException($"A topic has at most {_options.MaxTopicBytes} bytes ({nameof(GossipsubOptions.MaxTopicBytes)}).", nameof(topic));
    }

    /// <summary>On a simulated network the same choices in each run, for they follow from who we are.</summary>
    private Random NewRandom() =>
        _inline ? new Random(BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(_node.Id.Bytes))) : new Random();
}
