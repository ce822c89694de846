using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Shoal.Libp2p.Multiformats;

/// <summary>The text form of a multiaddr to its binary form, with errors for people.</summary>
internal static class MultiaddrParser
{
    /// <summary>Longest text, in characters: percent-encoding makes three of one byte, and names are added.</summary>
    internal const int MaxText = 4 * Multiaddr.MaxBytes;

    internal static bool TryParse(string text, [MaybeNullWhen(false)] out byte[] bytes, [NotNullWhen(false)] out string? error)
    {
        bytes = null;
        error = text switch
        {
            "" => "an address must not be empty; it looks like /ip4/127.0.0.1/tcp/4001",
            { Length: > MaxText } => $"{Printable.Cut(text)}: {text.Length} characters are too many for an address, at most {MaxText}",
            _ when text[0] != '/' => $"{Printable.Cut(text)}: an address starts with \"/\", as in /ip4/127.0.0.1/tcp/4001",
            _ => null,
        };
        if (error is not null) return false;

        ArrayBufferWriter<byte> output = new(64);
        string? wrong = Parse(text, output);
        if (wrong is null && output.WrittenCount > Multiaddr.MaxBytes) wrong = $"its binary form has {output.WrittenCount} bytes, at most {Multiaddr.MaxBytes} are allowed";
        if (wrong is not null)
        {
            error = $"{Printable.Cut(text)}: {wrong}";
            return false;
        }

        bytes = output.WrittenSpan.ToArray();
        return true;
    }

    /// <summary>Writes all parts. Gives what is wrong, or null.</summary>
    private static string? Parse(string text, ArrayBufferWriter<byte> output)
    {
        int at = 1;
        do
        {
            string name = Segment(text, ref at);
            if (name.Length == 0) return "a protocol is missing: there is nothing between two slashes, or behind the only one";
            if (!MultiaddrProtocol.TryFind(name, out MultiaddrProtocol? protocol)) return $"\"{Printable.Cut(name)}\" is not a protocol that is known here";

            MultiaddrValue kind = protocol.Value;
            UnsignedVarint.Write(output, (ulong)protocol.Code);
            if (kind.Size == 0) continue;
            if (at >= text.Length) return $"/{name} needs a value: {kind.What}";

            string value = kind.TakesRest ? text[at..] : Segment(text, ref at);
            if (kind.TakesRest) at = text.Length;
            byte[]? bytes = kind.Parse(value);
            if (bytes is null) return value.Length == 0 ? $"/{name} needs a value: {kind.What}" : $"\"{Printable.Cut(value)}\" is not {kind.What}";

            if (kind.Size == MultiaddrValue.Variable) UnsignedVarint.Write(output, (ulong)bytes.Length);
            output.Write(bytes);
        }
        while (at < text.Length); // A slash at the end is let pass.

        return null;
    }

    /// <summary>The text up to the next slash; <paramref name="at"/> moves behind that.</summary>
    private static string Segment(string text, ref int at)
    {
        int slash = text.IndexOf('/', at);
        int end = slash < 0 ? text.Length : slash;
        string segment = text[at..end];
        at = slash < 0 ? text.Length : slash + 1;
        return segment;
    }
}
