using System.Reflection;

namespace Shoal.Cli;

/// <summary>Which Shoal this is.</summary>
internal static class Version
{
    /// <summary>As in <c>0.1.0</c>.</summary>
    internal static string Text =>
        typeof(Version).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
