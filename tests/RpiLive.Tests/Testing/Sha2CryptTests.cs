using RpiLive.Core.Testing.Safety;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Testing;

/// <summary>Judged by openssl passwd.</summary>
public sealed class Sha2CryptTests
{
    [Theory]
    [InlineData(5, "raspberry", "abcdefgh")]
    [InlineData(6, "raspberry", "abcdefghijklmnop")]
    [InlineData(6, "a", "x")]
    [InlineData(5, "a password that is longer than a digest of either kind has bytes, by far", "saltsaltsalt")]
    [InlineData(6, "a password that is longer than a digest of either kind has bytes, by far", "saltsaltsalt")]
    public void A_password_is_told_from_others(int kind, string password, string salt)
    {
        Tools.Require("openssl");
        string hash = Tools.Run("openssl", "passwd", $"-{kind}", "-salt", salt, password).Trim();
        Assert.True(Sha2Crypt.Matches(password, hash), hash);
        Assert.False(Sha2Crypt.Matches(password + "x", hash));
        Assert.False(Sha2Crypt.Matches("", hash));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("$6$")]
    [InlineData("$6$$")]
    [InlineData("$6$rounds=999999999$salt$hash")]
    [InlineData("$6$rounds=-1$salt$hash")]
    [InlineData("$y$j9T$salt$hash")]
    public void What_is_no_such_hash_matches_nothing(string hash) => Assert.False(Sha2Crypt.Matches("raspberry", hash));
}
