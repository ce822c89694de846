using System.Globalization;
using Shoal.Chat;
using Shoal.Libp2p;
using Shoal.Net;

namespace Shoal.Cli.Chat;

/// <summary>What a conversation needs beside the session.</summary>
internal sealed record ConversationOptions
{
    /// <summary>Connects to an address.</summary>
    internal required Func<Multiaddr, CancellationToken, Task> ConnectAsync { get; init; }

    /// <summary>Gives our addresses.</summary>
    internal required Func<IReadOnlyList<Multiaddr>> Addresses { get; init; }

    /// <summary>How long a peer that is addressed may take to appear: a script types faster than peers meet. Default: 0.</summary>
    internal TimeSpan WaitForUnknown { get; init; }

    /// <summary>How long leaving may wait for what was said to go out. Default: 10 seconds.</summary>
    internal TimeSpan LeaveTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>Joins a session and a screen: runs what is typed, shows what happens.</summary>
internal sealed class Conversation(IChatSession session, IChatScreen screen, ConversationOptions options)
{
    /// <summary>Messages that <c>/history</c> shows when no number is given.</summary>
    private const int HistoryLines = 20;

    /// <summary>Pause between two looks for a peer that is not there yet.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(50);

    private readonly List<Task> _files = [];
    private string _room = session.Rooms[0];
    private bool _saidThatItWaits;

    /// <summary>Runs until <c>/quit</c>, the end of input or the token; then lets out what was said and leaves the rooms.</summary>
    internal async Task RunAsync(Task beforeInput, CancellationToken cancellationToken)
    {
        using var stop = new CancellationTokenSource();
        Task showing = ShowEventsAsync(stop.Token);
        try
        {
            SetContext();
            await beforeInput.WaitAsync(cancellationToken);
            await foreach (string line in screen.ReadLinesAsync(cancellationToken))
            {
                if (!await RunLineAsync(line, cancellationToken)) break;
            }

            await LetOutAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C: no waiting.
        }

        await session.DisposeAsync();
        stop.CancelAfter(options.LeaveTimeout);
        await showing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await screen.DisposeAsync();
    }

    private async Task ShowEventsAsync(CancellationToken cancellationToken)
    {
        await foreach (ChatEvent chatEvent in session.ReadEventsAsync(cancellationToken)) screen.WriteEvent(chatEvent);
    }

    private async Task LetOutAsync(CancellationToken cancellationToken)
    {
        if (!await session.DrainAsync(TimeSpan.Zero, cancellationToken))
        {
            screen.WriteNotice($"waiting up to {options.LeaveTimeout.TotalSeconds:0} s for somebody to hear what was said");
            if (!await session.DrainAsync(options.LeaveTimeout, cancellationToken))
                screen.WriteNotice("nobody came: what was said last was not delivered");
        }

        _files.RemoveAll(f => f.IsCompleted);
        if (_files.Count > 0) screen.WriteNotice($"waiting for {_files.Count} file(s) to be fetched; Ctrl-C ends it at once");
        await Task.WhenAll(_files).WaitAsync(cancellationToken);
    }

    // False when the line ends the conversation.
    private async Task<bool> RunLineAsync(string line, CancellationToken cancellationToken)
    {
        ChatInput input = ChatInput.Parse(line);
        if (input is { Command: "quit" or "exit" }) return false;
        if (input is { Command: "", Text: "" }) return true;
        try
        {
            await RunAsync(input, cancellationToken);
        }
        catch (Exception e) when (e is ShoalException or ArgumentException or FormatException)
        {
            screen.WriteNotice(Messages.Of(e));
        }

        return true;
    }

    private Task RunAsync(ChatInput input, CancellationToken cancellationToken)
    {
        switch (input.Command)
        {
            case "": return SayAsync(input.Text, cancellationToken);
            case "msg": return SayToAsync(input.Text, cancellationToken);
            case "file": return SendFileAsync(input.Text, cancellationToken);
            case "connect": return ConnectAsync(input.Text, cancellationToken);
            case "leave": return LeaveAsync(input.Text.Length > 0 ? input.Text : _room);
            case "rooms": ListRooms(); break;
            case "join": Join(input.Text); break;
            case "peers": ListPeers(input.Text); break;
            case "history": ShowHistory(input.Text); break;
            case "nick": SetNick(input.Text); break;
            case "addresses": foreach (Multiaddr address in options.Addresses()) screen.WriteAnswer(address.ToString()); break;
            case "help": foreach (string line in ChatHelp.Lines) screen.WriteAnswer(line); break;
            default: screen.WriteNotice($"there is no command /{input.Command}; /help lists them"); break;
        }

        return Task.CompletedTask;
    }

    private async Task SayAsync(string text, CancellationToken cancellationToken)
    {
        if (_room.Length == 0)
        {
            screen.WriteNotice("you are in no room; /join one first");
            return;
        }

        ChatSendResult result = await session.SendAsync(_room, text, cancellationToken);
        screen.WriteOwn(text, _room, null, session.Self.Name);
        if (result.KeptBecause is { } reason && !_saidThatItWaits) screen.WriteNotice($"{reason}: what is said now waits and goes out when somebody comes");
        _saidThatItWaits = result.KeptBecause is not null;
    }

    private async Task SayToAsync(string arguments, CancellationToken cancellationToken)
    {
        (string name, string text) = ChatInput.SplitWord(arguments);
        if (text.Length == 0) screen.WriteNotice("say whom and what: /msg PEER TEXT");
        else if (await FindAsync(name, cancellationToken) is { } peer)
        {
            await session.SendDirectAsync(peer.Id, text, cancellationToken);
            screen.WriteOwn(text, "", peer, session.Self.Name);
        }
    }

    private async Task SendFileAsync(string arguments, CancellationToken cancellationToken)
    {
        (string name, string path) = ChatInput.SplitWord(arguments);
        if (path.Length == 0) screen.WriteNotice("say to whom and which: /file PEER PATH");
        else if (await FindAsync(name, cancellationToken) is { } peer)
        {
            _files.RemoveAll(f => f.IsCompleted);
            _files.Add(FollowFileAsync(peer, Unquote(path), cancellationToken));
        }
    }

    private async Task FollowFileAsync(ChatPeer peer, string path, CancellationToken cancellationToken)
    {
        try
        {
            await session.SendFileAsync(peer.Id, path, null, cancellationToken);
            screen.WriteAnswer($"{peer.Name} has {path} now");
        }
        catch (ShoalException e)
        {
            screen.WriteNotice(e.Message);
        }
        catch (OperationCanceledException)
        {
            // The command ends.
        }
    }

    // A path dragged into a terminal often comes in quotes.
    private static string Unquote(string path) =>
        path.Length > 1 && path[0] == path[^1] && path[0] is '"' or '\'' ? path[1..^1] : path;

    private async Task<ChatPeer?> FindAsync(string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatPeer> found = session.Find(name);
        for (TimeSpan waited = TimeSpan.Zero; found.Count == 0 && waited < options.WaitForUnknown; waited += LookPause)
        {
            await Task.Delay(LookPause, cancellationToken);
            found = session.Find(name);
        }

        if (found.Count == 1) return found[0];
        screen.WriteNotice(found.Count == 0
            ? $"there is no {name} here; /peers lists who is"
            : $"{name} may be {string.Join(" or ", found.Select(p => $"{p.Name} {p.Id}"))}; use the peer id");
        return null;
    }

    private async Task ConnectAsync(string text, CancellationToken cancellationToken)
    {
        if (!Multiaddr.TryParse(text, out Multiaddr? address, out string? error))
        {
            screen.WriteNotice($"{text} is not an address: {error}; write it as in /connect /ip4/192.0.2.7/tcp/4001");
            return;
        }

        await options.ConnectAsync(address, cancellationToken);
        screen.WriteAnswer($"connected to {address}");
    }

    private void ListRooms()
    {
        foreach (string room in session.Rooms)
            screen.WriteAnswer(string.Create(CultureInfo.InvariantCulture, $"{(room == _room ? "*" : " ")} {room} ({session.Members(room).Count} others)"));
    }

    private void ListPeers(string room)
    {
        IReadOnlyList<ChatMember> peers = room.Length == 0 ? session.Peers : session.Members(room);
        if (peers.Count == 0) screen.WriteAnswer("nobody yet");
        foreach (ChatMember peer in peers)
        {
            string where = peer.Rooms.Count == 0 ? "in none of your rooms" : "in " + string.Join(", ", peer.Rooms);
            screen.WriteAnswer($"{peer.Peer.Name}  {peer.Peer.Id}  {where}{(peer.IsConnected ? "" : ", through others")}");
        }
    }

    private void Join(string room)
    {
        if (room.Length == 0)
        {
            screen.WriteNotice("say which: /join ROOM");
            return;
        }

        bool isNew = !session.Rooms.Contains(room);
        session.Join(room);
        _room = room;
        SetContext();
        screen.WriteAnswer(isNew ? $"joined {room}" : $"back to {room}");
    }

    private async Task LeaveAsync(string room)
    {
        if (!await session.LeaveAsync(room))
        {
            screen.WriteNotice($"you are not in {(room.Length == 0 ? "any room" : room)}; /rooms lists where you are");
            return;
        }

        IReadOnlyList<string> left = session.Rooms;
        if (_room == room) _room = left.Count > 0 ? left[^1] : "";
        SetContext();
        screen.WriteAnswer(_room.Length > 0 ? $"left {room}; now in {_room}" : $"left {room}; /join another");
    }

    private void ShowHistory(string number)
    {
        int count = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : HistoryLines;
        foreach (RoomMessage message in session.History(_room).TakeLast(count))
            screen.WriteAnswer($"{message.At.ToLocalTime():HH:mm} {message.From.Name}: {message.Text.Replace('\n', ' ')}");
    }

    private void SetNick(string nick)
    {
        if (nick.Length == 0)
        {
            screen.WriteAnswer($"you are {session.Self.Name}, {session.Self.Id}");
            return;
        }

        session.SetNick(nick);
        screen.WriteAnswer($"you are {session.Self.Name} now");
        SetContext();
    }

    private void SetContext() => screen.SetContext(_room, () => session.Peers.Select(p => p.Peer.Name));
}
