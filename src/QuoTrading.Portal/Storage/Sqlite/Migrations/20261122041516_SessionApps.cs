using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace QuoTrading.Portal.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class SessionApps : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Apps",
                table: "LiveSessions",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Apps",
                table: "LiveSessions");
        }
    }
}
