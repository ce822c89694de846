using System.Globalization;

namespace Shoal.Chat.Files;

/// <summary>Names of files on the wire.</summary>
/// <remarks>
/// Other chats take a random UUID. Ours is a UUID, a dash and the file's name: nobody can guess it, it is a file name
/// as it stands, and a peer that knows nothing but the id still knows what to call the file.
/// </remarks>
internal static class FileId
{
    /// <summary>Longest id accepted, in bytes. Default: 1024 (nim peer; rust allows 1 MB).</summary>
    internal const int MaxBytes = 1024;

    private const int UuidLength = 36;

    internal static string Create(Guid uuid, string name) => string.Create(CultureInfo.InvariantCulture, $"{uuid:D}-{name}");

    /// <summary>What a file of this id is called: the part behind a leading UUID, or the id as it is.</summary>
    internal static string NameOf(string id)
    {
        bool leads = id.Length > UuidLength + 1 && id[UuidLength] == '-' && Guid.TryParseExact(id[..UuidLength], "D", out _);
        return leads ? id[(UuidLength + 1)..] : id;
    }
}
