namespace Shoal.Libp2p.Transports;

/// <summary>Resolves <c>/dns</c>, <c>/dns4</c>, <c>/dns6</c> and <c>/dnsaddr</c> parts. Two implementations: the system's, and one given by a test.</summary>
public interface IAddressResolver
{
    /// <summary>The addresses that an address stands for; itself when there is nothing to resolve; none when the name has none.</summary>
    /// <exception cref="Libp2pException">The name could not be looked up; the message says why.</exception>
    Task<IReadOnlyList<Multiaddr>> ResolveAsync(Multiaddr address, CancellationToken cancellationToken);
}
