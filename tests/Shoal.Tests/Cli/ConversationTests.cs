using Shoal.Chat;
using Shoal.Cli.Chat;
using Shoal.Libp2p;

namespace Shoal.Tests.Cli;

public sealed class ConversationTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private readonly FakeChat _session = new();

    [Fact]
    public async Task Lines_are_said_to_the_room_and_the_end_of_input_ends_it_well()
    {
        TestConsole console = await RunAsync("hello\n\n  \n//not a command\n");
        Assert.Equal(["tea< hello", "tea< /not a command", "drain", "dispose"], _session.Told);
        Assert.Empty(console.Out);
        Assert.Empty(console.Error);
    }

    [Fact]
    public async Task Nothing_behind_quit_is_read()
    {
        await RunAsync("one\n/quit\ntwo\n");
        Assert.Equal(["tea< one", "drain", "dispose"], _session.Told);
    }

    [Fact]
    public async Task What_happens_is_printed_in_the_lines_that_scripts_know()
    {
        _session.Say(new RoomMessage(Now, "tea", FakeChat.Anna, "two\nlines"));
        _session.Say(new DirectMessage(Now, FakeChat.Anna, "psst"));
        _session.Say(new FileReceived(Now, FakeChat.Bob, "/tmp/tea.png", 1234));
        _session.Say(new MemberJoined(Now, "tea", FakeChat.Bob));
        _session.Say(new ChatNotice(Now, "something"));
        TestConsole console = await RunAsync("");
        Assert.Equal(["anna: two lines", "[dm] anna: psst", "file from bob: /tmp/tea.png (1234 bytes)"], console.OutLines);
        Assert.Equal(["bob is in tea", "shoal: something"], console.ErrorLines);
    }

    [Fact]
    public void Addresses_are_printed_first()
    {
        var console = new TestConsole();
        new LineScreen(console.Console).WriteAddresses([Multiaddr.Parse("/ip4/127.0.0.1/tcp/4001").WithPeerId(FakeChat.SelfId)]);
        Assert.Equal([$"listening on /ip4/127.0.0.1/tcp/4001/p2p/{FakeChat.SelfId}"], console.OutLines);
    }

    [Fact]
    public async Task Messages_and_files_go_to_one_peer()
    {
        TestConsole console = await RunAsync(
            $"/msg anna  hello you \n/msg {FakeChat.Bob.Id.ShortText} hi\n/file bob /tmp/a file.txt\n/file anna \"/tmp/quoted\"\n/msg anna fail\nafter\n");
        string anna = FakeChat.Anna.Id.ShortText, bob = FakeChat.Bob.Id.ShortText;
        Assert.Equal([$"{anna}< hello you", $"{bob}< hi", $"{bob}<< /tmp/a file.txt", $"{anna}<< /tmp/quoted", "tea< after", "drain", "dispose"], _session.Told);
        Assert.Empty(console.Out);
        Assert.Contains("shoal: a message to anna was not delivered: no answer within 5 s", console.ErrorLines);
    }

    [Fact]
    public async Task Rooms_are_joined_turned_to_and_left()
    {
        TestConsole console = await RunAsync("/join rum\nin rum\n/join tea\nin tea\n/leave\nin rum again\n/leave rum\nnowhere\n/rooms\n/join\n/leave gin\n");
        Assert.Equal(
            ["join rum", "rum< in rum", "join tea", "tea< in tea", "leave tea", "rum< in rum again", "leave rum", "leave gin", "drain", "dispose"], _session.Told);
        Assert.Empty(console.Out);
        Assert.Contains("shoal: you are in no room; /join one first", console.ErrorLines);
        Assert.Contains("shoal: say which: /join ROOM", console.ErrorLines);
    }

    [Fact]
    public async Task Answers_and_complaints_go_to_standard_error()
    {
        TestConsole console = await RunAsync("/peers\n/rooms\n/nick anne\n/nick\n/history\n/help\n/addresses\n/frobnicate\n/msg anna\n/msg nobody hi\n/connect nonsense\n");
        Assert.Empty(console.Out);
        Assert.Contains($"anna  {FakeChat.Anna.Id}  in tea", console.ErrorLines);
        Assert.Contains("* tea (2 others)", console.ErrorLines);
        Assert.Contains("you are anne now", console.ErrorLines);
        Assert.Contains("/ip4/127.0.0.1/tcp/4001", console.ErrorLines);
        Assert.Contains("shoal: there is no command /frobnicate; /help lists them", console.ErrorLines);
        Assert.Contains("shoal: there is no nobody here; /peers lists who is", console.ErrorLines);
        Assert.Contains(console.ErrorLines, l => l.EndsWith("anna: earlier", StringComparison.Ordinal));
        Assert.Contains(console.ErrorLines, l => l.StartsWith("shoal: nonsense is not an address", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_two_have_is_asked_back()
    {
        _session.Known.Add(new ChatPeer(FakeChat.SelfId, "anna"));
        TestConsole console = await RunAsync("/msg anna hi\n");
        Assert.Equal(["drain", "dispose"], _session.Told);
        Assert.Contains(FakeChat.Anna.Id.ToString(), Assert.Single(console.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_nobody_heard_is_waited_for_with_a_word()
    {
        var session = new FakeChat { NobodyComes = true };
        var console = new TestConsole("hello\nhello?\n");
        await RunAsync(session, console);
        Assert.Equal(["tea< hello", "tea< hello?", "drain", "drain", "dispose"], session.Told);
        Assert.Equal(
            ["shoal: nobody is in the room yet: what is said now waits and goes out when somebody comes", "shoal: waiting up to 10 s for somebody to hear what was said", "shoal: nobody came: what was said last was not delivered"],
            console.ErrorLines);
    }

    [Fact]
    public async Task Help_names_every_command_of_the_issue()
    {
        TestConsole console = await RunAsync("/help\n");
        foreach (string command in new[] { "/msg PEER TEXT", "/file PEER PATH", "/rooms", "/join ROOM", "/leave", "/peers", "/nick NAME", "/quit" })
            Assert.Contains(command, console.Error, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private async Task<TestConsole> RunAsync(string input)
    {
        var console = new TestConsole(input);
        await RunAsync(_session, console);
        return console;
    }

    private static Task RunAsync(FakeChat session, TestConsole console) =>
        new Conversation(session, new LineScreen(console.Console), new ConversationOptions
        {
            ConnectAsync = (_, _) => Task.CompletedTask,
            Addresses = () => [Multiaddr.Parse("/ip4/127.0.0.1/tcp/4001")],
        }).RunAsync(Task.CompletedTask, default);
}
