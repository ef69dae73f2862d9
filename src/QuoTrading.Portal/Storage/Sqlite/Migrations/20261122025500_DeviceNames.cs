using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace QuoTrading.Portal.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class DeviceNames : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Name",
                table: "LicenseDevices",
                type: "TEXT",
                nullable: true,
                collation: "NOCASE");

            // The latest name that a device of a license gave: one search of the index for each, from its newest session back.
            migrationBuilder.Sql("""
                UPDATE "LicenseDevices" SET "Name" = (
                    SELECT h."DeviceName" FROM "SessionHistory" h
                    WHERE h."Device" = "LicenseDevices"."Device" AND h."LicenseId" + 0 = "LicenseDevices"."LicenseId" AND h."DeviceName" IS NOT NULL
                    ORDER BY h."SessionId" DESC LIMIT 1)
                """);

            migrationBuilder.CreateIndex(
                name: "IX_LicenseDevices_Name",
                table: "LicenseDevices",
                column: "Name",
                filter: "\"Name\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_LicenseDevices_Name",
                table: "LicenseDevices");

            migrationBuilder.DropColumn(
                name: "Name",
                table: "LicenseDevices");
        }
    }
}
