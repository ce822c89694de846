namespace Shoal.Cli.Chat;

/// <summary>A typed line, taken apart.</summary>
/// <param name="Command">Without its slash, in lower case; empty for a message.</param>
/// <param name="Text">What follows the command, or the message.</param>
internal readonly record struct ChatInput(string Command, string Text)
{
    /// <summary>A line that starts with one slash is a command; two slashes say one.</summary>
    internal static ChatInput Parse(string line)
    {
        string trimmed = line.TrimEnd();
        if (!trimmed.StartsWith('/')) return new ChatInput("", trimmed);
        if (trimmed.StartsWith("//", StringComparison.Ordinal)) return new ChatInput("", trimmed[1..]);
        (string command, string rest) = SplitWord(trimmed[1..]);
        return new ChatInput(command.ToLowerInvariant(), rest);
    }

    /// <summary>The first word, and what follows it.</summary>
    internal static (string Word, string Remainder) SplitWord(string text)
    {
        string trimmed = text.TrimStart();
        int end = trimmed.AsSpan().IndexOfAny(' ', '\t');
        return end < 0 ? (trimmed, "") : (trimmed[..end], trimmed[end..].Trim());
    }
}
