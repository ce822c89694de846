using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Chat.Text;

namespace Shoal.Tests.Chat.Text;

public sealed class TextTests
{
    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("grüße 👩‍👩‍👧 日本", "grüße 👩‍👩‍👧 日本")]
    [InlineData("\e[2J\e[31mred\e]0;title\a", "[2J[31mred]0;title")] // No escape, no bell.
    [InlineData("\u009b2Jx", "2Jx")] // The one-character form of an escape sequence.
    [InlineData("a\r\nb\rc\nd", "a\nb\nc\nd")]
    [InlineData("a\u2028b", "a\nb")]
    [InlineData("\u202egnp.exe", "gnp.exe")] // Right-to-left override.
    [InlineData("a\u200bb\ufeffc", "abc")] // Invisible characters.
    [InlineData("bye\n\n", "bye")]
    public void Text_of_a_stranger_is_made_safe(string text, string safe) => Assert.Equal(safe, SafeText.Clean(text));

    [Fact]
    public void Invalid_utf8_is_replaced() => Assert.Equal("a\ufffdb", SafeText.Decode([0x61, 0xFF, 0x62]));

    [Fact]
    public void A_lone_surrogate_is_replaced() => Assert.Equal("a\ufffdb", SafeText.Clean("a\ud800b"));

    [Fact]
    public void No_control_character_ever_comes_through() => Prop.ForAll<byte[]>(bytes =>
        SafeText.Decode(bytes).All(c => c is '\n' or '\t' || !char.IsControl(c)) && SafeText.OneLine(Encoding.Latin1.GetString(bytes)).All(c => !char.IsControl(c)))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Cutting_keeps_characters_whole()
    {
        Assert.Equal("ab", SafeText.Cut("abü", 3));
        Assert.Equal("abü", SafeText.Cut("abü", 4));
        Assert.Equal("", SafeText.Cut("👩", 3));
    }

    [Theory]
    [InlineData("anna", "anna")]
    [InlineData("  Anna B.  ", "Anna_B")]
    [InlineData("[dm] bob: hi", "dm_bob_hi")]
    [InlineData("a/b", "a_b")]
    [InlineData("\e[31m", "31m")]
    [InlineData("日本", "日本")]
    [InlineData("***", null)]
    [InlineData("", null)]
    public void A_nick_is_one_harmless_word(string claimed, string? nick) => Assert.Equal(nick, Nick.Clean(claimed));

    [Fact]
    public void A_nick_is_bounded_and_stays_as_it_is_when_cleaned_again() => Prop.ForAll<NonNull<string>>(claimed =>
    {
        string? nick = Nick.Clean(claimed.Get);
        return nick is null || (nick.Length <= Nick.MaxLength && Nick.Clean(nick) == nick && !nick.Any(char.IsWhiteSpace));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("tea.png", "tea.png")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\windows\\system.ini", "system.ini")]
    [InlineData(".bashrc", "bashrc")]
    [InlineData("...", "file")]
    [InlineData("", "file")]
    [InlineData("dir/", "file")]
    [InlineData("a\0b\n.txt", "ab .txt")]
    [InlineData("con.txt", "_con.txt")]
    [InlineData("what?.txt", "what_.txt")]
    [InlineData("end. . .", "end")]
    public void A_file_name_of_a_stranger_is_made_safe(string name, string safe) => Assert.Equal(safe, FileNames.Clean(name));

    [Fact]
    public void A_long_name_keeps_its_extension()
    {
        string name = FileNames.Clean(new string('ü', 500) + ".png");
        Assert.EndsWith(".png", name, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 100, FileNames.MaxBytes);
        Assert.InRange(Encoding.UTF8.GetByteCount(FileNames.Clean("a." + new string('x', 500))), 1, FileNames.MaxBytes);
    }

    [Fact]
    public void A_safe_name_names_a_file_in_the_folder() => Prop.ForAll<NonNull<string>>(name =>
    {
        string safe = FileNames.Clean(name.Get);
        string folder = Path.GetFullPath("/downloads");
        return safe.Length > 0 && safe[0] != '.' && !safe.Contains('/') && !safe.Contains('\\')
            && Path.GetDirectoryName(Path.GetFullPath(Path.Combine(folder, safe))) == folder && FileNames.Clean(safe) == safe;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Numbers_go_before_the_extension()
    {
        Assert.Equal("tea.png", FileNames.Numbered("tea.png", 0));
        Assert.Equal("tea (1).png", FileNames.Numbered("tea.png", 1));
        Assert.Equal("tea (2)", FileNames.Numbered("tea", 2));
    }
}
