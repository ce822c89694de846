using FsCheck;
using FsCheck.Fluent;
using Shoal.Cli.Chat;

namespace Shoal.Tests.Cli;

public sealed class LineEditorTests
{
    private readonly LineEditor _editor = new();

    [Fact]
    public void Keys_edit_where_the_cursor_is()
    {
        Type("helo world");
        Press(ConsoleKey.Home);
        Press(ConsoleKey.RightArrow, times: 3);
        Type("l");
        Assert.Equal(("hello world", 4), (_editor.Text, _editor.Cursor));
        Press(ConsoleKey.End);
        Press(ConsoleKey.W, control: true);
        Assert.Equal("hello ", _editor.Text);
        Press(ConsoleKey.LeftArrow, control: true);
        Press(ConsoleKey.Delete);
        Assert.Equal(("ello ", 0), (_editor.Text, _editor.Cursor));
        Press(ConsoleKey.K, control: true);
        Assert.Equal("", _editor.Text);
    }

    [Fact]
    public void A_character_of_several_code_points_is_one()
    {
        Type("a👩‍👩‍👧e\u0301");
        Press(ConsoleKey.Backspace);
        Assert.Equal("a👩‍👩‍👧", _editor.Text);
        Press(ConsoleKey.LeftArrow);
        Assert.Equal(1, _editor.Cursor);
        Press(ConsoleKey.Delete);
        Assert.Equal("a", _editor.Text);
    }

    [Fact]
    public void Enter_submits_and_the_arrows_recall()
    {
        Type("one");
        Assert.Equal(EditResult.Submitted, Press(ConsoleKey.Enter));
        Assert.Equal(("one", ""), (_editor.Submitted, _editor.Text));
        Type("two");
        Press(ConsoleKey.Enter);
        Type("dra");
        Press(ConsoleKey.UpArrow);
        Assert.Equal("two", _editor.Text);
        Press(ConsoleKey.UpArrow, times: 5);
        Assert.Equal("one", _editor.Text);
        Press(ConsoleKey.DownArrow, times: 2);
        Assert.Equal("dra", _editor.Text);
    }

    [Fact]
    public void Control_d_ends_an_empty_line_only()
    {
        Type("x");
        Press(ConsoleKey.LeftArrow);
        Assert.Equal(EditResult.Changed, Press(ConsoleKey.D, control: true));
        Assert.Equal("", _editor.Text);
        Assert.Equal(EditResult.Ended, Press(ConsoleKey.D, control: true));
    }

    [Fact]
    public void Tab_completes_as_far_as_it_is_clear()
    {
        _editor.Complete = (word, first) => new[] { "/join", "annabel", "anna", "bob" }
            .Where(w => w.StartsWith(word, StringComparison.Ordinal) && w.StartsWith('/') == first);
        Type("/j");
        Press(ConsoleKey.Tab);
        Assert.Equal("/join ", _editor.Text);
        Type("a");
        Press(ConsoleKey.Tab);
        Assert.Equal("/join anna", _editor.Text);
        Assert.Equal(EditResult.None, Press(ConsoleKey.Tab));
        Press(ConsoleKey.U, control: true);
        Type("hi b");
        Press(ConsoleKey.Tab);
        Assert.Equal("hi bob ", _editor.Text);
    }

    [Fact]
    public void Any_keys_leave_the_cursor_in_the_line() => Prop.ForAll<(ConsoleKey Key, bool Control, char Char)[]>(keys =>
    {
        var editor = new LineEditor { Complete = (word, _) => [word + "x"] };
        foreach ((ConsoleKey key, bool control, char c) in keys)
        {
            editor.OnKey(new ConsoleKeyInfo(c, key, false, false, control));
            if (editor.Cursor < 0 || editor.Cursor > editor.Text.Length) return false;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("日本", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("👩", 2)]
    public void Width_counts_cells(string text, int cells) => Assert.Equal(cells, CellWidth.Of(text));

    [Fact]
    public void The_window_keeps_the_cursor_in_sight()
    {
        Assert.Equal(("abc", 3), CellWidth.Window("abc", 3, 5));
        Assert.Equal(("ghij", 4), CellWidth.Window("abcdefghij", 10, 5));
        Assert.Equal(("abcde", 0), CellWidth.Window("abcdefghij", 0, 5));
        Assert.Equal(("本語", 4), CellWidth.Window("日本語", 3, 5));
    }

    private void Type(string text)
    {
        foreach (char c in text) _editor.OnKey(new ConsoleKeyInfo(c, ConsoleKey.None, false, false, false));
    }

    private EditResult Press(ConsoleKey key, bool control = false, int times = 1)
    {
        EditResult result = EditResult.None;
        for (int i = 0; i < times; i++) result = _editor.OnKey(new ConsoleKeyInfo('\0', key, false, false, control));
        return result;
    }
}
