using Shoal.Crypto;

namespace Shoal.Tests.Crypto;

public class ChaCha20Poly1305AeadTests
{
    private const string Sunscreen =
        "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f666665"
        + "7220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e";

    /// <summary>RFC 8439, section 2.8.2.</summary>
    [Fact]
    public void Seals_as_RFC_8439_says()
    {
        byte[] key = Hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"), nonce = Hex("070000004041424344454647");
        byte[] data = Hex("50515253c0c1c2c3c4c5c6c7"), plaintext = Hex(Sunscreen), ciphertext = new byte[plaintext.Length], tag = new byte[16];
        using var aead = new ChaCha20Poly1305Aead(key);
        aead.Encrypt(nonce, plaintext, ciphertext, tag, data);
        Assert.Equal(
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
            + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116",
            Hex(ciphertext));
        Assert.Equal("1ae10b594f09e26a7e902ecbd0600691", Hex(tag));

        Assert.True(aead.TryDecrypt(nonce, ciphertext, tag, ciphertext, data));
        Assert.Equal(plaintext, ciphertext);
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
