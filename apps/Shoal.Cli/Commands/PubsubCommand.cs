using System.CommandLine;
using System.Text;
using Shoal.Chat.Text;
using Shoal.Cli.Hosting;
using Shoal.Libp2p.Pubsub;

namespace Shoal.Cli.Commands;

/// <summary><c>shoal pubsub sub</c> and <c>shoal pubsub pub</c>.</summary>
internal sealed class PubsubCommand : ShoalCommand
{
    internal PubsubCommand(CliConsole console)
        : base(console, "pubsub", "Listen to a topic, or publish to it (gossipsub and floodsub)",
            "shoal pubsub sub news                    print what is published",
            "shoal pubsub pub news \"hello, world\"     publish one message")
    {
        Subcommands.Add(new Sub(console));
        Subcommands.Add(new Pub(console));
    }

    private sealed class Sub : ShoalCommand
    {
        private readonly Argument<string> _topic = new("TOPIC") { Description = "The topic" };
        private readonly Option<int?> _count = Flags.Number("-n", "--count", 1, "N", "End after so many messages [default: never]");
        private readonly Option<bool> _json = Flags.Json();
        private readonly NodeFlags _node = new();

        internal Sub(CliConsole console)
            : base(console, "sub", "Print the messages of a topic until Ctrl-C",
                "shoal pubsub sub news",
                "shoal pubsub sub news --connect /ip4/127.0.0.1/tcp/4001 --json -n 10")
        {
            Arguments.Add(_topic);
            Options.Add(_count);
            Options.Add(_json);
            _node.AddTo(this);
            SetAction(RunAsync);
        }

        private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
        {
            NodeSettings settings = _node.Read(parse);
            int left = parse.GetValue(_count) ?? int.MaxValue;
            bool json = parse.GetValue(_json);
            await using RunningNode running = await RunningNode.StartAsync(settings, Console.Error.WriteLine, cancellationToken);
            await using Gossipsub pubsub = Gossipsub.Start(running.Node);
            await using Subscription subscription = pubsub.Subscribe(parse.GetRequiredValue(_topic));
            foreach (Libp2p.Multiaddr address in running.Node.Addresses) Console.Error.WriteLine($"listening on {address}");
            running.Meet(settings, Console.Error.WriteLine);
            try
            {
                await foreach (PubsubMessage message in subscription.ReadAllAsync(cancellationToken))
                {
                    Console.Out.WriteLine(json ? ToJson(message) : $"{message.From?.ShortText ?? "?"}: {SafeText.OneLine(Encoding.UTF8.GetString(message.Data.Span))}");
                    if (--left == 0) break;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Ctrl-C is how this ends.
            }

            return ExitCode.Done;
        }

        private static string ToJson(PubsubMessage message) => JsonLine.Write(w =>
        {
            w.WriteString("topic", message.Topic);
            w.WriteString("from", message.From?.ToString());
            w.WriteString("receivedFrom", message.ReceivedFrom.ToString());
            w.WriteString("seqno", Convert.ToHexStringLower(message.SequenceNumber.Span));
            w.WriteString("text", Encoding.UTF8.GetString(message.Data.Span));
            w.WriteBase64String("data", message.Data.Span);
        });
    }

    private sealed class Pub : ShoalCommand
    {
        /// <summary>In seconds.</summary>
        private const int DefaultWait = 10;

        private readonly Argument<string> _topic = new("TOPIC") { Description = "The topic" };
        private readonly Argument<string?> _text = new("TEXT") { Description = "The message [default: each line of standard input is one]", Arity = ArgumentArity.ZeroOrOne };
        private readonly Option<int?> _wait = Flags.Number("--wait", null, 0, "S", "Seconds to wait for the first subscriber [default: 10]");
        private readonly NodeFlags _node = new();

        internal Pub(CliConsole console)
            : base(console, "pub", "Publish a message, or each line of standard input",
                "shoal pubsub pub news \"hello, world\"",
                "seq 10 | shoal pubsub pub news --connect /ip4/127.0.0.1/tcp/4001")
        {
            Arguments.Add(_topic);
            Arguments.Add(_text);
            Options.Add(_wait);
            _node.AddTo(this);
            SetAction(RunAsync);
        }

        private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
        {
            NodeSettings settings = _node.Read(parse);
            string topic = parse.GetRequiredValue(_topic);
            var wait = TimeSpan.FromSeconds(parse.GetValue(_wait) ?? DefaultWait);
            await using RunningNode running = await RunningNode.StartAsync(settings, Console.Error.WriteLine, cancellationToken);
            await using Gossipsub pubsub = Gossipsub.Start(running.Node);
            running.Meet(settings, Console.Error.WriteLine);
            try
            {
                await pubsub.WaitForSubscribersAsync(topic, 1, cancellationToken).WaitAsync(wait, cancellationToken);
            }
            catch (TimeoutException e)
            {
                throw new CliException($"cannot publish to {topic}: nobody subscribed within {wait.TotalSeconds} s; name a peer with --connect, or wait longer with --wait", e);
            }

            if (parse.GetValue(_text) is { } text) await PublishAsync(pubsub, topic, text, cancellationToken);
            else while (await Console.In.ReadLineAsync(cancellationToken) is { } line) await PublishAsync(pubsub, topic, line, cancellationToken);
            return ExitCode.Done;
        }

        private static async Task PublishAsync(Gossipsub pubsub, string topic, string text, CancellationToken cancellationToken)
        {
            PublishResult result = await pubsub.PublishAsync(topic, Encoding.UTF8.GetBytes(text), cancellationToken);
            if (result.Reason is not null) throw new CliException($"cannot publish to {topic}: {result.Reason.TrimEnd('.')}; see who is there with --trace");
        }
    }
}
