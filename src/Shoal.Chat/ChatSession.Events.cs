using System.Text;
using Shoal.Chat.Files;
using Shoal.Chat.Rooms;
using Shoal.Chat.Styles;
using Shoal.Chat.Text;
using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Shoal.Net;

namespace Shoal.Chat;

/// <content>What comes in, and who is there.</content>
public sealed partial class ChatSession
{
    /// <summary>Pause between two tellings of our nick to rooms, however many peers come. Default: 2 seconds.</summary>
    private static readonly TimeSpan NickPause = TimeSpan.FromSeconds(2);

    /// <summary>Pause before our nick is told again where nobody took it. Default: 100 ms.</summary>
    private static readonly TimeSpan NickRetryPause = TimeSpan.FromMilliseconds(100);

    private bool _nickDue;
    private bool _nickTelling;

    /// <inheritdoc />
    public IReadOnlyList<ChatMember> Members(string room)
    {
        JoinedRoom? joined;
        lock (_gate) joined = FindRoom(room);
        return joined is null ? [] : ListPeers([joined], includeConnected: false);
    }

    /// <inheritdoc />
    public IReadOnlyList<ChatMember> Peers
    {
        get
        {
            JoinedRoom[] rooms;
            lock (_gate) rooms = [.. _rooms];
            return ListPeers(rooms, includeConnected: true);
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<ChatPeer> Find(string nameOrId)
    {
        ArgumentNullException.ThrowIfNull(nameOrId);
        string wanted = nameOrId.Trim();
        if (PeerId.TryParse(wanted, out PeerId whole)) return [NameOf(whole)];

        IReadOnlyList<ChatMember> peers = Peers;
        ChatMember? shown = peers.FirstOrDefault(p => p.Peer.Name == wanted);
        if (shown is not null) return [shown.Peer];

        HashSet<PeerId> called;
        lock (_gate) called = [.. _nicks.Called(wanted)];
        List<ChatPeer> found = [.. peers.Where(p => called.Contains(p.Peer.Id)).Select(p => p.Peer)];
        if (found.Count == 0 && wanted.Length >= MinShortId)
            found.AddRange(peers.Select(p => p.Peer).Where(p => p.Id.ToString().EndsWith(wanted, StringComparison.Ordinal)));
        return found;
    }

    private List<ChatMember> ListPeers(IReadOnlyList<JoinedRoom> rooms, bool includeConnected)
    {
        var connected = new HashSet<PeerId>(_node.ConnectedPeers);
        var where = new Dictionary<PeerId, List<string>>();
        if (includeConnected)
        {
            foreach (PeerId peer in connected) where.TryAdd(peer, []);
        }

        foreach (JoinedRoom room in rooms)
        {
            HashSet<PeerId> members;
            lock (_gate) members = [.. room.Heard];
            members.UnionWith(_pubsub.Subscribers(room.Topic));
            foreach (PeerId peer in members)
            {
                if (!where.TryGetValue(peer, out List<string>? names)) where[peer] = names = [];
                names.Add(room.Name);
            }
        }

        where.Remove(_node.Id);
        return [.. where.Select(w => new ChatMember(NameOf(w.Key), connected.Contains(w.Key), w.Value))
            .OrderBy(m => m.Peer.Name, StringComparer.OrdinalIgnoreCase).ThenBy(m => m.Peer.Id.ToString(), StringComparer.Ordinal)];
    }

    private void OnRoomMessage(JoinedRoom room, PubsubMessage message)
    {
        if (message.From is not { } author || author == _node.Id) return;
        Log.Heard(_log, message.Data.Length, room.Name, author);
        Heard heard;
        try
        {
            heard = _style.Decode(message.Data.Span);
        }
        catch (WireFormatException e)
        {
            Log.Unreadable(_log, room.Name, author, e.Message);
            return;
        }

        if (heard.Nick is not null) OnNick(author, heard.Nick);
        if (heard.Text is null) return;
        string text = SafeText.Cut(SafeText.Clean(heard.Text), _options.MaxMessageBytes);
        if (string.IsNullOrWhiteSpace(text)) return;
        lock (_gate)
        {
            if (room.Heard.Count < MaxHeardPerRoom) room.Heard.Add(author);
        }

        var said = new RoomMessage(Now, room.Name, NameOf(author), text);
        Record(said);
        Emit(said);
    }

    private bool OnDirectMessage(PeerId from, string text) => Emit(new DirectMessage(Now, NameOf(from), text));

    private void OnFileAnnounced(JoinedRoom room, PubsubMessage message)
    {
        if (message.From is not { } author || author == _node.Id || message.Data.Length > FileId.MaxBytes) return;
        _fetches.OnAnnounced(author, Encoding.UTF8.GetString(message.Data.Span));
    }

    private void OnFileReceived(PeerId from, string path, long bytes) => Emit(new FileReceived(Now, NameOf(from), path, bytes));

    private void OnFileFailed(PeerId from, string name, string reason) =>
        Notice($"file {name} from {NameOf(from)} did not arrive: {SafeText.OneLine(reason)}");

    private void OnNick(PeerId peer, string claimed)
    {
        if (Nick.Clean(claimed) is not { } nick) return;
        string old;
        ChatPeer now;
        lock (_gate)
        {
            old = _nicks.Name(peer).Name;
            // In the go chat-room, a peer without nick sends its short id: no news.
            if (nick == peer.ShortText || !_nicks.Set(peer, nick)) return;
            now = _nicks.Name(peer);
        }

        if (now.Name != old) Emit(new NickChanged(Now, now, old));
    }

    private void OnDisconnected(PeerId peer)
    {
        lock (_gate) _nicks.OnGone(peer);
    }

    private void OnSubscriptionChanged(PeerId peer, string topic, bool joined)
    {
        JoinedRoom? room;
        lock (_gate)
        {
            room = _rooms.Find(r => r.Topic == topic);
            if (!joined) room?.Heard.Remove(peer);
        }

        if (room is null) return;
        Emit(joined ? new MemberJoined(Now, room.Name, NameOf(peer)) : new MemberLeft(Now, room.Name, NameOf(peer)));
        if (!joined) return;
        _outbox.Wake();
        TellNick();
    }

    // Where nicks are messages of the room, whoever comes later has missed ours.
    private void TellNick()
    {
        lock (_gate)
        {
            if (_nicks.Own is not { } nick || _style.EncodeNick(nick) is null) return;
            _nickDue = true;
            if (_nickTelling) return;
            _nickTelling = true;
        }

        _nickNews.TryStart(TellNickAsync);
    }

    private async Task TellNickAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            (int told, int missed) = await PublishNickAsync(cancellationToken).ConfigureAwait(false);
            // Several may come soon after another: one telling after the pause serves them all.
            if (told + missed > 0) await _node.Time.DelayAsync(missed > 0 ? NickRetryPause : NickPause, cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                _nickTelling = _nickDue || missed > 0;
                if (!_nickTelling) return;
            }
        }
    }

    // Gives the number of rooms where somebody was told, and of those where somebody is and nobody could be told.
    private async Task<(int Told, int Missed)> PublishNickAsync(CancellationToken cancellationToken)
    {
        string[] topics;
        byte[]? data;
        lock (_gate)
        {
            _nickDue = false;
            data = _nicks.Own is { } nick ? _style.EncodeNick(nick) : null;
            topics = [.. _rooms.Select(r => r.Topic)];
        }

        int told = 0, missed = 0;
        foreach (string topic in topics)
        {
            if (data is null || _pubsub.Subscribers(topic).Count == 0) continue;
            PublishResult result = await _pubsub.PublishAsync(topic, data, cancellationToken).ConfigureAwait(false);
            if (result.Recipients.Count > 0) told++;
            else missed++;
        }

        return (told, missed);
    }

    private async Task<bool> AnnounceFileAsync(PeerId peer, string id, CancellationToken cancellationToken)
    {
        string?[] topics;
        lock (_gate) topics = [.. _rooms.Select(r => r.FileTopic)];
        string? topic = topics.FirstOrDefault(t => t is not null && _pubsub.Subscribers(t).Contains(peer));
        if (topic is null) return false;
        PublishResult result = await _pubsub.PublishAsync(topic, Encoding.UTF8.GetBytes(id), cancellationToken).ConfigureAwait(false);
        return result.Recipients.Count > 0;
    }

    private void OnGivenUp(KeptMessage message) =>
        Notice($"a message to {message.Room} was given up: nobody came for {_options.KeepTime.TotalSeconds:0} s");

    private void Notice(string text) => Emit(new ChatNotice(Now, text));

    private void Record(RoomMessage message)
    {
        lock (_gate) FindRoom(message.Room)?.History.Add(message);
    }

    private bool Emit(ChatEvent chatEvent)
    {
        if (_events.Writer.TryWrite(chatEvent)) return true;
        long lost = Interlocked.Increment(ref _eventsLost);
        Log.EventLost(_log, lost);
        return false;
    }
}
