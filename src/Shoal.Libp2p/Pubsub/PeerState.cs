namespace Shoal.Libp2p.Pubsub;

/// <summary>What the core knows of one connected peer.</summary>
internal sealed class PeerState(PeerId id, long ordinal, PubsubProtocol protocol, bool outbound, bool isExplicit, int dontWantTurns)
{
    internal PeerId Id { get; } = id;

    /// <summary>The how-manieth peer it is; orders peers.</summary>
    internal long Ordinal { get; } = ordinal;

    internal PubsubProtocol Protocol { get; } = protocol;

    /// <summary>True when we dialled it: harder to arrange for an attacker.</summary>
    internal bool Outbound { get; } = outbound;

    internal bool IsExplicit { get; } = isExplicit;

    /// <summary>True when it understands GRAFT, PRUNE, IHAVE and IWANT.</summary>
    internal bool SpeaksGossipsub => Protocol >= PubsubProtocol.Meshsub10;

    /// <summary>True when it gets every message of its topics and is never in a mesh.</summary>
    internal bool IsAlwaysServed => IsExplicit || !SpeaksGossipsub;

    /// <summary>Topics it is subscribed to, in the order of its subscribing.</summary>
    internal List<TopicState> Topics { get; } = [];

    /// <summary>Messages that it has and does not want (again).</summary>
    internal MessageIdRing DontWant { get; } = new(dontWantTurns);

    /// <summary>IHAVE messages in this heartbeat.</summary>
    internal int IHaveMessages { get; set; }

    /// <summary>Ids asked of it in this heartbeat.</summary>
    internal int IdsAsked { get; set; }

    /// <summary>IDONTWANT messages in this heartbeat.</summary>
    internal int IDontWantMessages { get; set; }

    /// <summary>Messages of it with a wrong signature.</summary>
    internal int WrongSignatures { get; set; }

    /// <summary>Messages of it that broke a rule or were rejected: what P4 of the peer score will count.</summary>
    internal int InvalidMessages { get; set; }

    /// <summary>GRAFTs during a back-off and broken promises: what P7 of the peer score will count.</summary>
    internal int BehaviourPenalties { get; set; }

    /// <summary>Begins a heartbeat's counting anew.</summary>
    internal void OnHeartbeat()
    {
        IHaveMessages = IdsAsked = IDontWantMessages = 0;
        DontWant.Turn();
    }
}
