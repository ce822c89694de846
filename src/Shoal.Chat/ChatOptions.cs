namespace Shoal.Chat;

/// <summary>Settings of a <see cref="ChatSession"/>. Every property states its unit and default.</summary>
public sealed record ChatOptions
{
    /// <summary>Whose chat is spoken. Default: universal-connectivity.</summary>
    public ChatStyle Style { get; init; } = ChatStyle.UniversalConnectivity;

    /// <summary>What to call us: made one word of at most 24 characters. Default: null, others see our short peer id.</summary>
    public string? Nick { get; init; }

    /// <summary>Rooms to join at once. Default: empty, which joins the style's own room.</summary>
    public IReadOnlyList<string> Rooms { get; init; } = [];

    /// <summary>Folder for received files; made when the first arrives. Default: null, files are not taken.</summary>
    public string? DownloadsDirectory { get; init; }

    /// <summary>Whether to tell and hear addresses on the discovery topic, where the style has one. Default: true.</summary>
    public bool AnnouncePeers { get; init; } = true;

    /// <summary>Time between two announcements of our addresses. Default: 10 seconds (universal-connectivity).</summary>
    public TimeSpan AnnounceInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest message, in bytes of UTF-8; longer ones of others are cut. Default: 16 KiB (rust peers refuse 64 KiB).</summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024;

    /// <summary>Rooms joined at a time. Default: 64.</summary>
    public int MaxRooms { get; init; } = 64;

    /// <summary>Events kept per room for <see cref="IChatSession.History"/>. Default: 500.</summary>
    public int HistoryLength { get; init; } = 500;

    /// <summary>Events waiting to be read; more are lost. Default: 4096.</summary>
    public int EventQueue { get; init; } = 4096;

    /// <summary>Peers whose nick is remembered; the one longest unheard is forgotten first. Default: 1024.</summary>
    public int MaxNicks { get; init; } = 1024;

    /// <summary>Messages kept until somebody is in the room. Default: 100.</summary>
    public int MaxKept { get; init; } = 100;

    /// <summary>How long a message waits for somebody to come into the room. Default: 60 seconds.</summary>
    public TimeSpan KeepTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time for a direct message and its answer, and for every other short question. Default: 5 seconds (universal-connectivity).</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest file sent or taken, in bytes. Default: 500,000,000 (universal-connectivity, rust peer).</summary>
    public long MaxFileBytes { get; init; } = 500_000_000;

    /// <summary>Bytes taken in files over the whole session. Default: 2,000,000,000.</summary>
    public long MaxDownloadedBytes { get; init; } = 2_000_000_000;

    /// <summary>Files being taken at a time; others are refused meanwhile. Default: 8.</summary>
    public int MaxDownloads { get; init; } = 8;

    /// <summary>Files being taken from one peer at a time. Default: 2.</summary>
    public int MaxDownloadsPerPeer { get; init; } = 2;

    /// <summary>Files on offer at a time. Default: 32.</summary>
    public int MaxOffers { get; init; } = 32;

    /// <summary>How long a file stays on offer before the peer begins to fetch it. Default: 30 seconds.</summary>
    public TimeSpan OfferTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence after which a file transfer is given up. Default: 20 seconds.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
