using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace QuoTrading.Portal.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class PlacesAndProofs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "CopiedDevices",
                table: "SessionSettings",
                type: "TEXT",
                maxLength: 20,
                nullable: false,
                defaultValue: "Report");

            migrationBuilder.AddColumn<int>(
                name: "DevicesPerSeat",
                table: "SessionSettings",
                type: "INTEGER",
                nullable: false,
                defaultValue: 6);

            migrationBuilder.AddColumn<string>(
                name: "Copied",
                table: "LiveSessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "HomeAddress",
                table: "LiveSessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Proof",
                table: "LiveSessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "CopiedDevices",
                table: "Licenses",
                type: "TEXT",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Install",
                table: "LicenseDevices",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_LicenseDevices_Install",
                table: "LicenseDevices",
                column: "Install",
                filter: "\"Install\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_LicenseDevices_Install",
                table: "LicenseDevices");

            migrationBuilder.DropColumn(
                name: "CopiedDevices",
                table: "SessionSettings");

            migrationBuilder.DropColumn(
                name: "DevicesPerSeat",
                table: "SessionSettings");

            migrationBuilder.DropColumn(
                name: "Copied",
                table: "LiveSessions");

            migrationBuilder.DropColumn(
                name: "HomeAddress",
                table: "LiveSessions");

            migrationBuilder.DropColumn(
                name: "Proof",
                table: "LiveSessions");

            migrationBuilder.DropColumn(
                name: "CopiedDevices",
                table: "Licenses");

            migrationBuilder.DropColumn(
                name: "Install",
                table: "LicenseDevices");
        }
    }
}
