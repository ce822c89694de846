namespace Shoal.Libp2p.Muxing;

/// <summary>Limits of one yamux session. Every property states its unit, default and source.</summary>
public sealed record YamuxOptions
{
}
