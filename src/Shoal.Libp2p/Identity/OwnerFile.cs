using System.Security.Cryptography;

namespace Shoal.Libp2p.Identity;

/// <summary>
/// Files that only their owner can read (mode 0600 from the first moment), and that are there whole or not at all:
/// the content goes to a new file beside, which then takes the name.
/// </summary>
internal static class OwnerFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file in place of the one that is there.</summary>
    /// <exception cref="IOException">It cannot be written; likewise <see cref="UnauthorizedAccessException"/>.</exception>
    internal static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string fresh = Beside(path, out string whole);
        try
        {
            FileStream file = Create(fresh, FileOptions.Asynchronous);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(content, cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, whole, overwrite: true);
        }
        catch
        {
            TryDelete(fresh);
            throw;
        }
    }

    /// <summary>Writes a file. False when <paramref name="replace"/> is not wanted and one is there.</summary>
    /// <exception cref="IOException">It cannot be written; likewise <see cref="UnauthorizedAccessException"/>.</exception>
    internal static bool Write(string path, ReadOnlySpan<byte> content, bool replace)
    {
        string fresh = Beside(path, out string whole);
        try
        {
            using (FileStream file = Create(fresh, FileOptions.None))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, whole, overwrite: replace);
            return true;
        }
        catch (IOException) when (!replace && File.Exists(whole))
        {
            TryDelete(fresh);
            return false;
        }
        catch
        {
            TryDelete(fresh);
            throw;
        }
    }

    /// <summary>A name for the new file, in the same folder; the folder is made where it is missing.</summary>
    private static string Beside(string path, out string whole)
    {
        whole = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(whole) ?? throw new IOException("it names a folder");
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute); // A folder that is there keeps its mode.
        return Path.Combine(folder, $".{Path.GetFileName(whole)}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
    }

    private static FileStream Create(string path, FileOptions how)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, Options = how };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The reason that left it behind is told already.
        }
    }
}
