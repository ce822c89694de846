using Shoal.Libp2p;

namespace Shoal.Chat.Rooms;

/// <summary>Who is called what. Bounded; not thread-safe.</summary>
internal sealed class NickBook(PeerId self, int capacity)
{
    /// <summary>Length of a short peer id, in characters.</summary>
    private const int ShortIdLength = 8;

    private readonly Dictionary<PeerId, LinkedListNode<(PeerId Peer, string Nick)>> _byPeer = [];
    private readonly HashSet<PeerId> _gone = [];
    private readonly Dictionary<string, int> _holders = new(StringComparer.OrdinalIgnoreCase);
    private readonly LinkedList<(PeerId Peer, string Nick)> _oldestFirst = [];

    /// <summary>Our own nick; null when none was chosen.</summary>
    internal string? Own { get; private set; }

    /// <summary>The nick of a peer; null when unknown.</summary>
    internal string? NickOf(PeerId peer) => peer == self ? Own : _byPeer.GetValueOrDefault(peer)?.Value.Nick;

    /// <summary>What to show for a peer.</summary>
    internal ChatPeer Name(PeerId peer)
    {
        string shortId = peer.ShortText;
        if (NickOf(peer) is not { } nick) return new ChatPeer(peer, shortId);
        return new ChatPeer(peer, IsAmbiguous(peer, nick) ? $"{nick}({shortId})" : nick);
    }

    /// <summary>Everybody called so, whatever the case of the letters.</summary>
    internal IEnumerable<PeerId> Called(string nick)
    {
        return _oldestFirst.Where(e => string.Equals(e.Nick, nick, StringComparison.OrdinalIgnoreCase)).Select(e => e.Peer);
    }

    /// <summary>Notes a nick that was made safe; true when it is news.</summary>
    internal bool Set(PeerId peer, string nick)
    {
        if (peer == self)
        {
            bool changed = Own != nick;
            Own = nick;
            return changed;
        }

        if (_byPeer.TryGetValue(peer, out LinkedListNode<(PeerId Peer, string Nick)>? node))
        {
            _oldestFirst.Remove(node);
            _oldestFirst.AddLast(node);
            bool isBack = _gone.Remove(peer);
            if (!isBack && node.Value.Nick == nick) return false;
            if (!isBack) Release(node.Value.Nick);
            node.Value = (peer, nick);
        }
        else
        {
            if (_byPeer.Count >= capacity) ForgetOldest();
            _byPeer.Add(peer, _oldestFirst.AddLast((peer, nick)));
        }

        _holders[nick] = _holders.GetValueOrDefault(nick) + 1;
        return true;
    }

    /// <summary>Notes that a peer is gone: it keeps its nick, but another may have it for himself.</summary>
    internal void OnGone(PeerId peer)
    {
        if (_byPeer.TryGetValue(peer, out LinkedListNode<(PeerId Peer, string Nick)>? node) && _gone.Add(peer)) Release(node.Value.Nick);
    }

    // A nick is not enough when another has it too, when it is ours, or when it could pass for somebody's short id.
    private bool IsAmbiguous(PeerId peer, string nick)
    {
        int own = peer != self && !_gone.Contains(peer) ? 1 : 0; // Ours and those of who is gone are not counted.
        int others = _holders.GetValueOrDefault(nick) - own;
        if (others > 0) return true;
        if (peer != self && string.Equals(nick, Own, StringComparison.OrdinalIgnoreCase)) return true;
        return LooksLikeShortId(nick);
    }

    /// <summary>True for eight characters with a digit, or a capital letter behind the first: as short ids nearly always are.</summary>
    private static bool LooksLikeShortId(string nick) =>
        nick.Length == ShortIdLength && nick.All(char.IsAsciiLetterOrDigit) && nick.Skip(1).Any(c => !char.IsAsciiLetterLower(c));

    private void ForgetOldest()
    {
        (PeerId peer, string nick) = _oldestFirst.First!.Value;
        _oldestFirst.RemoveFirst();
        _byPeer.Remove(peer);
        if (!_gone.Remove(peer)) Release(nick);
    }

    private void Release(string nick)
    {
        if (_holders[nick] == 1) _holders.Remove(nick);
        else _holders[nick]--;
    }
}
