using Microsoft.Extensions.Logging;
using Shoal.Libp2p;
using Shoal.Libp2p.Identity;
using Shoal.Libp2p.Peers;

namespace Shoal.Tests.Libp2p.Peers;

public sealed class PeerStoreFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-peers").FullName;
    private readonly string _path;
    private readonly ManualClock _clock = new();
    private readonly Lines _log = new();

    public PeerStoreFileTests() => _path = Path.Combine(_folder, "new", "peers.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_known_comes_back_after_a_restart()
    {
        using PrivateKey key = PrivateKey.Generate();
        PeerStore store = Store();
        await store.LoadAsync(default);
        ReadOnlyMemory<byte> envelope = PeerRecord.Sign(key, 7, [PeerStoreTests.Tcp(5)]).Bytes;
        store.AddSignedRecord(key.PeerId, envelope.Span);
        store.SetIdentify(key.PeerId, new IdentifyInfo { AgentVersion = "a \"b\" ü", Protocols = ["/x/1", "/y/1"] });
        store.OnDialSucceeded(key.PeerId, PeerStoreTests.Tcp(6));
        store.AddAddresses(PeerStoreTests.Peer(1), [PeerStoreTests.Tcp(1)]);
        await store.SaveAsync(default);

        _clock.Advance(TimeSpan.FromMinutes(30));
        PeerStore again = Store();
        await again.LoadAsync(default);
        PeerInfo info = again.Find(key.PeerId)!;
        Assert.Equal([PeerStoreTests.Tcp(6), PeerStoreTests.Tcp(5)], info.Addresses);
        Assert.Equal("a \"b\" ü", info.AgentVersion);
        Assert.Equal(["/x/1", "/y/1"], info.Protocols);
        Assert.Equal(envelope.ToArray(), info.SignedRecord.ToArray());
        Assert.Equal(SignedRecordOutcome.Stale, again.AddSignedRecord(key.PeerId, envelope.Span));
        Assert.Equal(2, again.All.Count);

        _clock.Advance(TimeSpan.FromMinutes(31));
        PeerStore later = Store();
        await later.LoadAsync(default);
        Assert.Equal([PeerStoreTests.Tcp(6)], later.Find(key.PeerId)!.Addresses);
        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task The_file_is_written_whole_for_the_owner_alone_and_only_after_changes()
    {
        PeerStore store = Store();
        await store.SaveAsync(default);
        Assert.False(File.Exists(_path)); // Nothing to tell yet.
        store.Pin(PeerStoreTests.Peer(1));
        await Task.WhenAll(store.SaveAsync(default), store.SaveAsync(default));
        Assert.Equal("{\"shoalPeers\":1}", (await File.ReadAllLinesAsync(_path))[0]);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(_path)!));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));

        File.Delete(_path);
        await store.SaveAsync(default);
        Assert.False(File.Exists(_path));
        store.Unpin(PeerStoreTests.Peer(1));
        await store.SaveAsync(default);
        Assert.True(File.Exists(_path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("{\"shoalPeers\":2}\n")]
    [InlineData("{\"shoalPeers\":1}\n{\"id\":")]
    [InlineData("{\"shoalPeers\":1}\nnull\n")]
    [InlineData("{\"shoalPeers\":1}\n{\"id\":null,\"addresses\":null}\n")]
    [InlineData("{\"shoalPeers\":1}\n{\"id\":5}\n")]
    [InlineData("{\"shoalPeers\":1}\n{\"id\":\"x\",\"addresses\":[{\"source\":\"Nobody\"}]}\n")]
    [InlineData("{\"shoalPeers\":1}\n{\"id\":\"x\",\"record\":\"!\"}\n")]
    public async Task A_damaged_file_is_set_aside_and_told_of(string content)
    {
        Write(content);
        PeerStore store = Store();
        await store.LoadAsync(default);
        Assert.Empty(store.All);
        Assert.False(File.Exists(_path));
        Assert.Equal(content, await File.ReadAllTextAsync(_path + ".damaged"));
        Assert.Contains(_path + ".damaged", Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_be_read_before_the_damage_counts()
    {
        Write($"{{\"shoalPeers\":1}}\n{{\"id\":\"{PeerStoreTests.Peer(1)}\",\"seen\":{_clock.GetUtcNow().ToUnixTimeMilliseconds()},\"protocols\":[],\"addresses\":[]}}\n{{\"id\":\"cut");
        PeerStore store = Store();
        await store.LoadAsync(default);
        Assert.Equal(PeerStoreTests.Peer(1), Assert.Single(store.All).Id);
        Assert.Single(_log.Warnings);
    }

    [Fact]
    public async Task Nonsense_in_sound_lines_is_passed_over()
    {
        string id = PeerStoreTests.Peer(1).ToString();
        Write(string.Join('\n',
            "{\"shoalPeers\":1,\"more\":1}",
            "{\"id\":\"nobody\"}",
            $"{{\"id\":\"{id}\",\"seen\":99999999999999999,\"agent\":\"{new string('a', 1000)}\",\"protocols\":[null,\"/x\"],\"record\":\"AAAA\",\"addresses\":[null,{{\"address\":\"/ip4/1\"}},{{\"address\":\"/ip4/1.2.3.4/tcp/1\",\"until\":9223372036854775807,\"success\":-5}}]}}",
            $"{{\"id\":\"{id}\"}}",
            ""));
        PeerStore store = Store();
        await store.LoadAsync(default);
        PeerInfo info = Assert.Single(store.All);
        Assert.Equal("/ip4/1.2.3.4/tcp/1", Assert.Single(info.Addresses).ToString());
        Assert.Equal(["/x"], info.Protocols);
        Assert.Equal("", info.AgentVersion);
        Assert.True(info.SignedRecord.IsEmpty);
        _clock.Advance(TimeSpan.FromDays(8)); // A time from a wrong clock is no reason to keep it forever.
        Assert.Empty(store.All);
        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task Limits_hold_for_the_file_too()
    {
        PeerStore big = Store();
        for (int i = 0; i < 100; i++) big.AddAddresses(PeerStoreTests.Peer(i), [PeerStoreTests.Tcp(1), PeerStoreTests.Tcp(2), PeerStoreTests.Tcp(3)]);
        await big.SaveAsync(default);
        PeerStore small = Store(new PeerStoreOptions { MaxPeers = 10, MaxAddressesPerPeer = 2 });
        await small.LoadAsync(default);
        Assert.Equal(10, small.All.Count);
        Assert.All(small.All, p => Assert.Equal(2, p.Addresses.Count));

        PeerStore tiny = Store(new PeerStoreOptions { MaxFileBytes = 100 });
        await tiny.LoadAsync(default);
        Assert.Empty(tiny.All);
        Assert.Contains("MaxFileBytes", Assert.Single(_log.Warnings), StringComparison.Ordinal);
        Assert.True(File.Exists(_path));
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_or_read_is_told_of_and_no_more()
    {
        Write("x");
        PeerStore store = new(null, _clock, _log, Path.Combine(_path, "below"));
        await store.LoadAsync(default);
        store.Pin(PeerStoreTests.Peer(1));
        await store.SaveAsync(default);
        Assert.NotEmpty(_log.Warnings);
        Assert.All(_log.Warnings, w => Assert.DoesNotContain('\n', w));
        Assert.NotNull(store.Find(PeerStoreTests.Peer(1)));
    }

    private PeerStore Store(PeerStoreOptions? options = null) => new(options, _clock, _log, _path);

    private void Write(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        File.WriteAllText(_path, content);
    }

    private sealed class Lines : ILoggerFactory, ILogger
    {
        internal List<string> Warnings { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Warnings.Add(formatter(state, exception));
    }
}
