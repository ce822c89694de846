using Shoal.Chat.Files;
using Shoal.Net;

namespace Shoal.Tests.Chat.Files;

public sealed class FilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-files-").FullName;

    [Fact]
    public void An_id_of_ours_carries_the_name_and_another_is_its_own()
    {
        Guid uuid = Guid.Parse("0f6f9a2e-52a1-4c4b-9a5e-3d1f7f0b8a11");
        Assert.Equal("0f6f9a2e-52a1-4c4b-9a5e-3d1f7f0b8a11-tea.png", FileId.Create(uuid, "tea.png"));
        Assert.Equal("tea.png", FileId.NameOf(FileId.Create(uuid, "tea.png")));
        Assert.Equal(uuid.ToString(), FileId.NameOf(uuid.ToString()));
        Assert.Equal("holiday.jpg", FileId.NameOf("holiday.jpg"));
    }

    [Fact]
    public async Task A_file_is_never_overwritten()
    {
        string first = await SaveAsync([1, 2, 3], 3, "../tea.png");
        string second = await SaveAsync([4], 1, "tea.png");
        Assert.Equal(Path.Combine(_folder, "tea.png"), first);
        Assert.Equal(Path.Combine(_folder, "tea (1).png"), second);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(first));
        Assert.Equal([4], await File.ReadAllBytesAsync(second));
    }

    [Fact]
    public async Task An_empty_file_is_a_file() => Assert.Empty(await File.ReadAllBytesAsync(await SaveAsync([], 0, "nothing")));

    [Fact]
    public async Task Half_a_file_leaves_nothing_behind()
    {
        await Assert.ThrowsAsync<WireFormatException>(() => SaveAsync([1, 2], 3, "tea.png"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_file_takes_no_more_than_its_length()
    {
        using var source = new MemoryStream([1, 2, 3, 4]);
        string path = await new Downloads(_folder).SaveAsync(source, 3, "tea.png", _ => { }, default);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(path));
        Assert.Equal(3, source.Position);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> SaveAsync(byte[] content, long length, string name)
    {
        using var source = new MemoryStream(content);
        return await new Downloads(_folder).SaveAsync(source, length, name, _ => { }, default);
    }
}
