using Shoal.Chat;
using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Shoal.Tests.Libp2p.Node;

namespace Shoal.Tests.Chat;

/// <summary>Whole chats on the simulated network.</summary>
public sealed class ChatSessionTests : IDisposable
{
    private readonly SimulatedNodes _nodes = new(seed: 7);
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-session-").FullName;

    [Theory]
    [InlineData(ChatStyle.UniversalConnectivity)]
    [InlineData(ChatStyle.Camp)]
    [InlineData(ChatStyle.Plain)]
    [InlineData(ChatStyle.Room)]
    public void Two_talk_in_a_room_and_in_private(ChatStyle style) => _nodes.Run(async () =>
    {
        await using Chatter anna = await StartAsync(style, "anna");
        await using Chatter ben = await StartAsync(style, "ben");
        await MeetAsync(anna, ben);

        ChatSendResult result = await anna.Session.SendAsync(anna.Session.Rooms[0], "hello, ünïcode");
        Assert.Equal([ben.Node.Id], result.Recipients);
        await _nodes.UntilAsync(() => ben.Has<RoomMessage>(m => m.Text == "hello, ünïcode" && m.From.Id == anna.Node.Id));
        Assert.DoesNotContain(anna.Events, e => e is RoomMessage);
        Assert.Equal(["hello, ünïcode"], anna.Session.History(anna.Session.Rooms[0]).Select(m => m.Text));
        Assert.Equal(["hello, ünïcode"], ben.Session.History(ben.Session.Rooms[0]).Select(m => m.Text));

        await _nodes.UntilAsync(() => ben.Session.Find("anna").Count == 1);
        await ben.Session.SendDirectAsync(ben.Session.Find("anna")[0].Id, "psst");
        await _nodes.UntilAsync(() => anna.Has<DirectMessage>(m => m.Text == "psst" && m.From.Name == "ben"));

        anna.Session.SetNick("anne");
        await _nodes.UntilAsync(() => ben.Session.Find("anne").Count == 1);
    });

    [Fact]
    public void What_is_said_to_an_empty_room_goes_out_once_when_somebody_comes() => _nodes.Run(async () =>
    {
        await using Chatter anna = await StartAsync();
        await using Chatter ben = await StartAsync();
        string room = anna.Session.Rooms[0];
        Assert.NotNull((await anna.Session.SendAsync(room, "one")).KeptBecause);
        Assert.NotNull((await anna.Session.SendAsync(room, "two")).KeptBecause);
        Assert.False(await anna.Session.DrainAsync(TimeSpan.FromSeconds(1)));

        await anna.Node.ConnectAsync(ben.Node.Addresses[0]);
        Assert.True(await anna.Session.DrainAsync(TimeSpan.FromSeconds(10)));
        await anna.Session.SendAsync(room, "three");
        await _nodes.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["one", "two", "three"], ben.Events.OfType<RoomMessage>().Select(m => m.Text));
    });

    [Fact]
    public void What_nobody_comes_for_is_given_up_with_a_word() => _nodes.Run(async () =>
    {
        await using Chatter anna = await StartAsync();
        await anna.Session.SendAsync(anna.Session.Rooms[0], "one");
        await _nodes.PassAsync(TimeSpan.FromSeconds(61));
        Assert.True(await anna.Session.DrainAsync(TimeSpan.Zero));
        Assert.Contains(anna.Events, e => e is ChatNotice);
    });

    [Fact]
    public void A_file_goes_to_one_peer_and_to_nobody_else() => _nodes.Run(async () =>
    {
        await using Chatter anna = await StartAsync();
        await using Chatter ben = await StartAsync();
        await using Chatter cleo = await StartAsync();
        await MeetAsync(anna, ben);
        await MeetAsync(anna, cleo);
        byte[] content = new byte[600_000];
        new Random(1).NextBytes(content);
        string path = Path.Combine(_folder, "tea.png");
        File.WriteAllBytes(path, content);

        var progress = new Progress();
        await anna.Session.SendFileAsync(ben.Node.Id, path, progress);
        await _nodes.UntilAsync(() => ben.Has<FileReceived>(_ => true));
        FileReceived file = ben.Events.OfType<FileReceived>().Single();
        Assert.Equal(Path.Combine(ben.Folder, "tea.png"), file.Path);
        Assert.Equal(600_000, file.Bytes);
        Assert.Equal(600_000, progress.Last);
        Assert.Equal(content, File.ReadAllBytes(file.Path));
        await _nodes.PassAsync(TimeSpan.FromSeconds(5));
        Assert.DoesNotContain(cleo.Events, e => e is FileReceived or ChatNotice);
    });

    [Fact]
    public void A_file_that_is_too_large_is_refused_with_the_reason() => _nodes.Run(async () =>
    {
        await using Chatter anna = await StartAsync();
        await using Chatter ben = await StartAsync(options: new ChatOptions { MaxFileBytes = 10 });
        await MeetAsync(anna, ben);
        string path = Path.Combine(_folder, "tea.png");
        File.WriteAllBytes(path, new byte[11]);
        ChatException refused = await Assert.ThrowsAsync<ChatException>(() => anna.Session.SendFileAsync(ben.Node.Id, path));
        Assert.Contains("at most 10 bytes", refused.Message, StringComparison.Ordinal);
        ChatException missing = await Assert.ThrowsAsync<ChatException>(() => anna.Session.SendFileAsync(ben.Node.Id, path + "?"));
        Assert.Contains("there is no file", missing.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Rooms_keep_apart() => _nodes.Run(async () =>
    {
        await using Chatter anna = await StartAsync(options: new ChatOptions { Rooms = ["tea", "rum"] });
        await using Chatter ben = await StartAsync(options: new ChatOptions { Rooms = ["tea"] });
        await anna.Node.ConnectAsync(ben.Node.Addresses[0]);
        await _nodes.UntilAsync(() => anna.Session.Members("tea").Count == 1 && ben.Session.Members("tea").Count == 1);
        Assert.Empty(anna.Session.Members("rum"));

        ben.Session.Join("rum");
        await _nodes.UntilAsync(() => anna.Has<MemberJoined>(m => m.Room == "rum"));
        await anna.Session.SendAsync("rum", "yo ho ho");
        await _nodes.UntilAsync(() => ben.Has<RoomMessage>(m => m.Room == "rum" && m.Text == "yo ho ho"));

        Assert.True(await ben.Session.LeaveAsync("tea"));
        Assert.False(await ben.Session.LeaveAsync("tea"));
        await _nodes.UntilAsync(() => anna.Has<MemberLeft>(m => m.Room == "tea"));
        await Assert.ThrowsAsync<ChatException>(() => ben.Session.SendAsync("tea", "still there?"));
    });

    [Fact]
    public void Peers_of_a_peer_are_found_over_the_discovery_topic() => _nodes.Run(async () =>
    {
        await using Chatter anna = await StartAsync();
        await using Chatter ben = await StartAsync();
        await using Chatter cleo = await StartAsync();
        var found = new HashSet<PeerId>();
        anna.Node.PeerDiscovered += (peer, _) => found.Add(peer);
        await MeetAsync(anna, ben);
        await MeetAsync(ben, cleo);
        await _nodes.UntilAsync(() => found.Contains(cleo.Node.Id));
        await anna.Node.ConnectAsync(cleo.Node.Id);
    });

    [Fact]
    public void A_message_to_a_program_that_takes_none_says_so() => _nodes.Run(async () =>
    {
        await using Chatter anna = await StartAsync();
        await using Libp2pNode other = await _nodes.StartAsync();
        await anna.Node.ConnectAsync(other.Addresses[0]);
        ChatException refused = await Assert.ThrowsAsync<ChatException>(() => anna.Session.SendDirectAsync(other.Id, "hello"));
        Assert.Contains("does not take such", refused.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Escapes_and_endless_texts_of_others_do_no_harm() => _nodes.Run(async () =>
    {
        await using Chatter anna = await StartAsync();
        await using Chatter ben = await StartAsync();
        await MeetAsync(anna, ben);
        string room = anna.Session.Rooms[0];
        await ben.Pubsub.PublishAsync(room, "\u001b[2J\u0007boo"u8.ToArray());
        await ben.Pubsub.PublishAsync(room, "\u001b\u0007"u8.ToArray());
        await ben.Pubsub.PublishAsync(room, new byte[40_000].Select(_ => (byte)'x').ToArray());
        await _nodes.UntilAsync(() => anna.Has<RoomMessage>(m => m.Text.Length == 16 * 1024));
        Assert.Contains(anna.Events, e => e is RoomMessage { Text: "[2Jboo" });
        Assert.Equal(2, anna.Events.OfType<RoomMessage>().Count());
    });

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<Chatter> StartAsync(ChatStyle style = default, string? nick = null, ChatOptions? options = null)
    {
        Libp2pNode node = await _nodes.StartAsync();
        string folder = Path.Combine(_folder, node.Id.ShortText);
        return new Chatter(node, (options ?? new ChatOptions { Style = style, Nick = nick }) with { DownloadsDirectory = folder });
    }

    private async Task MeetAsync(Chatter one, Chatter other)
    {
        await one.Node.ConnectAsync(other.Node.Addresses[0]);
        string room = one.Session.Rooms[0];
        await _nodes.UntilAsync(() => one.Session.Members(room).Any(m => m.Peer.Id == other.Node.Id) && other.Session.Members(room).Any(m => m.Peer.Id == one.Node.Id));
    }

    private sealed class Progress : IProgress<long>
    {
        internal long Last { get; private set; }

        public void Report(long value) => Last = value;
    }

    /// <summary>A node with a chat, and everything that happened in it.</summary>
    private sealed class Chatter : IAsyncDisposable
    {
        private readonly Task _reading;

        internal Chatter(Libp2pNode node, ChatOptions options)
        {
            Node = node;
            Folder = options.DownloadsDirectory!;
            Pubsub = Gossipsub.Start(node);
            Session = ChatSession.Start(node, Pubsub, options);
            _reading = ReadAsync();
        }

        internal Libp2pNode Node { get; }

        internal Gossipsub Pubsub { get; }

        internal ChatSession Session { get; }

        internal string Folder { get; }

        internal List<ChatEvent> Events { get; } = [];

        internal bool Has<T>(Func<T, bool> condition)
            where T : ChatEvent => Events.OfType<T>().Any(condition);

        public async ValueTask DisposeAsync()
        {
            await Session.DisposeAsync();
            await _reading;
            await Pubsub.DisposeAsync();
            await Node.DisposeAsync();
        }

        private async Task ReadAsync()
        {
            await foreach (ChatEvent happened in Session.ReadEventsAsync()) Events.Add(happened);
        }
    }
}
