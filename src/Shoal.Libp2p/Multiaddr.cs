using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Shoal.Libp2p;

/// <summary>A self-describing network address, as in <c>/ip4/127.0.0.1/tcp/4001</c> (libp2p specification, addressing). Immutable.</summary>
public sealed class Multiaddr : IEquatable<Multiaddr>, IParsable<Multiaddr>
{
    /// <summary>Longest binary form accepted, in bytes. Default: 1024.</summary>
    public const int MaxBytes = 1024;

    /// <summary>Parses the text form.</summary>
    /// <exception cref="FormatException">The text is not a multiaddr; the message says which part is wrong.</exception>
    public static Multiaddr Parse(string text) => Parse(text, null);

    /// <inheritdoc />
    public static Multiaddr Parse(string s, IFormatProvider? provider) => throw new NotImplementedException();

    /// <summary>Parses the text form; <paramref name="error"/> says what is wrong with it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out Multiaddr address, [NotNullWhen(false)] out string? error) => throw new NotImplementedException();

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Multiaddr result) => throw new NotImplementedException();

    /// <summary>Reads the whole of <paramref name="bytes"/> as the binary form. False when it is not one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [MaybeNullWhen(false)] out Multiaddr address) => throw new NotImplementedException();

    /// <summary>The TCP address of an end point: <c>/ip4/…/tcp/…</c> or <c>/ip6/…/tcp/…</c>.</summary>
    public static Multiaddr FromTcp(IPEndPoint endPoint) => throw new NotImplementedException();

    /// <summary>The binary form.</summary>
    public ReadOnlyMemory<byte> Bytes => throw new NotImplementedException();

    /// <summary>The parts, in order.</summary>
    public IReadOnlyList<MultiaddrPart> Parts => throw new NotImplementedException();

    /// <summary>The peer that the address ends at: the last <c>/p2p</c> part, if that is the last part.</summary>
    public PeerId? PeerId => throw new NotImplementedException();

    /// <summary>True when a part of this protocol is there, as in <c>Has("ws")</c>.</summary>
    public bool Has(string protocol) => throw new NotImplementedException();

    /// <summary>The address with <c>/p2p/id</c> at its end (once).</summary>
    public Multiaddr WithPeerId(PeerId id) => throw new NotImplementedException();

    /// <summary>The address without a final <c>/p2p/id</c>.</summary>
    public Multiaddr WithoutPeerId() => throw new NotImplementedException();

    /// <summary>This address followed by another.</summary>
    public Multiaddr Append(Multiaddr other) => throw new NotImplementedException();

    /// <summary>True when the address is exactly an IP address and a TCP port, with or without a peer id behind.</summary>
    public bool TryGetTcpEndPoint([MaybeNullWhen(false)] out IPEndPoint endPoint) => throw new NotImplementedException();

    /// <inheritdoc />
    public bool Equals(Multiaddr? other) => throw new NotImplementedException();

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Multiaddr);

    /// <inheritdoc />
    public override int GetHashCode() => throw new NotImplementedException();

    /// <summary>The text form.</summary>
    public override string ToString() => throw new NotImplementedException();
}
