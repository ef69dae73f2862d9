using QuoTrading.Portal.Licensing;
using Xunit;

namespace QuoTrading.Portal.Tests.Licensing;

public sealed class LicenseKeyTests
{
    [Fact]
    public void A_new_key_is_five_groups_without_look_alikes_and_never_the_same()
    {
        var keys = Enumerable.Range(0, 1000).Select(_ => LicenseKey.Create()).ToArray();
        Assert.Equal(1000, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Matches("^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}$", key));
    }

    [Theory]
    [InlineData(" abcde-fghjk-mnpqr-stvwx-yz012 ", "ABCDE-FGHJK-MNPQR-STVWX-YZ012")]
    [InlineData(" MixedCase16chars ", "MixedCase16chars")]
    [InlineData("ABCDE-FGHJK-MNPQR-STVWX-YZ01L", "ABCDE-FGHJK-MNPQR-STVWX-YZ01L")]
    public void Our_own_keys_are_compared_in_upper_case_and_foreign_ones_to_the_letter(string typed, string compared) =>
        Assert.Equal(compared, LicenseKey.Normalise(typed));

    [Theory]
    [InlineData("\ufeffabcde\u2013fghjk\u2014mnpqr\u2212stvwx\u2010yz012\u200b", "ABCDE-FGHJK-MNPQR-STVWX-YZ012")]
    [InlineData("ABCDE -\tFGHJK-MNPQR-\r\nSTVWX-YZ012", "ABCDE-FGHJK-MNPQR-STVWX-YZ012")]
    [InlineData("Old\u00a0Key\u20111", "OldKey-1")]
    [InlineData("ключ", "ключ")]
    [InlineData("a\u0001b", "a\u0001b")]
    [InlineData("\u200b \u3000", "")]
    public void What_mails_put_into_a_key_is_not_compared(string typed, string compared) => Assert.Equal(compared, LicenseKey.Normalise(typed));

    [Fact]
    public void Half_of_a_surrogate_pair_in_a_key_harms_nobody() => Assert.Equal(KeyHash.Of("a\ud800"), KeyHash.Of("a\ufffd"));

    [Fact]
    public void A_foreign_key_in_another_case_is_another_key() => Assert.NotEqual(KeyHash.Of("MixedCase16chars"), KeyHash.Of("mixedcase16chars"));

    [Fact]
    public void A_hash_survives_its_storage()
    {
        var hash = KeyHash.Of("any");
        Assert.Equal(hash, KeyHash.FromBytes(hash.ToBytes()));
        Assert.Equal(System.Security.Cryptography.SHA256.HashData("any"u8), hash.ToBytes());
    }

    [Theory]
    [InlineData("ABCDE-FGHJK-MNPQR-STVWX-YZ012", "ABCD-…-Z012")]
    [InlineData("abcdefgh", "ab-…-gh")]
    [InlineData("abcd", "a-…-d")]
    [InlineData("abc", "…")]
    [InlineData("", "…")]
    public void A_masked_key_shows_at_most_half_of_it(string key, string masked)
    {
        Assert.Equal(masked, LicenseKey.Mask(key));
    }

    [Theory]
    [InlineData("B8TPG-FFHF5-GRFH3-8PGA2-PBWBQ")]
    [InlineData(" b8tpg ffhf5 grfh3 8pga2 pbwbq ")]
    [InlineData("B8TPGFFHF5GRFH38PGA2PBWBQ.")]
    public void A_whole_key_is_read_however_it_was_written_down(string text) => Assert.Equal("B8TPG-FFHF5-GRFH3-8PGA2-PBWBQ", LicenseKey.Read(text));

    [Theory]
    [InlineData("B8TPG-FFHF5-GRFH3-8PGA2-PBWB")]
    [InlineData("B8TPG-FFHF5-GRFH3-8PGA2-PBWBI")]
    [InlineData("")]
    public void What_is_no_whole_key_of_ours_is_not_read_as_one(string text) => Assert.Null(LicenseKey.Read(text));

    [Theory]
    [InlineData("VFAEA-F4PVN-52KX1-A67PS-QNYV8", true)]
    [InlineData("anna vfaea-f4pvn-52", true)]
    [InlineData("vfaea f4pvn 52kx1 a67ps qnyv8", true)]
    [InlineData("VFAEAF4PVN52KX1A67PSQNYV8.", true)]
    [InlineData("VFAEA F4P VN52", true)]
    [InlineData("VFAEAF4PVN", true)]
    [InlineData("anna@example.com VFAEAF4PVN", true)]
    [InlineData("VFAEA ABCD2", true)]
    [InlineData("\"VFAEA-F4PVN-52KX1-A67PS-QNYV8\"", true)]
    [InlineData("VFAEA-F4PVN-52KX1-A67PS-QNYV8,", true)]
    [InlineData("VFAEA–F4PVN", true)]
    [InlineData("VFAEA_F4PVN", true)]
    [InlineData("VFAEA\u00A0F4PVN", true)]
    [InlineData("key:VFAEA-F4PVN-52KX1-A67PS-QNYV8", true)]
    [InlineData("key: VFAEA F4PVN 52KX1 A67PS QNYV8", true)]
    [InlineData("Maria VFAEA F4PVN", true)]
    [InlineData("Maria Vfaea", false)]
    [InlineData("anna2024@abcde.ca peter", false)]
    [InlineData("203.0.113.4", false)]
    [InlineData("VFAEA", false)]
    [InlineData("VFAEA F4PV", false)]
    [InlineData("anna@example.com", false)]
    [InlineData("anna2024@abcde.ca", false)]
    [InlineData("Peter Henry", false)]
    [InlineData("00491701234567", false)]
    [InlineData("", false)]
    public void A_key_is_a_secret_while_it_is_being_typed(string typed, bool isSecret) => Assert.Equal(isSecret, LicenseKey.IsBegunIn(typed));
}
