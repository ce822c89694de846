using System.Security.Cryptography;
using System.Text.Json;
using Shoal.InteropTests.Js;
using Xunit.Abstractions;

namespace Shoal.InteropTests.Chat;

/// <summary><c>shoal chat</c>, driven as a script does, with a js-libp2p peer at the other end.</summary>
[Collection(ForeignProcesses.Name)]
public sealed class ChatWithJsTests : NodeTest
{
    private const string Room = "universal-connectivity";
    private const string Files = "universal-connectivity-file";
    private const string CampRoom = "/libp2p/example/chat/1.0.0";

    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-chat-").FullName;

    public ChatWithJsTests(ITestOutputHelper output)
        : base(output) => Own(new Folder(_folder));

    [JsFact]
    public async Task Room_messages_go_both_ways_in_the_universal_connectivity_format()
    {
        (ShoalProcess chat, JsPeer js, string ourId) = await MeetAsync(Room);

        await js.CallAsync("publish", new { topic = Room, text = "hello from js" });
        await chat.TypeAsync("hello from the command, with ümlauts");

        await chat.WaitForLineAsync(line => line == $"{Short(js.Id)}: hello from js");
        JsonElement message = await js.WaitAsync("message", e => e.GetProperty("topic").ValueEquals(Room));
        Assert.Equal("hello from the command, with ümlauts", message.GetProperty("text").GetString());
        Assert.Equal(ourId, message.GetProperty("from").GetString());
        Assert.True(message.GetProperty("signed").GetBoolean());
    }

    [JsFact]
    public async Task Direct_messages_go_both_ways_in_the_universal_connectivity_format()
    {
        (ShoalProcess chat, JsPeer js, string ourId) = await MeetAsync(Room);

        JsonElement answer = await js.CallAsync("direct", new { peer = ourId, text = "psst" });
        Assert.Equal(200, answer.GetProperty("status").GetInt32());
        Assert.True(answer.GetProperty("hasMetadata").GetBoolean());
        await chat.WaitForLineAsync(line => line == $"[dm] {Short(js.Id)}: psst");

        await chat.TypeAsync($"/msg {Short(js.Id)} by short id");
        await chat.TypeAsync($"/msg {js.Id} by whole id");
        JsonElement first = await js.WaitAsync("direct", e => e.GetProperty("text").ValueEquals("by short id"));
        await js.WaitAsync("direct", e => e.GetProperty("text").ValueEquals("by whole id"));
        Assert.Equal(ourId, first.GetProperty("peer").GetString());
        Assert.Equal("text/plain", first.GetProperty("type").GetString());
    }

    [JsFact]
    public async Task Files_go_both_ways_in_the_universal_connectivity_format()
    {
        (ShoalProcess chat, JsPeer js, string ourId) = await MeetAsync(Room, Files);
        byte[] theirs = RandomNumberGenerator.GetBytes(200_000);
        byte[] ours = RandomNumberGenerator.GetBytes(300_000);
        string path = Path.Combine(_folder, "picture.png");
        await File.WriteAllBytesAsync(path, ours, Deadline);

        string id = Guid.NewGuid().ToString();
        await js.CallAsync("offerFile", new { file = id, base64 = Convert.ToBase64String(theirs) });
        await js.CallAsync("publish", new { topic = Files, text = id });
        string line = await chat.WaitForLineAsync(l => l.StartsWith($"file from {Short(js.Id)}: ", StringComparison.Ordinal));
        Assert.EndsWith("(200000 bytes)", line, StringComparison.Ordinal);
        string saved = line[$"file from {Short(js.Id)}: ".Length..^" (200000 bytes)".Length];
        Assert.StartsWith(Downloads, saved, StringComparison.Ordinal);
        Assert.Equal(theirs, await File.ReadAllBytesAsync(saved, Deadline));

        await chat.TypeAsync($"/file {Short(js.Id)} {path}");
        JsonElement announced = await js.WaitAsync("message", e => e.GetProperty("topic").ValueEquals(Files));
        JsonElement fetched = await js.CallAsync("fetchFile", new { peer = ourId, file = announced.GetProperty("text").GetString() });
        Assert.Equal(ours, fetched.GetProperty("base64").GetBytesFromBase64());
    }

    [JsFact]
    public async Task What_was_said_before_the_end_of_input_still_arrives_and_the_command_ends_well()
    {
        (ShoalProcess chat, JsPeer js, string ourId) = await MeetAsync(Room);

        for (int i = 0; i < 20; i++) await chat.TypeAsync($"line {i}");
        chat.EndInput();

        Assert.Equal(0, await chat.WaitForEndAsync());
        await js.WaitAsync("disconnect", e => e.GetProperty("peer").ValueEquals(ourId));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"line {i}"), js.Events("message").Select(e => e.GetProperty("text").GetString()));
    }

    [JsFact]
    public async Task Quit_leaves_the_room_and_ends_well()
    {
        (ShoalProcess chat, JsPeer js, _) = await MeetAsync(Room);

        await chat.TypeAsync("bye");
        await chat.TypeAsync("/quit");

        Assert.Equal(0, await chat.WaitForEndAsync());
        await js.WaitAsync("message", e => e.GetProperty("text").ValueEquals("bye"));
        Assert.All(chat.Lines, line => Assert.True(
            line.StartsWith("listening on /ip4/127.0.0.1/tcp/", StringComparison.Ordinal) || line.Contains(": ", StringComparison.Ordinal), $"a line no script expects: {line}"));
    }

    [JsFact]
    public async Task Camp_messages_and_names_go_both_ways()
    {
        (ShoalProcess chat, JsPeer js, _) = await MeetAsync(["--style", "camp", "--nick", "ann"], CampRoom);

        await js.CallAsync("campName", new { topic = CampRoom, name = "jill" });
        await js.CallAsync("campSay", new { topic = CampRoom, text = "who is there?" });
        await chat.WaitForLineAsync(line => line == "jill: who is there?");
        await js.CallAsync("direct", new { addr = Address(chat), text = "only you" });
        await chat.WaitForLineAsync(line => line == "[dm] jill: only you");

        await CampAsync(js, seen => seen.Any(m => HasName(m, "ann"))); // A nick is told to whoever comes.
        await chat.TypeAsync("me");
        await chat.TypeAsync("/nick bea");
        await chat.TypeAsync("/msg jill hello jill");
        List<JsonElement> heard = await CampAsync(js, seen => seen.Any(m => HasText(m, "me")) && seen.Any(m => HasName(m, "bea")));
        JsonElement said = heard.First(m => HasText(m, "me"));
        Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(said.GetProperty("created").GetInt64()), DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow.AddMinutes(2));
        Assert.NotEmpty(said.GetProperty("messageId").GetString()!);
        await js.WaitAsync("direct", e => e.GetProperty("text").ValueEquals("hello jill"));
    }

    [JsTheory]
    [InlineData("plain", "test-net", "hello", "hello")]
    [InlineData("room", "chat-room:awesome-chat-room", """{"Message":"hello","SenderID":"?","SenderNick":"jill"}""", "\"Message\":\"hello\"")]
    public async Task The_other_styles_are_spoken_too(string style, string topic, string theirs, string oursHas)
    {
        (ShoalProcess chat, JsPeer js, string ourId) = await MeetAsync(["--style", style, "--nick", "ann"], topic);

        await js.CallAsync("publish", new { topic, text = theirs.Replace("?", js.Id, StringComparison.Ordinal) });
        await chat.TypeAsync("hello");

        await chat.WaitForLineAsync(line => line == (style == "room" ? "jill: hello" : $"{Short(js.Id)}: hello"));
        JsonElement message = await js.WaitAsync("message", e => e.GetProperty("text").GetString()!.Contains(oursHas, StringComparison.Ordinal));
        Assert.Equal(ourId, message.GetProperty("from").GetString());
        if (style == "room")
        {
            JsonElement json = JsonElement.Parse(message.GetProperty("text").GetString()!);
            Assert.Equal("ann", json.GetProperty("SenderNick").GetString());
            Assert.Equal(ourId, json.GetProperty("SenderID").GetString());
        }
    }

    [JsFact]
    public async Task The_command_dials_a_js_peer_it_is_given()
    {
        JsPeer js = await StartJsAsync(new { pubsub = "gossipsub", chat = true });
        await js.CallAsync("subscribe", new { topic = Room });

        ShoalProcess chat = Own(ShoalProcess.Start("chat", "--no-mdns", "--connect", js.Address, "--listen", "/ip4/127.0.0.1/tcp/0"));
        await js.WaitAsync("subscription", e => e.GetProperty("topic").ValueEquals(Room));
        await chat.TypeAsync("here I am");

        await js.WaitAsync("message", e => e.GetProperty("text").ValueEquals("here I am"));
    }

    private string Downloads => Path.Combine(_folder, "downloads");

    private static string Short(string peerId) => peerId[^8..];

    private static bool HasText(JsonElement message, string text) => message.TryGetProperty("text", out JsonElement t) && t.ValueEquals(text);

    private static bool HasName(JsonElement message, string name) => message.TryGetProperty("name", out JsonElement n) && n.ValueEquals(name);

    private static string Address(ShoalProcess chat) =>
        chat.Lines.First(line => line.StartsWith("listening on ", StringComparison.Ordinal))["listening on ".Length..];

    private Task<(ShoalProcess Chat, JsPeer Js, string OurId)> MeetAsync(params string[] topics) => MeetAsync([], topics);

    /// <summary>Starts the chat and a js peer that dials it, and waits until each knows that the other is in the topics.</summary>
    private async Task<(ShoalProcess Chat, JsPeer Js, string OurId)> MeetAsync(string[] flags, params string[] topics)
    {
        JsPeer js = await StartJsAsync(new { pubsub = "gossipsub", chat = true });
        foreach (string topic in topics) await js.CallAsync("subscribe", new { topic });
        ShoalProcess chat = Own(ShoalProcess.Start(
            ["chat", "--no-mdns", "--listen", "/ip4/127.0.0.1/tcp/0", "--identity", Path.Combine(_folder, "key"), "--downloads", Downloads, .. flags]));
        await chat.WaitForLineAsync(line => line.StartsWith("listening on ", StringComparison.Ordinal));
        string address = Address(chat);
        await js.CallAsync("dial", new { addr = address });
        foreach (string topic in topics)
        {
            await js.WaitAsync("subscription", e => e.GetProperty("topic").ValueEquals(topic));
            while ((await js.CallAsync("subscribers", new { topic })).GetProperty("mesh").GetArrayLength() == 0) await Task.Delay(100, Deadline);
        }

        return (chat, js, address[(address.LastIndexOf('/') + 1)..]);
    }

    /// <summary>Decodes what a js peer heard in the camp room, until it is enough.</summary>
    private async Task<List<JsonElement>> CampAsync(JsPeer js, Func<List<JsonElement>, bool> enough)
    {
        while (true)
        {
            List<JsonElement> seen = [];
            foreach (JsonElement message in js.Events("message"))
                seen.Add(await js.CallAsync("campRead", new { base64 = message.GetProperty("base64").GetString() }));
            if (enough(seen)) return seen;
            Assert.False(Deadline.IsCancellationRequested, $"heard only {string.Join("; ", seen)}");
            await Task.Delay(100);
        }
    }

    private sealed class Folder(string path) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            Directory.Delete(path, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
