namespace Shoal.Chat.Styles;

/// <summary>Finds the style of a name.</summary>
internal static class ChatStyles
{
    internal static IChatStyle Get(ChatStyle style) => style switch
    {
        ChatStyle.UniversalConnectivity => new UniversalConnectivityStyle(),
        ChatStyle.Camp => new CampStyle(),
        ChatStyle.Plain => new PlainStyle(),
        ChatStyle.Room => new RoomStyle(),
        _ => throw new ArgumentOutOfRangeException(nameof(style)),
    };
}
