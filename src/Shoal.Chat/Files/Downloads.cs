using Shoal.Chat.Text;
using Shoal.Net;

namespace Shoal.Chat.Files;

/// <summary>The folder that received files go to. Overwrites nothing and never leaves half a file under its final name.</summary>
internal sealed class Downloads(string directory)
{
    /// <summary>Files of one name that are told apart by a number. Default: 10,000.</summary>
    private const int MaxNumber = 10_000;

    /// <summary>Bytes moved at a time. Default: 64 KiB.</summary>
    private const int ChunkBytes = 64 * 1024;

    private readonly Lock _gate = new();

    /// <summary>Takes exactly <paramref name="length"/> bytes of a stream into a new file and gives its whole path.</summary>
    /// <exception cref="WireFormatException">The stream ended too early.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal async Task<string> SaveAsync(
        Stream source, long length, string name, Action<int> onProgress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        string partial = Path.Combine(directory, $".{Guid.NewGuid():N}.part");
        try
        {
            var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: false);
            await using (file.ConfigureAwait(false))
                await CopyAsync(source, file, length, onProgress, cancellationToken).ConfigureAwait(false);
            return MoveToFreeName(partial, FileNames.Clean(name));
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private static async Task CopyAsync(
        Stream source, FileStream file, long length, Action<int> onProgress, CancellationToken cancellationToken)
    {
        byte[] chunk = new byte[(int)Math.Min(length, ChunkBytes)];
        for (long left = length; left > 0;)
        {
            Memory<byte> part = chunk.AsMemory(0, (int)Math.Min(left, chunk.Length));
            int read = await source.ReadAsync(part, cancellationToken).ConfigureAwait(false);
            if (read == 0) throw new WireFormatException($"the file ended {left} bytes too early");
            file.Write(part.Span[..read]);
            left -= read;
            onProgress(read);
        }
    }

    private string MoveToFreeName(string partial, string name)
    {
        lock (_gate)
        {
            for (int number = 0; number < MaxNumber; number++)
            {
                string path = Path.Combine(directory, FileNames.Numbered(name, number));
                if (Path.Exists(path)) continue;
                try
                {
                    File.Move(partial, path, overwrite: false);
                    return Path.GetFullPath(path);
                }
                catch (IOException) when (Path.Exists(path))
                {
                    // Another program took the name in between.
                }
            }
        }

        throw new IOException($"{MaxNumber} files called {name} are in {directory} already");
    }
}
