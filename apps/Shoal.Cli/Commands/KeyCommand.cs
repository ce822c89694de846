using System.CommandLine;
using System.Text.Json;
using Shoal.Libp2p;

namespace Shoal.Cli.Commands;

/// <summary><c>shoal key new</c> and <c>shoal key show</c>.</summary>
internal sealed class KeyCommand : ShoalCommand
{
    internal KeyCommand(CliConsole console)
        : base(console, "key", "Make an identity key, or look at one",
            "shoal key new anna.key        make a key and say which peer it names",
            "shoal key show anna.key       say it again; the secret is never printed")
    {
        Subcommands.Add(new New(console));
        Subcommands.Add(new Show(console));
    }

    private static void Print(CliConsole console, PrivateKey key, bool json)
    {
        string publicKey = Convert.ToHexStringLower(key.PublicKey.Protobuf.Span);
        if (json)
        {
            console.Out.WriteLine(JsonLine.Write(w =>
            {
                w.WriteString("peerId", key.PeerId.ToString());
                w.WriteString("type", key.PublicKey.Type.ToString());
                w.WriteString("publicKey", publicKey);
            }));
            return;
        }

        console.Out.WriteLine($"peer id     {key.PeerId}");
        console.Out.WriteLine($"type        {key.PublicKey.Type}");
        console.Out.WriteLine($"public key  {publicKey}");
    }

    private sealed class New : ShoalCommand
    {
        private static readonly Dictionary<string, KeyType> Types = new(StringComparer.OrdinalIgnoreCase)
        {
            ["ed25519"] = KeyType.Ed25519,
            ["ecdsa"] = KeyType.Ecdsa,
            ["rsa"] = KeyType.Rsa,
        };

        internal New(CliConsole console)
            : base(console, "new", "Make a new identity key and save it, readable by you only",
                "shoal key new anna.key",
                "shoal key new anna.key --type ecdsa --force       another kind, over an old file")
        {
            var file = new Argument<string>("FILE") { Description = "Where to save it" };
            var type = new Option<KeyType?>("--type")
            {
                Description = "ed25519, ecdsa or rsa [default: ed25519]",
                HelpName = "TYPE",
                CustomParser = result =>
                {
                    if (Types.TryGetValue(result.Tokens[0].Value, out KeyType known)) return known;
                    result.AddError($"a key of type {result.Tokens[0].Value} cannot be made; ed25519, ecdsa and rsa can");
                    return null;
                },
            };
            var force = new Option<bool>("--force") { Description = "Overwrite the file if it is there" };
            Arguments.Add(file);
            Options.Add(type);
            Options.Add(force);
            SetAction(parse => Run(parse.GetRequiredValue(file), parse.GetValue(type) ?? KeyType.Ed25519, parse.GetValue(force)));
        }

        private int Run(string file, KeyType type, bool force)
        {
            if (Path.Exists(file) && !force)
                throw new CliException($"cannot make key {file}: it exists; choose another name, or say --force to lose the old key for good");
            using PrivateKey key = PrivateKey.Generate(type);
            key.Save(file);
            Print(Console, key, json: false);
            return ExitCode.Done;
        }
    }

    private sealed class Show : ShoalCommand
    {
        internal Show(CliConsole console)
            : base(console, "show", "Say which peer a key file names",
                "shoal key show anna.key",
                "shoal key show anna.key --json")
        {
            var file = new Argument<string>("FILE") { Description = "The key file" };
            Option<bool> json = Flags.Json();
            Arguments.Add(file);
            Options.Add(json);
            SetAction(parse =>
            {
                using PrivateKey key = PrivateKey.Load(parse.GetRequiredValue(file));
                Print(Console, key, parse.GetValue(json));
                return ExitCode.Done;
            });
        }
    }
}
