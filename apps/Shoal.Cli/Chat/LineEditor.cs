using System.Globalization;

namespace Shoal.Cli.Chat;

/// <summary>What a key did to the line.</summary>
internal enum EditResult
{
    /// <summary>Nothing to draw again.</summary>
    None,

    /// <summary>The line or the cursor changed.</summary>
    Changed,

    /// <summary>The line is complete; it is in <see cref="LineEditor.Submitted"/>.</summary>
    Submitted,

    /// <summary>The end of input.</summary>
    Ended,
}

/// <summary>A line being typed, with cursor, history and completion. Knows no screen.</summary>
internal sealed class LineEditor
{
    /// <summary>Lines remembered. Default: 200.</summary>
    private const int MaxHistory = 200;

    private readonly List<string> _history = [];
    private string _draft = "";
    private int _historyAt;

    /// <summary>What is typed so far.</summary>
    internal string Text { get; private set; } = "";

    /// <summary>Where the next character goes: an index into <see cref="Text"/>, always between whole characters.</summary>
    internal int Cursor { get; private set; }

    /// <summary>The line that was completed last.</summary>
    internal string Submitted { get; private set; } = "";

    /// <summary>Gives what a word at the cursor may become: the word, and whether it starts the line.</summary>
    internal Func<string, bool, IEnumerable<string>> Complete { get; set; } = (_, _) => [];

    internal EditResult OnKey(ConsoleKeyInfo key)
    {
        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        return key.Key switch
        {
            ConsoleKey.Enter => Submit(),
            ConsoleKey.J or ConsoleKey.M when control => Submit(),
            ConsoleKey.D when control && Text.Length == 0 => EditResult.Ended,
            ConsoleKey.LeftArrow => MoveTo(control ? WordLeft() : Left(Cursor)),
            ConsoleKey.RightArrow => MoveTo(control ? WordRight() : Right(Cursor)),
            ConsoleKey.Home => MoveTo(0),
            ConsoleKey.A when control => MoveTo(0),
            ConsoleKey.End => MoveTo(Text.Length),
            ConsoleKey.E when control => MoveTo(Text.Length),
            ConsoleKey.UpArrow => Recall(-1),
            ConsoleKey.P when control => Recall(-1),
            ConsoleKey.DownArrow => Recall(1),
            ConsoleKey.N when control => Recall(1),
            ConsoleKey.Backspace when control => Remove(WordLeft(), Cursor),
            ConsoleKey.Backspace => Remove(Left(Cursor), Cursor),
            ConsoleKey.H when control => Remove(Left(Cursor), Cursor),
            ConsoleKey.Delete => Remove(Cursor, Right(Cursor)),
            ConsoleKey.D when control => Remove(Cursor, Right(Cursor)),
            ConsoleKey.W when control => Remove(WordLeft(), Cursor),
            ConsoleKey.U when control => Remove(0, Cursor),
            ConsoleKey.K when control => Remove(Cursor, Text.Length),
            ConsoleKey.Escape => Remove(0, Text.Length),
            ConsoleKey.L when control => EditResult.Changed,
            ConsoleKey.Tab => CompleteWord(),
            _ => char.IsControl(key.KeyChar) ? EditResult.None : Insert(key.KeyChar.ToString()),
        };
    }

    private EditResult Insert(string text)
    {
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
        return EditResult.Changed;
    }

    private EditResult Submit()
    {
        Submitted = Text;
        if (Text.Length > 0 && (_history.Count == 0 || _history[^1] != Text)) _history.Add(Text);
        if (_history.Count > MaxHistory) _history.RemoveAt(0);
        _historyAt = _history.Count;
        (Text, Cursor, _draft) = ("", 0, "");
        return EditResult.Submitted;
    }

    private EditResult Recall(int step)
    {
        int at = _historyAt + step;
        if (at < 0 || at > _history.Count) return EditResult.None;
        if (_historyAt == _history.Count) _draft = Text;
        _historyAt = at;
        Text = at == _history.Count ? _draft : _history[at];
        Cursor = Text.Length;
        return EditResult.Changed;
    }

    private EditResult MoveTo(int position)
    {
        if (position == Cursor) return EditResult.None;
        Cursor = position;
        return EditResult.Changed;
    }

    private EditResult Remove(int from, int to)
    {
        if (from == to) return EditResult.None;
        Text = Text.Remove(from, to - from);
        Cursor = from;
        return EditResult.Changed;
    }

    private EditResult CompleteWord()
    {
        int start = Text.LastIndexOf(' ', Math.Max(Cursor - 1, 0), Math.Max(Cursor, 0)) + 1;
        string word = Text[start..Cursor];
        if (word.Length == 0) return EditResult.None;
        string[] found = [.. Complete(word, start == 0).Distinct()];
        if (found.Length == 0) return EditResult.None;
        string common = found.Aggregate(CommonPrefix);
        if (found.Length == 1) common += " ";
        if (common.Length <= word.Length) return EditResult.None;
        Text = Text[..start] + common + Text[Cursor..];
        Cursor = start + common.Length;
        return EditResult.Changed;
    }

    private static string CommonPrefix(string a, string b)
    {
        int length = 0;
        while (length < a.Length && length < b.Length && char.ToUpperInvariant(a[length]) == char.ToUpperInvariant(b[length])) length++;
        return a[..length];
    }

    private int Right(int from) => from == Text.Length ? from : from + StringInfo.GetNextTextElementLength(Text, from);

    private int Left(int from)
    {
        int at = 0;
        while (at < from)
        {
            int next = Right(at);
            if (next >= from) return at;
            at = next;
        }

        return 0;
    }

    private int WordLeft()
    {
        int at = Cursor;
        while (at > 0 && Text[at - 1] == ' ') at--;
        while (at > 0 && Text[at - 1] != ' ') at--;
        return at;
    }

    private int WordRight()
    {
        int at = Cursor;
        while (at < Text.Length && Text[at] == ' ') at++;
        while (at < Text.Length && Text[at] != ' ') at++;
        return at;
    }
}
