using System.Globalization;
using System.Text;

namespace Shoal.Chat.Text;

/// <summary>Makes text of strangers fit to be shown: it cannot steer a terminal, hide, or reverse what stands beside it.</summary>
public static class SafeText
{
    /// <summary>Decodes UTF-8, replacing what is invalid, and drops what must not reach a screen.</summary>
    public static string Decode(ReadOnlySpan<byte> utf8) => Clean(Encoding.UTF8.GetString(utf8));

    /// <summary>
    /// Keeps tabs and line ends (as <c>\n</c>); drops all other control and format characters but the two joiners that
    /// scripts and emoji need; replaces lone surrogates; drops blank lines at the end.
    /// </summary>
    public static string Clean(string text)
    {
        if (IsClean(text)) return text;
        var clean = new StringBuilder(text.Length);
        bool afterReturn = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool lineFeed = rune.Value == '\n';
            if (!(lineFeed && afterReturn)) Append(clean, rune);
            afterReturn = rune.Value == '\r';
        }

        return clean.ToString().TrimEnd('\n');
    }

    /// <summary>Cleans, and puts everything on one line.</summary>
    public static string OneLine(string text) => Clean(text).Replace('\n', ' ').Replace('\t', ' ');

    /// <summary>Cuts text to at most <paramref name="maxBytes"/> bytes of UTF-8, between whole characters.</summary>
    public static string Cut(string text, int maxBytes)
    {
        if (text.Length <= maxBytes / 3 || Encoding.UTF8.GetByteCount(text) <= maxBytes) return text;
        int bytes = 0, at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes) break;
            at += rune.Utf16SequenceLength;
        }

        return text[..at];
    }

    private static void Append(StringBuilder clean, Rune rune)
    {
        if (rune.Value is '\t' or '\n') clean.Append((char)rune.Value);
        else if (rune.Value is '\r' or 0x85 or 0x2028 or 0x2029) clean.Append('\n');
        else if (IsShowable(rune)) clean.Append(rune.ToString());
    }

    private static bool IsShowable(Rune rune) =>
        rune.Value is 0x200C or 0x200D // zero-width joiners
        || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static bool IsClean(string text)
    {
        foreach (char c in text)
        {
            if (c is < ' ' or > '~') return false;
        }

        return true;
    }
}
