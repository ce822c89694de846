using System.Globalization;
using System.Text;

namespace Shoal.Libp2p.Multiformats;

/// <summary>Keeps what strangers wrote from playing tricks with a terminal or a log.</summary>
internal static class Printable
{
    private const int Longest = 120;

    /// <summary>Says whether every character shows: no control, format, space or unassigned code points.</summary>
    internal static bool Is(ReadOnlySpan<char> text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is > 0x20 and < 0x7f) continue;
            if (rune == Rune.ReplacementChar) return false;
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
                    or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
                    return false;
            }
        }

        return true;
    }

    /// <summary>The text for an error message: not too long, and <c>?</c> for what does not show.</summary>
    internal static string Cut(string text)
    {
        string cut = text.Length > Longest ? string.Concat(text.AsSpan(0, Longest), "…") : text;
        if (Is(cut)) return cut;

        StringBuilder clean = new(cut.Length);
        foreach (char c in cut) clean.Append(c == ' ' || Is([c]) ? c : '?');
        return clean.ToString();
    }
}
