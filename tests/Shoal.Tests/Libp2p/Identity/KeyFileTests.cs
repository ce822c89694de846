using Shoal.Libp2p;

namespace Shoal.Tests.Libp2p.Identity;

public sealed class KeyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-keys").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_key_is_made_once_and_found_again()
    {
        string path = Path.Combine(_folder, "a", "b", "key");
        using PrivateKey made = PrivateKey.LoadOrCreate(path);
        using PrivateKey found = PrivateKey.LoadOrCreate(path);
        using PrivateKey loaded = PrivateKey.Load(path);
        Assert.Equal(KeyType.Ed25519, made.PublicKey.Type);
        Assert.Equal(made.PeerId, found.PeerId);
        Assert.Equal(made.PeerId, loaded.PeerId);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!)); // Nothing temporary is left behind.
    }

    [Fact]
    public void The_file_and_its_folder_are_the_owners_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        string path = Path.Combine(_folder, "new", "key");
        PrivateKey.LoadOrCreate(path).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_that_others_can_read_or_write_is_refused_with_the_remedy(UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows()) return;
        string path = Path.Combine(_folder, "key");
        PrivateKey.LoadOrCreate(path).Dispose();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | mode);
        string message = Assert.Throws<IdentityFileException>(() => PrivateKey.Load(path)).Message;
        Assert.Contains($"chmod 600 {path}", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Throws<IdentityFileException>(() => PrivateKey.LoadOrCreate(path));
    }

    [Fact]
    public void Saving_replaces_the_key_that_is_there_and_closes_it_to_others()
    {
        string path = Path.Combine(_folder, "key");
        File.WriteAllText(path, "old");
        using PrivateKey key = PrivateKey.Generate(KeyType.Ecdsa);
        key.Save(path);
        using PrivateKey loaded = PrivateKey.Load(path);
        Assert.Equal(key.PeerId, loaded.PeerId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    public void A_malformed_file_is_refused_and_left_alone(string content)
    {
        string path = Write(System.Text.Encoding.UTF8.GetBytes(content));
        Assert.Contains(path, Assert.Throws<IdentityFileException>(() => PrivateKey.LoadOrCreate(path)).Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Fact]
    public void A_huge_file_is_refused_unread() =>
        Assert.Contains("too many", Assert.Throws<IdentityFileException>(() => PrivateKey.Load(Write(new byte[1_000_000]))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_secp256k1_file_says_what_to_use_instead() => Assert.Contains(
        "Ed25519", Assert.Throws<IdentityFileException>(() => PrivateKey.Load(Write(Convert.FromHexString(KeyVectors.Secp256k1Private)))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_and_an_impossible_place_are_told()
    {
        Assert.Contains("shoal key new", Assert.Throws<IdentityFileException>(() => PrivateKey.Load(Path.Combine(_folder, "none"))).Message, StringComparison.Ordinal);
        string file = Write([1]);
        using PrivateKey key = PrivateKey.Generate();
        Assert.Throws<IdentityFileException>(() => key.Save(Path.Combine(file, "below")));
        Assert.Throws<IdentityFileException>(() => key.Save(_folder));
        Assert.Throws<IdentityFileException>(() => PrivateKey.Load(_folder));
    }

    private string Write(byte[] content)
    {
        string path = Path.Combine(_folder, "file");
        File.WriteAllBytes(path, content);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
