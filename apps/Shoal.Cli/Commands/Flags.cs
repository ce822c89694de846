using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Shoal.Libp2p;

namespace Shoal.Cli.Commands;

/// <summary>Options and arguments that several commands have.</summary>
internal static class Flags
{
    /// <summary>On every command.</summary>
    internal static Option<bool> Trace { get; } = new("--trace")
    {
        Description = "Print each protocol step and message on standard error",
        Recursive = true,
    };

    internal static Option<bool> Json() => new("--json") { Description = "Print JSON, one object per line" };

    internal static Argument<Multiaddr> Address() => new("ADDR")
    {
        Description = "Address of the peer, as in /ip4/127.0.0.1/tcp/4001 or /dns4/example.org/tcp/4001/p2p/12D3Koo…",
        CustomParser = result => ParseAddresses(result)?[0],
    };

    internal static Option<Multiaddr[]> Addresses(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "ADDR",
        CustomParser = result => ParseAddresses(result) ?? [],
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    internal static Option<string?> Identity() => new("--identity")
    {
        Description = "Key file to be known by; made if it is missing [default: a new key each time]",
        HelpName = "FILE",
    };

    /// <summary>A whole number of at least <paramref name="min"/>.</summary>
    internal static Option<int?> Number(string name, string? alias, int min, string helpName, string description) => new(name, alias is null ? [] : [alias])
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min) return number;
            result.AddError($"{name} {text} is not a whole number of at least {min}");
            return null;
        },
    };

    /// <summary>A number of bytes with an optional unit: k, M, G (powers of 1000), Ki, Mi, Gi (of 1024).</summary>
    internal static Option<long?> Bytes(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "BYTES",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (TryParseBytes(text, out long bytes)) return bytes;
            result.AddError($"{text} is not a number of bytes, as in 1000000, 256M or 1Gi");
            return null;
        },
    };

    internal static bool TryParseBytes(string text, out long bytes)
    {
        (string digits, decimal factor) = text switch
        {
            [.. var d, 'k' or 'K', 'i'] => (d, 1024m),
            [.. var d, 'M', 'i'] => (d, 1024m * 1024),
            [.. var d, 'G', 'i'] => (d, 1024m * 1024 * 1024),
            [.. var d, 'k' or 'K'] => (d, 1000m),
            [.. var d, 'M'] => (d, 1_000_000m),
            [.. var d, 'G'] => (d, 1_000_000_000m),
            _ => (text, 1m),
        };
        bytes = 0;
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)) return false;
        if (number > long.MaxValue / factor) return false;
        bytes = (long)(number * factor);
        return true;
    }

    private static Multiaddr[]? ParseAddresses(ArgumentResult result)
    {
        var addresses = new Multiaddr[result.Tokens.Count];
        for (int i = 0; i < addresses.Length; i++)
        {
            string text = result.Tokens[i].Value;
            if (Multiaddr.TryParse(text, out Multiaddr? address, out string? error))
            {
                addresses[i] = address;
                continue;
            }

            result.AddError(text.StartsWith('-') ? $"there is no option {text}" : $"bad address {error.TrimEnd('.')}");
            return null;
        }

        return addresses;
    }
}
