using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shoal.Chat.Direct;
using Shoal.Chat.Files;
using Shoal.Chat.Rooms;
using Shoal.Chat.Styles;
using Shoal.Chat.Text;
using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Shoal.Net;

namespace Shoal.Chat;

/// <summary>
/// A chat on a node: rooms over pubsub, direct messages and files over streams.
/// </summary>
/// <remarks>
/// The session owns neither the node nor its pubsub: dispose the session first, then those. One lock guards the rooms and
/// the names; nothing foreign is called under it.
/// </remarks>
public sealed partial class ChatSession : IChatSession
{
    /// <summary>Longest name of a room, in characters. Default: 128.</summary>
    private const int MaxRoomName = 128;

    /// <summary>Peers remembered per room that are not connected to us. Default: 256.</summary>
    private const int MaxHeardPerRoom = 256;

    /// <summary>Shortest piece of a peer id that finds a peer, in characters. Default: 4.</summary>
    private const int MinShortId = 4;

    private readonly Libp2pNode _node;
    private readonly Gossipsub _pubsub;
    private readonly ChatOptions _options;
    private readonly ILogger _log;
    private readonly IChatStyle _style;
    private readonly Lock _gate = new();
    private readonly NickBook _nicks;
    private readonly List<JoinedRoom> _rooms = [];
    private readonly Channel<ChatEvent> _events;
    private readonly Outbox _outbox;
    private readonly DirectMessages _direct;
    private readonly SideChannel _side;
    private readonly FileOffers _offers;
    private readonly FileFetches _fetches;
    private readonly BackgroundTasks _nickNews = new(limit: 1);
    private readonly PeerAnnouncer? _announcer;
    private long _spoken;
    private long _eventsLost;
    private bool _disposed;

    private ChatSession(Libp2pNode node, Gossipsub pubsub, ChatOptions options)
    {
        _node = node;
        _pubsub = pubsub;
        _options = options;
        _log = node.Options.LoggerFactory.CreateLogger("chat");
        _style = ChatStyles.Get(options.Style);
        _nicks = new NickBook(node.Id, options.MaxNicks);
        if (options.Nick is { } nick) _nicks.Set(node.Id, CleanNick(nick));
        _events = Channel.CreateBounded<ChatEvent>(
            new BoundedChannelOptions(options.EventQueue) { SingleReader = true, AllowSynchronousContinuations = true });
        _outbox = new Outbox(pubsub, node.Time, _log, options, _style.TopicOf, OnGivenUp);
        _direct = new DirectMessages(node, options, _log, OnDirectMessage);
        _fetches = new FileFetches(node, options, _log, OnFileReceived, OnFileFailed);
        _side = new SideChannel(node, options, _log, () => OwnNick, OnNick, _fetches.Accept);
        _offers = new FileOffers(node, options, _log, _side, AnnounceFileAsync);
        _pubsub.SubscriptionChanged += OnSubscriptionChanged;
        _node.PeerDisconnected += OnDisconnected;
        if (options.AnnouncePeers && _style.DiscoveryTopic is { } topic && node.Id.TryGetPublicKey(out PublicKey? key))
            _announcer = new PeerAnnouncer(node, pubsub, _log, key, topic, options.AnnounceInterval);
    }

    /// <summary>Starts to chat: serves direct messages and files, and joins the rooms of the options.</summary>
    /// <exception cref="ArgumentException">A room's name or the nick is not usable.</exception>
    public static ChatSession Start(Libp2pNode node, Gossipsub pubsub, ChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(pubsub);
        options ??= new ChatOptions();
        Check(options);
        var session = new ChatSession(node, pubsub, options);
        foreach (string room in options.Rooms.DefaultIfEmpty(session._style.DefaultRoom)) session.Join(room);
        return session;
    }

    /// <summary>Says early what <see cref="Start"/> would say.</summary>
    /// <exception cref="ArgumentException">A room's name or the nick is not usable.</exception>
    public static void Check(ChatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Nick is { } nick) CleanNick(nick);
        foreach (string room in options.Rooms) CheckRoomName(room);
    }

    /// <inheritdoc />
    public ChatPeer Self => NameOf(_node.Id);

    /// <inheritdoc />
    public IReadOnlyList<string> Rooms
    {
        get { lock (_gate) return [.. _rooms.Select(r => r.Name)]; }
    }

    /// <inheritdoc />
    public IReadOnlyList<RoomMessage> History(string room)
    {
        lock (_gate) return FindRoom(room)?.History.ToList() ?? [];
    }

    /// <inheritdoc />
    public IAsyncEnumerable<ChatEvent> ReadEventsAsync(CancellationToken cancellationToken = default) =>
        _events.Reader.ReadAllAsync(cancellationToken);

    /// <inheritdoc />
    public void Join(string room)
    {
        CheckRoomName(room);
        var joined = new JoinedRoom(room, _style.TopicOf(room), _style.FileTopicOf(room), _options.HistoryLength);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (FindRoom(room) is not null) return;
            if (_rooms.Count >= _options.MaxRooms) throw new ChatException($"cannot join {room}: we are in {_options.MaxRooms} rooms; leave one first");
            _rooms.Add(joined);
        }

        joined.Start(_pubsub, OnRoomMessage, OnFileAnnounced);
        Log.Joined(_log, room, joined.Topic);
        foreach (PeerId peer in _pubsub.Subscribers(joined.Topic)) Emit(new MemberJoined(Now, room, NameOf(peer)));
        TellNick();
    }

    /// <inheritdoc />
    public async Task<bool> LeaveAsync(string room)
    {
        JoinedRoom? left;
        lock (_gate)
        {
            left = FindRoom(room);
            if (left is null) return false;
            _rooms.Remove(left);
        }

        if (_outbox.Drop(room) is var lost and > 0) Notice($"{lost} messages to {room} were never delivered: nobody came");
        await left.DisposeAsync().ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc />
    public async Task<ChatSendResult> SendAsync(string room, string text, CancellationToken cancellationToken = default)
    {
        CheckText(text);
        if (!Rooms.Contains(room)) throw new ChatException($"we are not in room {room}; join it first");
        byte[] data = _style.Encode(text, new Speaker(_node.Id, OwnNick, Now, Interlocked.Increment(ref _spoken) - 1));
        ChatSendResult result = await _outbox.SendAsync(room, data, cancellationToken).ConfigureAwait(false);
        Record(new RoomMessage(Now, room, Self, SafeText.Clean(text)));
        return result;
    }

    /// <inheritdoc />
    public async Task SendDirectAsync(PeerId peer, string text, CancellationToken cancellationToken = default)
    {
        CheckText(text);
        await ReachAsync(peer, "a message", () => _direct.SendAsync(peer, text, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public Task SendFileAsync(PeerId peer, string path, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ReachAsync(peer, $"file {SafeText.OneLine(path)}", () => _offers.SendAsync(peer, path, progress, cancellationToken));
    }

    /// <inheritdoc />
    public void SetNick(string nick)
    {
        string clean = CleanNick(nick);
        lock (_gate)
        {
            if (!_nicks.Set(_node.Id, clean)) return;
        }

        _side.IntroduceToAll();
        TellNick();
    }

    /// <inheritdoc />
    public Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellationToken = default) =>
        _outbox.DrainAsync(limit, cancellationToken);

    /// <summary>Leaves all rooms and stops to serve messages and files. The node and its pubsub go on.</summary>
    public async ValueTask DisposeAsync()
    {
        JoinedRoom[] rooms;
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            rooms = [.. _rooms];
            _rooms.Clear();
        }

        _pubsub.SubscriptionChanged -= OnSubscriptionChanged;
        _node.PeerDisconnected -= OnDisconnected;
        _direct.Stop();
        await _nickNews.DisposeAsync().ConfigureAwait(false);
        await _outbox.DisposeAsync().ConfigureAwait(false);
        await _offers.DisposeAsync().ConfigureAwait(false);
        await _side.DisposeAsync().ConfigureAwait(false);
        await _fetches.DisposeAsync().ConfigureAwait(false);
        if (_announcer is not null) await _announcer.DisposeAsync().ConfigureAwait(false);
        foreach (JoinedRoom room in rooms) await room.DisposeAsync().ConfigureAwait(false);
        _events.Writer.TryComplete();
    }

    private DateTimeOffset Now => _node.Time.GetUtcNow();

    private string? OwnNick
    {
        get { lock (_gate) return _nicks.Own; }
    }

    private ChatPeer NameOf(PeerId peer)
    {
        lock (_gate) return _nicks.Name(peer);
    }

    private JoinedRoom? FindRoom(string room) => _rooms.Find(r => r.Name == room);

    private static string CleanNick(string nick) =>
        Nick.Clean(nick) ?? throw new ArgumentException("A nick needs at least one letter or digit.", nameof(nick));

    private static void CheckRoomName(string room)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(room);
        if (room.Length > MaxRoomName || SafeText.OneLine(room) != room)
            throw new ArgumentException($"A room's name has at most {MaxRoomName} characters, none of them invisible.", nameof(room));
    }

    private void CheckText(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        int bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > _options.MaxMessageBytes)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"A message has at most {_options.MaxMessageBytes} bytes, this one has {bytes}."), nameof(text));
        }
    }

    private async Task ReachAsync(PeerId peer, string what, Func<Task> send)
    {
        if (peer == _node.Id) throw new ChatException($"{what} to ourselves goes nowhere");
        try
        {
            await send().ConfigureAwait(false);
        }
        catch (ProtocolNotSupportedException e)
        {
            throw new ChatException($"{what} to {NameOf(peer)} was not delivered: the peer's program does not take such", e);
        }
        catch (ShoalException e)
        {
            throw new ChatException($"{what} to {NameOf(peer)} was not delivered: {e.Message}", e);
        }
    }
}
