using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace QuoTrading.Portal.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class ConcurrentSessionsByMinute : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "ConcurrentSessions",
                columns: table => new
                {
                    Minute = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Live = table.Column<int>(type: "INTEGER", nullable: false),
                    Licenses = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ConcurrentSessions", x => x.Minute);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ConcurrentSessions");
        }
    }
}
