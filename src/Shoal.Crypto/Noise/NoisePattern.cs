using System.Collections.Immutable;

namespace Shoal.Crypto.Noise;

/// <summary>What a handshake message says, part by part (Noise, section 7.1).</summary>
internal enum NoiseToken
{
    /// <summary>The sender's ephemeral public key.</summary>
    E,

    /// <summary>The sender's static public key.</summary>
    S,

    /// <summary>Ephemeral with ephemeral.</summary>
    EE,

    /// <summary>The initiator's ephemeral with the responder's static.</summary>
    ES,

    /// <summary>The initiator's static with the responder's ephemeral.</summary>
    SE,

    /// <summary>Static with static.</summary>
    SS,

    /// <summary>The pre-shared key (section 9).</summary>
    Psk,
}

/// <summary>A handshake pattern (Noise, section 7), written as the specification writes it.</summary>
internal sealed class NoisePattern
{
    private NoisePattern(string name, bool initiatorKnown, bool responderKnown, ImmutableArray<ImmutableArray<NoiseToken>> messages)
    {
        Name = name;
        InitiatorKnown = initiatorKnown;
        ResponderKnown = responderKnown;
        Messages = messages;
        foreach (ImmutableArray<NoiseToken> message in messages) HasPsk |= message.Contains(NoiseToken.Psk);
    }

    /// <summary>As in <c>XX</c>.</summary>
    internal string Name { get; }

    /// <summary>True when the responder knows the initiator's static key beforehand.</summary>
    internal bool InitiatorKnown { get; }

    /// <summary>True when the initiator knows the responder's static key beforehand.</summary>
    internal bool ResponderKnown { get; }

    /// <summary>The tokens of each message; the initiator writes the first, and both take turns.</summary>
    internal ImmutableArray<ImmutableArray<NoiseToken>> Messages { get; }

    /// <summary>True when the pattern mixes in a pre-shared key.</summary>
    internal bool HasPsk { get; }

    /// <summary>True when the given side has a static key: known beforehand or sent.</summary>
    internal bool UsesStatic(bool initiator)
    {
        if (initiator ? InitiatorKnown : ResponderKnown) return true;
        for (int i = initiator ? 0 : 1; i < Messages.Length; i += 2)
            if (Messages[i].Contains(NoiseToken.S))
                return true;
        return false;
    }

    /// <summary>Neither side has a static key.</summary>
    internal static NoisePattern NN { get; } = Parse("NN", "-> e", "<- e, ee");

    /// <summary>Both know each other's static key.</summary>
    internal static NoisePattern KK { get; } = Parse("KK", "-> s", "<- s", "...", "-> e, es, ss", "<- e, ee, se");

    /// <summary>The initiator is anonymous and knows the responder.</summary>
    internal static NoisePattern NK { get; } = Parse("NK", "<- s", "...", "-> e, es", "<- e, ee");

    /// <summary>Both tell each other their static keys.</summary>
    internal static NoisePattern XX { get; } = Parse("XX", "-> e", "<- e, ee, s, es", "-> s, se");

    /// <summary>The initiator knows the responder and tells its own key.</summary>
    internal static NoisePattern IK { get; } = Parse("IK", "<- s", "...", "-> e, es, s, ss", "<- e, ee, se");

    /// <summary>XX with a key known to both, mixed in last.</summary>
    internal static NoisePattern XXpsk3 { get; } = Parse("XXpsk3", "-> e", "<- e, ee, s, es", "-> s, se, psk");

    /// <summary>Reads lines as the specification prints them, one message each; those before "..." are known beforehand.</summary>
    private static NoisePattern Parse(string name, params ReadOnlySpan<string> lines)
    {
        int known = lines.IndexOf("...");
        var messages = ImmutableArray.CreateBuilder<ImmutableArray<NoiseToken>>();
        foreach (string line in lines[(known + 1)..])
        {
            bool fromInitiator = line.StartsWith("->", StringComparison.Ordinal);
            if (fromInitiator != (messages.Count % 2 == 0)) throw new ArgumentException("Messages alternate, and the initiator begins.", nameof(lines));
            messages.Add([.. line[3..].Split(", ").Select(Token)]);
        }

        ReadOnlySpan<string> before = known < 0 ? [] : lines[..known];
        return new NoisePattern(name, before.Contains("-> s"), before.Contains("<- s"), messages.ToImmutable());
    }

    private static NoiseToken Token(string word) => word switch
    {
        "e" => NoiseToken.E,
        "s" => NoiseToken.S,
        "ee" => NoiseToken.EE,
        "es" => NoiseToken.ES,
        "se" => NoiseToken.SE,
        "ss" => NoiseToken.SS,
        "psk" => NoiseToken.Psk,
        _ => throw new ArgumentException($"'{word}' is no Noise token.", nameof(word)),
    };
}
