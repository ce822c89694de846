using System.Security.Cryptography;

namespace Shoal.Libp2p.Identity;

/// <summary>Key files: the protobuf form of a private key, readable by its owner only.</summary>
internal static class KeyFile
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Largest file that is read, in bytes: the largest key with its envelope.</summary>
    private const int MaxFile = KeyCodec.MaxKey + 8;

    internal static PrivateKey LoadOrCreate(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path)) return Load(path);

        PrivateKey key = PrivateKey.Generate();
        try
        {
            if (Save(path, key, replace: false)) return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }

        key.Dispose(); // Another process was quicker: its key counts.
        return Load(path);
    }

    internal static PrivateKey Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] bytes = Read(path);
        try
        {
            return PrivateKey.FromProtobuf(bytes);
        }
        catch (Exception e) when (e is FormatException or NotSupportedException)
        {
            throw new IdentityFileException($"cannot use the key file {path}: {e.Message}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Saves a key. False when <paramref name="replace"/> is not wanted and a file is there already.</summary>
    internal static bool Save(string path, PrivateKey key, bool replace)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] bytes = key.ToProtobuf();
        try
        {
            return OwnerFile.Write(path, bytes, replace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new IdentityFileException($"cannot write the key file {path}: {e.Message}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static byte[] Read(string path)
    {
        try
        {
            using FileStream file = new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, BufferSize = 0 });
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0)
                throw new IdentityFileException($"the key file {path} can be read or changed by other users; run: chmod 600 {path}");
            if (file.Length > MaxFile) throw new IdentityFileException($"cannot use the key file {path}: {file.Length} bytes are too many for a key");

            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IdentityFileException($"there is no key file {path}; make one with: shoal key new", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new IdentityFileException($"cannot read the key file {path}: {e.Message}", e);
        }
    }
}
