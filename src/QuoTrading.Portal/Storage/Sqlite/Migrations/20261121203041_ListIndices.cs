using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace QuoTrading.Portal.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class ListIndices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_SessionHistory_Address_SessionId",
                table: "SessionHistory",
                columns: new[] { "Address", "SessionId" });

            migrationBuilder.CreateIndex(
                name: "IX_SessionHistory_Device_SessionId",
                table: "SessionHistory",
                columns: new[] { "Device", "SessionId" });

            migrationBuilder.CreateIndex(
                name: "IX_SessionHistory_EndReason_SessionId",
                table: "SessionHistory",
                columns: new[] { "EndReason", "SessionId" });

            migrationBuilder.CreateIndex(
                name: "IX_SessionEvents_Address_Id",
                table: "SessionEvents",
                columns: new[] { "Address", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_SessionEvents_Code_Id",
                table: "SessionEvents",
                columns: new[] { "Code", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_SessionEvents_Device_Id",
                table: "SessionEvents",
                columns: new[] { "Device", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_SessionEvents_Kind_Id",
                table: "SessionEvents",
                columns: new[] { "Kind", "Id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_SessionHistory_Address_SessionId",
                table: "SessionHistory");

            migrationBuilder.DropIndex(
                name: "IX_SessionHistory_Device_SessionId",
                table: "SessionHistory");

            migrationBuilder.DropIndex(
                name: "IX_SessionHistory_EndReason_SessionId",
                table: "SessionHistory");

            migrationBuilder.DropIndex(
                name: "IX_SessionEvents_Address_Id",
                table: "SessionEvents");

            migrationBuilder.DropIndex(
                name: "IX_SessionEvents_Code_Id",
                table: "SessionEvents");

            migrationBuilder.DropIndex(
                name: "IX_SessionEvents_Device_Id",
                table: "SessionEvents");

            migrationBuilder.DropIndex(
                name: "IX_SessionEvents_Kind_Id",
                table: "SessionEvents");
        }
    }
}
