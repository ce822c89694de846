using Shoal.Libp2p;

namespace Shoal.Chat;

/// <summary>Somebody in the chat.</summary>
/// <param name="Id">Who it is, proven by a key.</param>
/// <param name="Name">
/// What to call him, safe to be shown: his nick, with the short peer id in brackets where somebody else is called the same;
/// the short peer id where no nick is known.
/// </param>
public readonly record struct ChatPeer(PeerId Id, string Name)
{
    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>Somebody in the chat, and where.</summary>
/// <param name="Peer">Who.</param>
/// <param name="IsConnected">False when known only through others.</param>
/// <param name="Rooms">Those of our rooms that he is in, as far as we know.</param>
public sealed record ChatMember(ChatPeer Peer, bool IsConnected, IReadOnlyList<string> Rooms);
