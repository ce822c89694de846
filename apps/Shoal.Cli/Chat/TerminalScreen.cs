using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Shoal.Chat;
using Shoal.Chat.Text;
using Shoal.Libp2p;

namespace Shoal.Cli.Chat;

/// <summary>A conversation on a terminal: messages scroll by, the line being typed stays at the bottom.</summary>
/// <remarks>
/// The typed line takes exactly one row: a longer one is shown in part, around the cursor. So whatever is printed first
/// clears that row and afterwards draws it again, and the terminal's own scrolling does the rest.
/// </remarks>
internal sealed class TerminalScreen : IChatScreen
{
    private readonly CliConsole _console;
    private readonly Palette _palette;
    private readonly LineEditor _editor = new();
    private readonly Lock _gate = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>(); // A person types no faster than it is read.
    private string _room = "";
    private string _prompt = "";
    private bool _reading;
    private int _cursorColumn;
    private PosixSignalRegistration? _resized;
    private Func<IEnumerable<string>> _names = () => [];

    internal TerminalScreen(CliConsole console)
    {
        _console = console;
        _palette = new Palette(console.Colours);
        _editor.Complete = Complete;
    }

    public async IAsyncEnumerable<string> ReadLinesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _reading = true;
            Draw();
        }

        if (!OperatingSystem.IsWindows()) _resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => OnResized());
        // Reading keys blocks, so it has a thread of its own, which ends with the process.
        new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
        await foreach (string line in _lines.Reader.ReadAllAsync(cancellationToken)) yield return line;
    }

    public void WriteAddresses(IReadOnlyList<Multiaddr> addresses)
    {
        foreach (Multiaddr address in addresses) Print(_palette.Dim($"listening on {address}"));
        Print(_palette.Dim("/help says what can be typed; Ctrl-D leaves"));
    }

    public void WriteEvent(ChatEvent chatEvent)
    {
        switch (chatEvent)
        {
            case RoomMessage m: PrintMessage(m.At, InRoom(m.Room) + _palette.Of(m.From.Id, m.From.Name), m.Text); break;
            case DirectMessage m: PrintMessage(m.At, $"{_palette.Bold("[dm]")} {_palette.Of(m.From.Id, m.From.Name)}", m.Text); break;
            case FileReceived f: PrintMessage(f.At, $"file from {_palette.Of(f.From.Id, f.From.Name)}", string.Create(CultureInfo.InvariantCulture, $"{f.Path} ({f.Bytes} bytes)")); break;
            case MemberJoined m: Print(_palette.Dim($"* {m.Who.Name} is in {m.Room}")); break;
            case MemberLeft m: Print(_palette.Dim($"* {m.Who.Name} left {m.Room}")); break;
            case NickChanged n: Print(_palette.Dim($"* {n.OldName} is called {n.Who.Name} now")); break;
            case ChatNotice n: WriteNotice(n.Text); break;
        }
    }

    public void WriteOwn(string text, string room, ChatPeer? to, string ownName) => PrintMessage(
        DateTimeOffset.Now, to is { } peer ? $"{_palette.Bold("[dm]")} to {_palette.Of(peer.Id, peer.Name)}" : _palette.Bold(ownName), SafeText.Clean(text));

    public void WriteAnswer(string line) => Print("  " + SafeText.OneLine(line));

    public void WriteNotice(string line) => Print(_palette.Warn("! " + SafeText.OneLine(line)));

    public void WriteTrace(string line)
    {
        if (_console.ErrorIsTerminal) Print(_palette.Dim(line));
        else _console.Error.WriteLine(line);
    }

    public void SetContext(string room, Func<IEnumerable<string>> names)
    {
        lock (_gate)
        {
            _names = names;
            _room = room;
            _prompt = room.Length == 0 ? "> " : $"{Shorten(room)}> ";
            Draw();
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _console.Out.Write(Clear());
            _reading = false;
            _resized?.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private void OnResized()
    {
        lock (_gate) Draw();
    }

    private static string Shorten(string room) => room.Length <= 20 ? room : room[..19] + "…";

    private string InRoom(string room) => room == _room ? "" : _palette.Dim(room + " ");

    private void ReadKeys()
    {
        try
        {
            while (ReadKey())
            {
            }
        }
        catch (InvalidOperationException)
        {
            // The terminal went away.
        }

        _lines.Writer.TryComplete();
    }

    // False at the end of input. What was pasted is drawn once.
    private bool ReadKey()
    {
        ConsoleKeyInfo key = Console.ReadKey(intercept: true);
        bool more = Console.KeyAvailable;
        EditResult result;
        lock (_gate)
        {
            result = _editor.OnKey(key);
            if (result is EditResult.Changed or EditResult.Submitted && !more) Draw();
        }

        if (result == EditResult.Submitted) _lines.Writer.TryWrite(_editor.Submitted);
        return result != EditResult.Ended;
    }

    private IEnumerable<string> Complete(string word, bool first)
    {
        if (first && word[0] == '/') return ChatHelp.Commands.Select(c => "/" + c.Command).Where(c => c.StartsWith(word, StringComparison.Ordinal));
        return _names().Where(n => n.StartsWith(word, StringComparison.OrdinalIgnoreCase));
    }

    private void PrintMessage(DateTimeOffset at, string who, string text)
    {
        string time = _palette.Dim(at.ToLocalTime().ToString("HH:mm", CultureInfo.InvariantCulture));
        // Further lines are set in, so that none can pass for a message of its own.
        Print($"{time} {who}: {text.Replace("\n", "\n      ", StringComparison.Ordinal)}");
    }

    private void Print(string text)
    {
        lock (_gate)
        {
            _console.Out.Write($"{Clear()}{text.Replace("\n", "\r\n", StringComparison.Ordinal)}\r\n");
            Draw();
        }
    }

    private void Draw()
    {
        if (!_reading) return;
        int width = Width;
        string prompt = CellWidth.Of(_prompt) < width / 2 ? _prompt : "> ";
        int promptCells = CellWidth.Of(prompt);
        (string shown, int cursor) = CellWidth.Window(_editor.Text, _editor.Cursor, Math.Max(width - 1 - promptCells, 2));
        string clear = Clear();
        _cursorColumn = promptCells + cursor;
        _console.Out.Write($"{clear}{_palette.Dim(prompt)}{shown}\r{(_cursorColumn > 0 ? $"\e[{_cursorColumn}C" : "")}");
    }

    // Goes to the start of the typed line and clears it. A terminal that became narrower has wrapped it into several rows.
    private string Clear()
    {
        if (!_reading) return "";
        int rowsUp = _cursorColumn / Width;
        _cursorColumn = 0;
        return rowsUp > 0 ? $"\r\e[{rowsUp}A\e[J" : "\r\e[J";
    }

    private static int Width
    {
        get
        {
            int width = Console.WindowWidth;
            return width > 0 ? width : 80;
        }
    }
}
