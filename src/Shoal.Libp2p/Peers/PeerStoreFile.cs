using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Identity;

namespace Shoal.Libp2p.Peers;

/// <summary>The file of a <see cref="PeerStore"/>: JSON lines, a header <c>{"shoalPeers":1}</c> and then one peer each. Readable by its owner only.</summary>
internal sealed class PeerStoreFile(string path, PeerStoreOptions options, ILogger log)
{
    private const int Version = 1;

    /// <summary>What can be read. A file that is damaged or of another version is renamed to <c>….damaged</c>, so that nothing is lost and the next start is clean.</summary>
    internal async Task<IReadOnlyList<StoredPeer>> LoadAsync(CancellationToken cancellationToken)
    {
        List<StoredPeer> peers = [];
        try
        {
            byte[] content = await ReadAsync(cancellationToken).ConfigureAwait(false);
            if (Parse(content, peers) is { } wrong) SetAside(wrong);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Log.FileUnreadable(log, path, e.Message);
        }

        return peers;
    }

    /// <summary>Writes all peers. False when that failed; the log says why.</summary>
    internal async Task<bool> SaveAsync(IReadOnlyList<StoredPeer> peers, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> output = new();
        Line(output, JsonSerializer.SerializeToUtf8Bytes(new StoredHeader { ShoalPeers = Version }, PeerFileJson.Default.StoredHeader));
        foreach (StoredPeer peer in peers) Line(output, JsonSerializer.SerializeToUtf8Bytes(peer, PeerFileJson.Default.StoredPeer));
        try
        {
            await OwnerFile.WriteAsync(path, output.WrittenMemory, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Log.FileNotWritten(log, path, e.Message);
            return false;
        }
    }

    private static void Line(ArrayBufferWriter<byte> output, byte[] json)
    {
        output.Write(json);
        output.Write("\n"u8);
    }

    private async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        FileStream file = new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Options = FileOptions.Asynchronous, BufferSize = 0 });
        await using (file.ConfigureAwait(false))
        {
            if (file.Length > options.MaxFileBytes) throw new IOException($"{file.Length} bytes are more than {nameof(PeerStoreOptions.MaxFileBytes)}, {options.MaxFileBytes}");
            byte[] content = new byte[file.Length];
            await file.ReadExactlyAsync(content, cancellationToken).ConfigureAwait(false);
            return content;
        }
    }

    /// <summary>Reads all lines. Gives what is wrong with the first bad one, or null.</summary>
    private string? Parse(ReadOnlySpan<byte> content, List<StoredPeer> peers)
    {
        int number = 0;
        try
        {
            foreach (Range range in content.Split((byte)'\n'))
            {
                ReadOnlySpan<byte> line = content[range];
                if (++number == 1)
                {
                    if (JsonSerializer.Deserialize(line, PeerFileJson.Default.StoredHeader) is not { ShoalPeers: Version }) return $"not version {Version} of the format";
                }
                else if (!line.IsEmpty && peers.Count < options.MaxPeers)
                {
                    if (JsonSerializer.Deserialize(line, PeerFileJson.Default.StoredPeer) is not { Id: not null, Agent: not null, Protocols: not null, Addresses: not null } peer) return $"line {number} is no peer";
                    peers.Add(peer);
                }
            }

            return null;
        }
        catch (JsonException e)
        {
            return $"line {number}: {e.Message}";
        }
    }

    private void SetAside(string wrong)
    {
        string aside = path + ".damaged";
        File.Move(path, aside, overwrite: true);
        Log.FileDamaged(log, path, wrong, aside);
    }
}
