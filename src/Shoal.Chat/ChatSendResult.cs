using Shoal.Libp2p;

namespace Shoal.Chat;

/// <summary>What became of a message to a room.</summary>
/// <param name="Recipients">Peers it was handed to; they pass it on.</param>
/// <param name="KeptBecause">Null when it went out; else, in a sentence, why it waits for somebody to come.</param>
public sealed record ChatSendResult(IReadOnlyList<PeerId> Recipients, string? KeptBecause);
