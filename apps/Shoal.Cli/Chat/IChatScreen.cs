using Shoal.Chat;
using Shoal.Libp2p;

namespace Shoal.Cli.Chat;

/// <summary>Where a conversation is shown and typed: a terminal, or two pipes.</summary>
internal interface IChatScreen : IAsyncDisposable
{
    /// <summary>Lines that were typed, until the end of input.</summary>
    IAsyncEnumerable<string> ReadLinesAsync(CancellationToken cancellationToken);

    /// <summary>Says where others reach us.</summary>
    void WriteAddresses(IReadOnlyList<Multiaddr> addresses);

    /// <summary>Shows something that happened.</summary>
    void WriteEvent(ChatEvent chatEvent);

    /// <summary>Shows what we said ourselves, where the line that was typed is gone.</summary>
    void WriteOwn(string text, string room, ChatPeer? to, string ownName);

    /// <summary>Shows the answer to a command.</summary>
    void WriteAnswer(string line);

    /// <summary>Shows something that a person should know.</summary>
    void WriteNotice(string line);

    /// <summary>Shows one step of a protocol.</summary>
    void WriteTrace(string line);

    /// <summary>Names what the line is sent to, and what can be completed.</summary>
    void SetContext(string room, Func<IEnumerable<string>> names);
}
