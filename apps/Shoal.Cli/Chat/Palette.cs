using Shoal.Libp2p;

namespace Shoal.Cli.Chat;

/// <summary>Colours of a terminal; each peer has his own.</summary>
internal sealed class Palette(bool enabled)
{
    // Colours of the 256-colour table that can be read on black and on white.
    private static readonly int[] Peers = [31, 32, 35, 37, 61, 64, 67, 96, 98, 100, 125, 130, 132, 136, 160, 166, 169, 172];

    internal string Of(PeerId peer, string text)
    {
        uint hash = 2166136261; // FNV-1a: the same peer has the same colour everywhere.
        foreach (byte b in peer.Bytes) hash = (hash ^ b) * 16777619;
        return Paint($"38;5;{Peers[hash % (uint)Peers.Length]};1", text);
    }

    internal string Dim(string text) => Paint("2", text);

    internal string Bold(string text) => Paint("1", text);

    internal string Warn(string text) => Paint("33", text);

    private string Paint(string code, string text) => enabled ? $"\e[{code}m{text}\e[0m" : text;
}
