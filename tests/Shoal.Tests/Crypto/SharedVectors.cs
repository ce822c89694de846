namespace Shoal.Tests.Crypto;

/// <summary>Large vector files that stay outside the project, in a folder "shared" beside the checkout or named by SHOAL_VECTORS.</summary>
internal static class SharedVectors
{
    /// <summary>The path of a file, or null when it is not there.</summary>
    internal static string? Find(string relative)
    {
        if (Environment.GetEnvironmentVariable("SHOAL_VECTORS") is { Length: > 0 } named) return Existing(Path.Combine(named, relative));
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Existing(Path.Combine(folder.FullName, "shared", relative)) is { } found)
                return found;
        return null;
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}

/// <summary>A test that needs one of those files, and is skipped without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SkippableVectorsAttribute : FactAttribute
{
    public SkippableVectorsAttribute(string relative)
    {
        if (SharedVectors.Find(relative) is null) Skip = $"shared/{relative} is not beside the checkout (set SHOAL_VECTORS to its folder)";
    }
}
