namespace Shoal.InteropTests;

/// <summary>Tests that run other programs, one after the other: they are heavy, and some of them watch the clock.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ForeignProcesses
{
    /// <summary>For <c>[Collection(ForeignProcesses.Name)]</c>.</summary>
    public const string Name = "foreign processes";
}
