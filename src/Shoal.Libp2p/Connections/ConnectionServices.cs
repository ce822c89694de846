using Microsoft.Extensions.Logging;

namespace Shoal.Libp2p.Connections;

/// <summary>What all connections of a node share, so that each holds one reference instead of many.</summary>
/// <param name="Limits">Bounds on streams.</param>
/// <param name="Streams">Serves inbound streams.</param>
/// <param name="Time">Clock and timers.</param>
/// <param name="Log">Where to tell.</param>
internal sealed record ConnectionServices(StreamLimits Limits, StreamServer Streams, TimeProvider Time, ILogger Log);
