using System.Globalization;
using System.Text;

namespace Shoal.Chat.Text;

/// <summary>Makes a nick name of whatever somebody calls himself.</summary>
internal static class Nick
{
    /// <summary>Longest nick, in characters. Default: 24.</summary>
    internal const int MaxLength = 24;

    /// <summary>
    /// Gives one word of letters, digits, emoji and <c>- _ .</c>; anything else becomes <c>_</c>. Null when nothing is left.
    /// </summary>
    /// <remarks>
    /// One word, so that it can be typed as an argument; no colon, bracket or slash, so that no nick can pass for another
    /// kind of line, as <c>[dm] anna</c> would.
    /// </remarks>
    internal static string? Clean(string text)
    {
        var nick = new StringBuilder();
        foreach (Rune rune in SafeText.OneLine(text).Trim().EnumerateRunes())
        {
            if (nick.Length + rune.Utf16SequenceLength > MaxLength) break;
            if (IsAllowed(rune)) nick.Append(rune.ToString());
            else if (nick.Length > 0 && nick[^1] != '_') nick.Append('_');
        }

        string result = nick.ToString().Trim('_', '.', '-');
        return result.Length == 0 ? null : result;
    }

    private static bool IsAllowed(Rune rune) => rune.Value is '-' or '_' or '.' || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark
        or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.OtherSymbol;
}
