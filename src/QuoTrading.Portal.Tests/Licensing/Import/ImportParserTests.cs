using System.Text;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Licensing.Import;
using Xunit;

namespace QuoTrading.Portal.Tests.Licensing.Import;

public sealed class ImportParserTests
{
    private const string Header = "account_id,email,license_key,license_type,license_status,license_expiration,created_at\n";

    private static readonly DateTime Now = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_row_is_read_as_the_old_system_wrote_it()
    {
        var row = Assert.Single(Accept("acc1, Anna@Example.com , KeyOf16Chars0001 ,monthly,ACTIVE,2026-12-31 23:59:59.123456,2025-01-02T03:04:05Z\n").Rows);
        Assert.Equal(
            new ImportRow(2, "acc1", "anna@example.com", "KeyOf16Chars0001", "monthly", LicenseStatus.Active,
                new DateTime(2026, 12, 31, 23, 59, 59, DateTimeKind.Utc).AddTicks(1_234_560), new DateTime(2025, 1, 2, 3, 4, 5, DateTimeKind.Utc)), row);
    }

    [Fact]
    public void Columns_may_come_in_any_order_and_case_and_others_are_ignored_with_a_notice()
    {
        var file = Parse("secret,LICENSE_KEY,email,\"License_Status\",license_expiration,created_at,account_id,license_type\nx,k1,a@b.c,active,,,7,GOLD\n");
        Assert.Equal(("k1", "a@b.c", "7", "GOLD"), file.Rows.Select(r => (r.Key, r.Email, r.AccountId, r.Plan)).Single());
        Assert.Contains("secret", Assert.Single(file.Notices), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("active", LicenseStatus.Active)]
    [InlineData(" Suspended ", LicenseStatus.Suspended)]
    [InlineData("INACTIVE", LicenseStatus.Suspended)]
    [InlineData("cancelled", LicenseStatus.Cancelled)]
    [InlineData("Canceled", LicenseStatus.Cancelled)]
    public void A_status_is_understood_in_any_case(string text, LicenseStatus status) =>
        Assert.Equal(status, Assert.Single(Accept($",a@b.c,k1,M,{text},,\n").Rows).Status);

    [Fact]
    public void An_expired_license_is_an_active_one_whose_time_has_passed()
    {
        var row = Assert.Single(Accept(",a@b.c,k1,M,Expired,2025-12-31,\n").Rows);
        Assert.Equal((LicenseStatus.Active, new DateTime(2025, 12, 31, 0, 0, 0, DateTimeKind.Utc)), (row.Status, row.ExpiresAt));
        Assert.Contains("has not passed", Refuse(",a@b.c,k1,M,expired,,\n").Message, StringComparison.Ordinal);
        Assert.Contains("has not passed", Refuse(",a@b.c,k1,M,expired,2026-12-31,\n").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NULL")]
    [InlineData("None")]
    [InlineData("\\N")]
    [InlineData("lifetime")]
    [InlineData("\"\"")]
    public void No_expiration_is_never(string text) => Assert.Null(Assert.Single(Accept($",a@b.c,k1,M,active,{text},\n").Rows).ExpiresAt);

    [Theory]
    [InlineData("2026-12-31", "2026-12-31T00:00:00")]
    [InlineData("2026-12-31 23:59", "2026-12-31T23:59:00")]
    [InlineData("2026-12-31 23:59:59", "2026-12-31T23:59:59")]
    [InlineData("2026-12-31T23:59:59Z", "2026-12-31T23:59:59")]
    [InlineData("2026-12-31 23:59:59+00", "2026-12-31T23:59:59")]
    [InlineData("2026-12-31 23:59:59.5+02", "2026-12-31T21:59:59.5")]
    [InlineData("2026-12-31 20:00:00-05:30", "2027-01-01T01:30:00")]
    [InlineData("2026-12-31T23:59:59.123456789+0000", "2026-12-31T23:59:59.1234567")]
    [InlineData("2024-02-29 00:00:00 UTC", "2024-02-29T00:00:00")]
    public void A_time_is_read_as_PostgreSQL_prints_it(string text, string utc) =>
        Assert.Equal(DateTime.Parse(utc, System.Globalization.CultureInfo.InvariantCulture), Assert.Single(Accept($",a@b.c,k1,M,active,{text},\n").Rows).ExpiresAt);

    [Theory]
    [InlineData("31.12.2026")]
    [InlineData("12/31/2026")]
    [InlineData("2025-02-29")]
    [InlineData("2026-12-31 24:00:00")]
    [InlineData("2026-12-31 23:59:60")]
    [InlineData("0000-01-01")]
    [InlineData("0001-01-01 00:00:00+05")]
    [InlineData("2026-12-31 23:59:59+99")]
    [InlineData("1767225600")]
    [InlineData("2026-12-31 23:59:59 Europe/Berlin")]
    public void What_is_no_time_is_an_error_that_says_how_to_write_one(string text)
    {
        var error = Refuse($",a@b.c,k1,M,active,{text},\n");
        Assert.Equal(2, error.Line);
        Assert.Contains("license_expiration", error.Message, StringComparison.Ordinal);
        Assert.Contains("2025-12-31 23:59:59", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(",nobody,k1,M,active,,\n", "email")]
    [InlineData(",,k1,M,active,,\n", "email")]
    [InlineData(",a@b.c,,M,active,,\n", "license_key")]
    [InlineData(",a@b.c,  ,M,active,,\n", "license_key")]
    [InlineData(",a@b.c,k1,M,wobbly,,\n", "license_status")]
    [InlineData(",a@b.c,k1,M,,,\n", "license_status")]
    [InlineData(",a@b.c,k\u00011,M,active,,\n", "control character")]
    [InlineData(",a@b.c,k1,M\u001b[2J,active,,\n", "control character")]
    [InlineData(",a@b.c,k1,M,active,,yesterday\n", "created_at")]
    [InlineData(",a@b.c,k1,=1+1,active,,\n", "like a spreadsheet's formula")]
    [InlineData(",\"=HYPERLINK(\"\"http://x\"\")\",k1,M,active,,\n", "email")]
    [InlineData(",a@b.c,k1,M,=ACTIVE(),,\n", "license_status")]
    [InlineData(",a@b.c,k1,M,active,=TODAY(),\n", "license_expiration")]
    [InlineData(",a@b.c,k1,M,active\n", "5 fields where the header has 7")]
    [InlineData(",a@b.c,k1,M,active,,,extra\n", "8 fields")]
    [InlineData(",a@b.c,k1,12345678901234567890123456789012345678901,active,,\n", "license_type")]
    public void What_is_wrong_with_a_row_is_named(string row, string named)
    {
        var error = Refuse(row);
        Assert.Equal(2, error.Line);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_is_never_repeated_in_an_error()
    {
        var key = new string('K', 200);
        Assert.DoesNotContain("KKKKK", Refuse($",a@b.c,{key},M,active,,\n").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_row_is_told_with_its_line_up_to_five_hundred_and_then_counted()
    {
        var file = Parse(Header + "\n" + string.Concat(Enumerable.Range(0, 550).Select(i => $",nobody,k{i},M,active,,\n")));
        Assert.Equal((550, 500), (file.Errors.Count, file.Errors.Told.Count));
        Assert.Equal(Enumerable.Range(3, 500), file.Errors.Told.Select(e => e.Line!.Value));
    }

    [Fact]
    public void The_same_row_twice_counts_once_and_another_row_with_its_key_is_an_error()
    {
        var file = Accept("1,a@b.c,k1,M,active,,\n1,A@b.c, k1 ,M,Active,NULL,\n");
        Assert.Equal((1, 1), (file.Rows.Count, file.Repeated));
        Assert.Contains("line 2", Refuse(",a@b.c,k1,M,active,,\n,x@b.c,k1,M,active,,\n").Message, StringComparison.Ordinal);
        Assert.Contains("line 2", Refuse(",a@b.c,ABCDE-FGHJK-MNPQR-STVWX-YZ012,M,active,,\n,a@b.c,abcde-fghjk-mnpqr-stvwx-yz012,N,active,,\n").Message, StringComparison.Ordinal);
        Assert.Equal(2, Accept(",a@b.c,Key,M,active,,\n,a@b.c,key,M,active,,\n").Rows.Count);
    }

    [Fact]
    public void Quoted_fields_and_windows_line_ends_are_read()
    {
        var file = Parse((Header + "\"1\",\"a@b.c\",\"k,1\",\"the \"\"big\"\" one\",\"active\",\"\",\n\n,d@e.f,k2,,active,,").Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Empty(file.Errors.Told);
        Assert.Equal([("k,1", "the \"big\" one", 2), ("k2", "MONTHLY", 4)], file.Rows.Select(r => (r.Key, r.Plan, r.Line)));
    }

    [Theory]
    [InlineData(",a@b.c,\"k1,M,active,,\n,a@b.c,k2,M,active,,\n", 2)]
    [InlineData(",a@b.c,k1,M,active,,\n,a@b.c,\"k2\"x,M,active,,\n", 3)]
    [InlineData(",a@b.c,\"k\n1\",M,active,,\n", 2)]
    public void A_quote_that_is_not_closed_is_told_by_its_line(string rows, int line) =>
        Assert.Equal(line, Parse(Header + rows).Errors.Told[0].Line);

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void A_file_with_a_byte_order_mark_is_read(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(Header + ",jürgen@example.com,schlüssel,M,active,,\n")];
        Assert.Equal("schlüssel", Assert.Single(Parse(bytes).Rows).Key);
    }

    [Theory]
    [InlineData(new byte[] { }, "empty")]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF }, "empty")]
    [InlineData(new byte[] { 0x0A, 0x0A }, "empty")]
    [InlineData(new byte[] { 0x61, 0xFC, 0x62 }, "not valid UTF-8")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61 }, "not valid UTF-16")]
    [InlineData(new byte[] { 0x50, 0x4B, 0x03, 0x00 }, "zero bytes")]
    [InlineData(new byte[] { 0x50, 0x4B, 0x03, 0x04, 0x14, 0x00 }, "a workbook")]
    [InlineData(new byte[] { 0xD0, 0xCF, 0x11, 0xE0, 0xA1 }, "a workbook")]
    [InlineData(new byte[] { 0x65, 0x00, 0x6D, 0x00, 0x61, 0x00 }, "zero bytes")]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A }, "not valid UTF-8")]
    public void What_is_no_text_is_refused_as_a_whole(byte[] bytes, string why)
    {
        var error = Assert.Single(Parse(bytes).Errors.Told);
        Assert.Null(error.Line);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("account_id;email;license_key;license_type;license_status;license_expiration;created_at\n1;a@b.c;k;M;active;;\n", "semicolons")]
    [InlineData("account_id\temail\tlicense_key\n1\ta@b.c\tk\n", "tabs")]
    [InlineData("1,a@b.c,k1,M,active,,\n", "no header row")]
    [InlineData("account_id,email,license_key,license_type,license_status,license_expiration\n", "lacks created_at")]
    [InlineData("email,account_id,email,license_key,license_type,license_status,license_expiration,created_at\n", "email twice")]
    public void A_wrong_header_is_told_with_the_right_one(string text, string why)
    {
        var error = Assert.Single(Parse(text).Errors.Told);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains(Header.Trim(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_alone_is_an_error() => Assert.Contains("nothing below it", Assert.Single(Parse(Header).Errors.Told).Message, StringComparison.Ordinal);

    [Fact]
    public void A_line_without_end_is_an_error() =>
        Assert.Contains("longer than", Refuse($",a@b.c,k1,{new string('x', 100_000)},active,,\n").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData('x')]
    [InlineData(',')]
    [InlineData('"')]
    [InlineData(';')]
    public void Ten_megabytes_without_a_line_end_are_one_calm_error(char filler)
    {
        var long10 = new string(filler, 10_000_000);
        var alone = Assert.Single(Parse(long10).Errors.Told);
        Assert.InRange(alone.Message.Length, 10, 400);
        var row = Assert.Single(Parse(Header + long10).Errors.Told);
        Assert.InRange(row.Message.Length, 10, 400);
    }

    [Fact]
    public void The_file_is_known_by_its_name_and_hash()
    {
        var file = ImportParser.Parse("/home/anna/old.csv", "abc"u8, Now);
        Assert.Equal(("old.csv", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), (file.FileName, file.Sha256));
    }

    private static ImportFile Accept(string rows)
    {
        var file = Parse(Header + rows);
        Assert.Empty(file.Errors.Told);
        return file;
    }

    private static ImportError Refuse(string rows) => Assert.Single(Parse(Header + rows).Errors.Told);

    private static ImportFile Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    private static ImportFile Parse(byte[] bytes) => ImportParser.Parse("old.csv", bytes, Now);
}
