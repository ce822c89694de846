using Shoal.Libp2p;

namespace Shoal.Chat;

/// <summary>A chat without a screen. <see cref="ChatSession"/> is the real one; a screen's tests bring their own.</summary>
/// <remarks>Thread-safe. Dispose it to leave all rooms; what was said and has not gone out is lost then, see <see cref="DrainAsync"/>.</remarks>
public interface IChatSession : IAsyncDisposable
{
    /// <summary>Who we are, by our present name.</summary>
    ChatPeer Self { get; }

    /// <summary>Rooms we are in, in the order of joining.</summary>
    IReadOnlyList<string> Rooms { get; }

    /// <summary>Everybody we are connected to or have heard, by name.</summary>
    IReadOnlyList<ChatMember> Peers { get; }

    /// <summary>Everybody known to be in a room, by name. We are not among them.</summary>
    IReadOnlyList<ChatMember> Members(string room);

    /// <summary>What was said in a room, by us too; oldest first. Empty when we are not in it.</summary>
    IReadOnlyList<RoomMessage> History(string room);

    /// <summary>What happens, from the start of the session until it is disposed. To be read once.</summary>
    IAsyncEnumerable<ChatEvent> ReadEventsAsync(CancellationToken cancellationToken = default);

    /// <summary>Finds everybody that a nick, a short peer id or a whole peer id may mean. A whole id need not be known.</summary>
    IReadOnlyList<ChatPeer> Find(string nameOrId);

    /// <summary>Joins a room. Nothing happens when we are in it.</summary>
    /// <exception cref="ArgumentException">The name is empty, or longer than 128 characters, or has control characters.</exception>
    /// <exception cref="ChatException">We are in too many rooms.</exception>
    void Join(string room);

    /// <summary>Leaves a room; false when we are not in it.</summary>
    Task<bool> LeaveAsync(string room);

    /// <summary>Says something to a room. While nobody is there, it is kept for a while and goes out when somebody comes.</summary>
    /// <exception cref="ArgumentException">The text is empty or too long.</exception>
    /// <exception cref="ChatException">We are not in the room, or too much is kept already.</exception>
    Task<ChatSendResult> SendAsync(string room, string text, CancellationToken cancellationToken = default);

    /// <summary>Says something to one peer, and returns when he has it.</summary>
    /// <exception cref="ArgumentException">The text is empty or too long.</exception>
    /// <exception cref="ChatException">He could not be reached, takes no direct messages, or refused it.</exception>
    Task SendDirectAsync(PeerId peer, string text, CancellationToken cancellationToken = default);

    /// <summary>Sends a file to one peer, and returns when he has fetched it.</summary>
    /// <param name="peer">Who gets it; nobody else does.</param>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told how many bytes went out so far.</param>
    /// <param name="cancellationToken">Takes the offer back, or breaks the transfer off.</param>
    /// <exception cref="ChatException">The file cannot be read, or he did not take it.</exception>
    Task SendFileAsync(PeerId peer, string path, IProgress<long>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Changes our nick and tells those who can be told.</summary>
    /// <exception cref="ArgumentException">Nothing of the nick is usable.</exception>
    void SetNick(string nick);

    /// <summary>Waits until everything said to rooms has gone out, at most so long. False when something is still kept.</summary>
    Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellationToken = default);
}
