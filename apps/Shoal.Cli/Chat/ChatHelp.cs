namespace Shoal.Cli.Chat;

/// <summary>What can be typed.</summary>
internal static class ChatHelp
{
    /// <summary>The commands, each with its arguments and what it does.</summary>
    internal static IReadOnlyList<(string Command, string Arguments, string What)> Commands { get; } =
    [
        ("msg", "PEER TEXT", "say something to one peer: nick, short or whole peer id"),
        ("file", "PEER PATH", "send a file to one peer"),
        ("peers", "[ROOM]", "list who is there"),
        ("rooms", "", "list the rooms you are in"),
        ("join", "ROOM", "join a room, or turn to it"),
        ("leave", "[ROOM]", "leave a room"),
        ("history", "[N]", "show the last messages of the room again"),
        ("nick", "NAME", "change your name"),
        ("connect", "ADDR", "connect to a peer"),
        ("addresses", "", "list where others reach you"),
        ("help", "", "show this"),
        ("quit", "", "leave"),
    ];

    internal static IEnumerable<string> Lines => Commands
        .Select(c => $"{$"/{c.Command} {c.Arguments}",-18} {c.What}")
        .Append("Anything else is said to the room; // at the start says a slash.");
}
