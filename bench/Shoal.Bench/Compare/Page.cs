using Shoal.InteropTests;

namespace Shoal.Bench.Compare;

/// <summary>docs/benchmarks.md: what is measured stands between two marks, the words around it stay.</summary>
internal static class Page
{
    private const string Begin = "<!-- measured: written by bench, `compare` -->";
    private const string End = "<!-- end of measured -->";

    /// <summary>Replaces the measured part.</summary>
    /// <exception cref="BenchException">The page has no marks.</exception>
    internal static void Write(string measured)
    {
        string path = Path.Combine(Checkout.Root, "docs", "benchmarks.md");
        string text = File.ReadAllText(path);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin) throw new BenchException($"{path} has no place for the table");
        File.WriteAllText(path, $"{text[..begin]}{Begin}\n\n{measured.TrimEnd()}\n\n{text[end..]}");
    }
}
