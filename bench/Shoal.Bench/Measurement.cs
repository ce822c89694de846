using System.Text.Json.Serialization;

namespace Shoal.Bench;

/// <summary>One measured figure, as measuring programs print it: <c>{"value":812.5,"unit":"MB/s"}</c>.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Unit">As in <c>MB/s</c> (10^6 bytes), <c>connections/s</c>, <c>bytes</c>.</param>
internal sealed record Measurement(
    [property: JsonPropertyName("value")] double Value,
    [property: JsonPropertyName("unit")] string Unit)
{
    /// <summary>Messages that did not arrive, where that can happen. Any makes the figure worthless.</summary>
    [JsonPropertyName("lost")]
    public long Lost { get; init; }

    /// <summary>Why there is no figure; null when there is.</summary>
    [JsonPropertyName("error")]
    public string? Error { get; init; }
}
