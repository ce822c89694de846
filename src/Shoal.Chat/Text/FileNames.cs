using System.Globalization;
using System.Text;

namespace Shoal.Chat.Text;

/// <summary>Makes a safe file name of one that a stranger chose.</summary>
internal static class FileNames
{
    /// <summary>Longest name, in bytes of UTF-8, extension included. Default: 120; file systems allow 255.</summary>
    internal const int MaxBytes = 120;

    /// <summary>What a file is called when nothing of its name can be kept.</summary>
    internal const string Fallback = "file";

    /// <summary>Longest extension that is kept when a name is cut, in bytes, with its dot. Default: 16.</summary>
    private const int MaxExtensionBytes = 16;

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL",
        "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    /// <summary>
    /// Keeps what stands behind the last separator, without control and reserved characters, without dots in front or
    /// dots and spaces behind, and not too long.
    /// </summary>
    internal static string Clean(string name)
    {
        int separator = name.LastIndexOfAny(['/', '\\']);
        var clean = new StringBuilder();
        foreach (Rune rune in SafeText.OneLine(name[(separator + 1)..]).EnumerateRunes())
        {
            bool reserved = rune.Value is '<' or '>' or ':' or '"' or '|' or '?' or '*' or '/' or '\\'
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format;
            clean.Append(reserved ? "_" : rune.ToString());
        }

        string result = Shorten(clean.ToString().Trim().TrimStart('.').Trim()).TrimEnd('.', ' ');
        if (result.Length == 0) return Fallback;
        string stem = result.Split('.', 2)[0].TrimEnd();
        return Reserved.Contains(stem) ? "_" + result : result;
    }

    /// <summary>The name itself, or <c>name (1).ext</c>, <c>name (2).ext</c> and so on.</summary>
    internal static string Numbered(string name, int number)
    {
        if (number == 0) return name;
        string extension = Path.GetExtension(name);
        return string.Create(CultureInfo.InvariantCulture, $"{name[..^extension.Length]} ({number}){extension}");
    }

    private static string Shorten(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MaxBytes) return name;
        string extension = Path.GetExtension(name);
        if (Encoding.UTF8.GetByteCount(extension) > MaxExtensionBytes) extension = "";
        return SafeText.Cut(name[..^extension.Length], MaxBytes - Encoding.UTF8.GetByteCount(extension)) + extension;
    }
}
