using System.Threading.Channels;
using Shoal.Chat;
using Shoal.Libp2p;

namespace Shoal.Tests.Cli;

/// <summary>A session that remembers what it was told, and says what a test wants.</summary>
internal sealed class FakeChat : IChatSession
{
    private readonly Channel<ChatEvent> _events = Channel.CreateUnbounded<ChatEvent>();
    private readonly List<string> _rooms = ["tea"];

    internal static readonly PeerId SelfId = Peer(0);
    internal static readonly ChatPeer Anna = new(Peer(1), "anna"), Bob = new(Peer(2), "bob");

    internal List<string> Told { get; } = [];

    internal List<ChatPeer> Known { get; } = [Anna, Bob];

    internal bool NobodyComes { get; init; }

    public ChatPeer Self { get; private set; } = new(SelfId, "me");

    public IReadOnlyList<string> Rooms => [.. _rooms];

    public IReadOnlyList<ChatMember> Peers => [.. Known.Select(p => new ChatMember(p, true, ["tea"]))];

    public IReadOnlyList<ChatMember> Members(string room) => room == "tea" ? Peers : [];

    public IReadOnlyList<RoomMessage> History(string room) => [new(DateTimeOffset.UnixEpoch, room, Anna, "earlier")];

    public IAsyncEnumerable<ChatEvent> ReadEventsAsync(CancellationToken cancellationToken = default) => _events.Reader.ReadAllAsync(cancellationToken);

    public IReadOnlyList<ChatPeer> Find(string nameOrId) => [.. Known.Where(p => p.Name == nameOrId || p.Id.ToString().EndsWith(nameOrId, StringComparison.Ordinal))];

    public void Join(string room)
    {
        Told.Add($"join {room}");
        if (!_rooms.Contains(room)) _rooms.Add(room);
    }

    public Task<bool> LeaveAsync(string room)
    {
        Told.Add($"leave {room}");
        return Task.FromResult(_rooms.Remove(room));
    }

    public Task<ChatSendResult> SendAsync(string room, string text, CancellationToken cancellationToken = default)
    {
        Told.Add($"{room}< {text}");
        return Task.FromResult(NobodyComes ? new ChatSendResult([], "nobody is in the room yet") : new ChatSendResult([Anna.Id], null));
    }

    public Task SendDirectAsync(PeerId peer, string text, CancellationToken cancellationToken = default)
    {
        if (text == "fail") throw new ChatException("a message to anna was not delivered: no answer within 5 s");
        Told.Add($"{peer.ShortText}< {text}");
        return Task.CompletedTask;
    }

    public Task SendFileAsync(PeerId peer, string path, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        Told.Add($"{peer.ShortText}<< {path}");
        return Task.CompletedTask;
    }

    public void SetNick(string nick) => Self = new ChatPeer(SelfId, nick);

    public async Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        Told.Add("drain");
        return !NobodyComes;
    }

    public ValueTask DisposeAsync()
    {
        Told.Add("dispose");
        _events.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    internal void Say(ChatEvent chatEvent) => _events.Writer.TryWrite(chatEvent);

    private static PeerId Peer(byte number)
    {
        byte[] seed = new byte[32];
        seed[0] = number;
        return PrivateKey.FromEd25519Seed(seed).PeerId;
    }
}
