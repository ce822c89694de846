using System.Globalization;
using System.Text;

namespace Shoal.Cli.Chat;

/// <summary>How many cells of a terminal a text takes.</summary>
internal static class CellWidth
{
    // Ranges that are two cells wide (Unicode, East Asian Width W and F, and emoji), first and last.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x23E9, 0x23EC), (0x25FD, 0x25FE), (0x2614, 0x2615), (0x2648, 0x2653), (0x26A1, 0x26A1),
        (0x26BD, 0x26BE), (0x2705, 0x2705), (0x270A, 0x270B), (0x2728, 0x2728), (0x274C, 0x274C), (0x2753, 0x2755), (0x2795, 0x2797),
        (0x2B50, 0x2B50), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xA960, 0xA97C), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F),
        (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    internal static int Of(string text)
    {
        int cells = 0;
        foreach (Rune rune in text.EnumerateRunes()) cells += Of(rune);
        return cells;
    }

    private static int Of(Rune rune)
    {
        if (rune.Value < 0x300) return rune.Value < ' ' ? 0 : 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format) return 0;
        foreach ((int first, int last) in Wide)
        {
            if (rune.Value < first) break;
            if (rune.Value <= last) return 2;
        }

        return 1;
    }

    /// <summary>
    /// The part of a text that fits into so many cells with the cursor in it, and where the cursor stands in that part.
    /// </summary>
    internal static (string Shown, int CursorCell) Window(string text, int cursor, int cells)
    {
        int start = 0;
        while (Of(text[start..cursor]) >= cells) start += StringInfo.GetNextTextElementLength(text, start);
        int end = start;
        while (end < text.Length)
        {
            int next = end + StringInfo.GetNextTextElementLength(text, end);
            if (Of(text[start..next]) > cells) break;
            end = next;
        }

        return (text[start..end], Of(text[start..cursor]));
    }
}
