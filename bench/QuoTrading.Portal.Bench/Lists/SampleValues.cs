using System.Globalization;

namespace QuoTrading.Portal.Bench.Lists;

/// <summary>Values to filter by that are there.</summary>
internal sealed record SampleValues(long License, long BusyLicense, string Email, string Key, string Device, string Address, string SharedAddress, Guid Session, string FarSession, string FarEvent)
{
    public static SampleValues Read(LargeDatabase database)
    {
        using var connection = database.File.OpenConnection();
        var license = long.Parse(One("SELECT MAX(\"Id\") / 2 FROM \"Licenses\""), CultureInfo.InvariantCulture);
        var session = One($"SELECT \"SessionId\" FROM \"SessionHistory\" WHERE \"LicenseId\" = {license} AND \"Address\" NOT LIKE '203.0.%' LIMIT 1");
        var far = One("SELECT \"SessionId\" FROM \"SessionHistory\" WHERE rowid = (SELECT MAX(rowid) / 10 FROM \"SessionHistory\")");
        return new SampleValues(license, 1, One($"SELECT \"CustomerEmail\" FROM \"SessionHistory\" WHERE \"SessionId\" = '{session}'"), "0123A-4567B-89CDE-FGHJK-MNPQR",
            One($"SELECT \"Device\" FROM \"SessionHistory\" WHERE \"SessionId\" = '{session}'"), One($"SELECT \"Address\" FROM \"SessionHistory\" WHERE \"SessionId\" = '{session}'"),
            "203.0.0.7", Guid.Parse(One($"SELECT \"SessionId\" FROM \"SessionEvents\" WHERE \"SessionId\" IS NOT NULL AND \"LicenseId\" >= {license} LIMIT 1")), far,
            One("SELECT MAX(\"Id\") / 10 FROM \"SessionEvents\""));

        string One(string sql)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants, and what the database itself said.
            command.CommandText = sql;
#pragma warning restore CA2100
            return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture)!;
        }
    }
}
