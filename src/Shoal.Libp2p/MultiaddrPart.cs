namespace Shoal.Libp2p;

/// <summary>One part of a <see cref="Multiaddr"/>: a protocol and its value in text form; empty when it has none.</summary>
/// <param name="Protocol">As in <c>ip4</c>, <c>tcp</c>, <c>p2p</c>.</param>
/// <param name="Value">As in <c>127.0.0.1</c>, <c>4001</c>, <c>12D3Koo…</c>.</param>
public readonly record struct MultiaddrPart(string Protocol, string Value);
