namespace Shoal.InteropTests;

/// <summary>What all interop tests agree on.</summary>
internal static class Interop
{
    /// <summary>True when a missing foreign program must fail a test instead of skipping it: <c>SHOAL_INTEROP=required</c>.</summary>
    internal static bool IsRequired => Environment.GetEnvironmentVariable("SHOAL_INTEROP") == "required";
}
