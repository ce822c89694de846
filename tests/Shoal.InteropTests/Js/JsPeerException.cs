namespace Shoal.InteropTests.Js;

/// <summary>A command to a js peer failed.</summary>
/// <param name="command">Which command.</param>
/// <param name="name">Name of the JavaScript error, as in <c>UnsupportedProtocolError</c>.</param>
/// <param name="message">Its message.</param>
internal sealed class JsPeerException(string command, string name, string message) : Exception($"{command}: {name}: {message}")
{
    /// <summary>Name of the JavaScript error.</summary>
    internal string Name => name;
}
