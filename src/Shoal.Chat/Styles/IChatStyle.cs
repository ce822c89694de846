using Shoal.Libp2p;
using Shoal.Net;

namespace Shoal.Chat.Styles;

/// <summary>Who speaks, and when: what an encoder may need beside the text.</summary>
/// <param name="Self">Our id.</param>
/// <param name="Nick">Our nick; null when none was chosen.</param>
/// <param name="Now">The time.</param>
/// <param name="Number">Counts our messages, from 0.</param>
internal readonly record struct Speaker(PeerId Self, string? Nick, DateTimeOffset Now, long Number);

/// <summary>What a message of a room says. Everything is as the peer sent it and still has to be made safe.</summary>
/// <param name="Text">Text to show; null when there is none.</param>
/// <param name="Nick">What the author calls himself; null when the message does not say.</param>
internal readonly record struct Heard(string? Text, string? Nick);

/// <summary>One way to chat. Stateless.</summary>
internal interface IChatStyle
{
    /// <summary>The room that is joined when none is named.</summary>
    string DefaultRoom { get; }

    /// <summary>The topic of a room.</summary>
    string TopicOf(string room);

    /// <summary>The topic on which files for a room are announced; null when this style has none.</summary>
    string? FileTopicOf(string room);

    /// <summary>The topic on which peers tell their addresses; null when this style has none.</summary>
    string? DiscoveryTopic { get; }

    /// <summary>The bytes of a message.</summary>
    byte[] Encode(string text, in Speaker speaker);

    /// <summary>The bytes that tell the room our nick; null when this style has no such message.</summary>
    byte[]? EncodeNick(string nick);

    /// <summary>Reads a message of a room.</summary>
    /// <exception cref="WireFormatException">The bytes are none.</exception>
    Heard Decode(ReadOnlySpan<byte> data);
}
