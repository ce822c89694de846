#:project ../src/Shoal.Libp2p/Shoal.Libp2p.csproj
#:property PublishAot=false
// Two peers: one sends back what it hears, the other says something. Run it with: dotnet run samples/echo.cs
using System.Text;
using Shoal.Libp2p;

await using var alice = await Libp2pNode.StartAsync(new() { Listen = [Multiaddr.Parse("/ip4/127.0.0.1/tcp/0")] });
await using var bob = await Libp2pNode.StartAsync(new());
alice.Handle("/echo/1.0.0", async (stream, ct) => await stream.CopyToAsync(stream, ct));

await using var stream = await bob.OpenStreamAsync(alice.Addresses[0], "/echo/1.0.0");
await stream.WriteAsync(Encoding.UTF8.GetBytes("Hello over Noise and yamux!"));
await stream.CompleteWritesAsync();
Console.WriteLine(await new StreamReader(stream).ReadToEndAsync());
