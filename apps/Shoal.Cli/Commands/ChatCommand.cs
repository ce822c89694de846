using System.CommandLine;
using System.CommandLine.Parsing;
using Shoal.Chat;
using Shoal.Cli.Chat;
using Shoal.Cli.Hosting;
using Shoal.Libp2p.Pubsub;

namespace Shoal.Cli.Commands;

/// <summary><c>shoal chat</c>.</summary>
internal sealed class ChatCommand : ShoalCommand
{
    private static readonly Dictionary<string, ChatStyle> Styles = new(StringComparer.OrdinalIgnoreCase)
    {
        ["universal-connectivity"] = ChatStyle.UniversalConnectivity,
        ["uc"] = ChatStyle.UniversalConnectivity,
        ["camp"] = ChatStyle.Camp,
        ["plain"] = ChatStyle.Plain,
        ["room"] = ChatStyle.Room,
    };

    private readonly Option<string[]> _rooms = new("--room") { Description = "Room to join; may be repeated [default: the style's own]", HelpName = "ROOM", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _nick = new("--nick") { Description = "What others see you as [default: a short peer id]", HelpName = "NAME" };
    private readonly Option<string> _downloads = new("--downloads")
    {
        Description = "Folder for received files",
        DefaultValueFactory = _ => "shoal-downloads",
        HelpName = "DIR",
    };

    private readonly Option<ChatStyle> _style = new("--style")
    {
        Description = "Whose chat to speak: universal-connectivity, camp (IPFS Camp 2019), plain (rust-libp2p's example), room (go's chat-room) [default: universal-connectivity]",
        HelpName = "STYLE",
        CustomParser = result =>
        {
            if (Styles.TryGetValue(result.Tokens[0].Value, out ChatStyle style)) return style;
            result.AddError($"there is no style {result.Tokens[0].Value}; there are universal-connectivity, camp, plain and room");
            return default;
        },
    };

    private readonly NodeFlags _node = new();

    internal ChatCommand(CliConsole console)
        : base(console, "chat", "Chat with people on this network, or anywhere reachable, with no server in between",
            "shoal chat --nick anna                                                  with everybody on this network",
            "shoal chat --room tea --connect /dns4/example.org/tcp/4001              in a room, through a friend's node",
            "echo hello | shoal chat --connect /ip4/192.0.2.7/tcp/4001               from a script; /help lists what can be typed")
    {
        Options.Add(_rooms);
        Options.Add(_nick);
        Options.Add(_style);
        Options.Add(_downloads);
        _node.AddTo(this);
        Check(_nick, text => new ChatOptions { Nick = text });
        Check(_rooms, text => new ChatOptions { Rooms = [text] });
        SetAction(RunAsync);
    }

    private static void Check(Option option, Func<string, ChatOptions> use) => option.Validators.Add(result =>
    {
        foreach (Token token in result.Tokens)
        {
            try
            {
                ChatSession.Check(use(token.Value));
            }
            catch (ArgumentException e)
            {
                result.AddError(Messages.Of(e));
            }
        }
    });

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        NodeSettings settings = _node.Read(parse);
        IChatScreen screen = Console.IsInteractive ? new TerminalScreen(Console) : new LineScreen(Console);
        await using RunningNode running = await RunningNode.StartAsync(settings, screen.WriteTrace, cancellationToken);
        await using Gossipsub pubsub = Gossipsub.Start(running.Node);
        await using ChatSession session = ChatSession.Start(running.Node, pubsub, ReadOptions(parse));
        var chat = new Conversation(session, screen, new ConversationOptions
        {
            ConnectAsync = (address, ct) => running.Node.ConnectAsync(address, ct),
            Addresses = () => running.Node.Addresses,
            WaitForUnknown = Console.IsInteractive ? TimeSpan.Zero : TimeSpan.FromSeconds(5),
        });
        screen.WriteAddresses(running.Node.Addresses);
        running.Meet(settings, screen.WriteNotice);
        await chat.RunAsync(Console.IsInteractive ? Task.CompletedTask : running.FirstAttempts, cancellationToken);
        return ExitCode.Done;
    }

    private ChatOptions ReadOptions(ParseResult parse) => new()
    {
        Style = parse.GetValue(_style),
        Nick = parse.GetValue(_nick),
        Rooms = parse.GetValue(_rooms) ?? [],
        DownloadsDirectory = parse.GetValue(_downloads),
    };
}
