using System.Globalization;
using System.Runtime.CompilerServices;
using Shoal.Chat;
using Shoal.Chat.Text;
using Shoal.Libp2p;

namespace Shoal.Cli.Chat;

/// <summary>
/// A conversation over pipes. On standard output only the lines that scripts know, each flushed; the rest on standard error.
/// </summary>
/// <remarks>
/// <code>
/// listening on /ip4/127.0.0.1/tcp/4001/p2p/12D3Koo…
/// anna: hello
/// [dm] anna: psst
/// file from anna: /home/me/shoal-downloads/tea.png (1234 bytes)
/// </code>
/// </remarks>
internal sealed class LineScreen(CliConsole console) : IChatScreen
{
    public async IAsyncEnumerable<string> ReadLinesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Reading a pipe cannot be broken off: the read that is left behind ends with the process.
        while (await console.In.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(cancellationToken) is { } line)
            yield return line;
    }

    public void WriteAddresses(IReadOnlyList<Multiaddr> addresses)
    {
        foreach (Multiaddr address in addresses) Out($"listening on {address}");
    }

    public void WriteEvent(ChatEvent chatEvent)
    {
        switch (chatEvent)
        {
            case RoomMessage m: Out($"{m.From.Name}: {SafeText.OneLine(m.Text)}"); break;
            case DirectMessage m: Out($"[dm] {m.From.Name}: {SafeText.OneLine(m.Text)}"); break;
            case FileReceived f: Out(string.Create(CultureInfo.InvariantCulture, $"file from {f.From.Name}: {f.Path} ({f.Bytes} bytes)")); break;
            case MemberJoined m: WriteAnswer($"{m.Who.Name} is in {m.Room}"); break;
            case MemberLeft m: WriteAnswer($"{m.Who.Name} left {m.Room}"); break;
            case NickChanged n: WriteAnswer($"{n.OldName} is called {n.Who.Name} now"); break;
            case ChatNotice n: WriteNotice(n.Text); break;
        }
    }

    public void WriteOwn(string text, string room, ChatPeer? to, string ownName)
    {
        // What was typed is known to who typed it.
    }

    public void WriteAnswer(string line) => console.Error.WriteLine(SafeText.OneLine(line));

    public void WriteNotice(string line) => console.Error.WriteLine($"shoal: {SafeText.OneLine(line)}");

    public void WriteTrace(string line) => console.Error.WriteLine(line);

    public void SetContext(string room, Func<IEnumerable<string>> names)
    {
        // There is no prompt.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Out(string line)
    {
        console.Out.WriteLine(line);
        console.Out.Flush();
    }
}
