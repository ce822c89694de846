namespace Shoal.InteropTests;

/// <summary>Where the sources are.</summary>
internal static class Checkout
{
    /// <summary>The folder of <c>Shoal.slnx</c> above this assembly.</summary>
    internal static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Shoal.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException($"no Shoal.slnx in a folder above {AppContext.BaseDirectory}");
    }
}
