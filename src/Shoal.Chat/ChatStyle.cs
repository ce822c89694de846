namespace Shoal.Chat;

/// <summary>Whose chat is spoken: how rooms map to topics and what a message looks like on the wire.</summary>
public enum ChatStyle
{
    /// <summary>The universal-connectivity peers in js, go, rust and nim: plain text, files, finding peers. The default.</summary>
    UniversalConnectivity,

    /// <summary>IPFS Camp 2019: protobuf requests that carry nicks.</summary>
    Camp,

    /// <summary>Raw UTF-8, as in the chat example of rust-libp2p.</summary>
    Plain,

    /// <summary>The go chat-room: JSON that carries nicks, topics named <c>chat-room:…</c>.</summary>
    Room,
}
