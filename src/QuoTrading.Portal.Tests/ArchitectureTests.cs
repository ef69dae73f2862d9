using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Storage.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests;

/// <summary>Who may know whom. Read from the compiled program, so that no way of writing a name goes round it.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "QuoTrading.Portal";
    private const string Audit = "Accounts.Audit";

    private static readonly Dictionary<string, string[]> MayKnow = new(StringComparer.Ordinal)
    {
        ["Components"] = ["Licensing", "Sessions", "Accounts", "Operating", Audit],
        ["Api"] = ["Licensing", "Sessions", "Accounts", "Operating", Audit],
        ["Licensing"] = ["Storage", Audit],
        ["Sessions"] = ["Licensing", "Storage", Audit],
        ["Accounts"] = ["Storage", Audit],
        // What the operator of the whole needs: he looks into each room, and none looks back.
        ["Operating"] = ["Licensing", "Sessions", "Storage", Audit],
        [Audit] = ["Storage"],
        ["Storage"] = [],
        // Furnishes the house for visitors; nobody else knows of it.
        ["Demo"] = ["Licensing", "Sessions", "Accounts", Audit, "Storage"],
    };

    // Fit for every room: that the store is away is an answer that endpoints and pages give, too; and in what parts a list is read.
    private static readonly Type[] Everyones = [typeof(StoreUnavailableException), typeof(PageRequest), typeof(Page<>), typeof(RowCount), typeof(Counted), typeof(TextMatch)];

    [Fact]
    public void Every_room_is_one_of_the_house() =>
        Assert.Equal(MayKnow.Keys.Order(), Rooms().Select(type => type.Room).Where(room => room.Length > 0).Distinct().Order());

    [Theory]
    [InlineData("Components")]
    [InlineData("Api")]
    [InlineData("Licensing")]
    [InlineData("Sessions")]
    [InlineData("Accounts")]
    [InlineData("Operating")]
    [InlineData(Audit)]
    [InlineData("Storage")]
    [InlineData("Demo")]
    public void A_room_knows_only_the_rooms_it_may(string room)
    {
        var entities = room == "Storage" ? EntityTypes() : [];
        var known =
            from type in Rooms()
            where type.Room == room
            from other in TypeReferences.Of(type.Type)
            let otherRoom = RoomOf(other)
            where otherRoom.Length > 0 && otherRoom != room && !MayKnow[room].Contains(otherRoom)
            where !Everyones.Contains(other) && !entities.Contains(other)
            select $"{type.Type.FullName} knows {other.FullName}";

        var offenders = known.Distinct().Order().ToArray();
        Assert.True(offenders.Length == 0, string.Join('\n', offenders));
    }

    [Fact]
    public void This_test_sees_what_a_method_does_inside() =>
        Assert.Contains(typeof(LicenseTable), Nested(typeof(LicenseIssuer)).SelectMany(TypeReferences.Of));

    private static IEnumerable<Type> Nested(Type type) => [type, .. type.GetNestedTypes(System.Reflection.BindingFlags.NonPublic).SelectMany(Nested)];

    private static IEnumerable<(Type Type, string Room)> Rooms() => typeof(SqliteDatabase).Assembly.GetTypes()
        .Where(type => type.Namespace is { } name && (name == Root || name.StartsWith(Root + ".", StringComparison.Ordinal)))
        .Select(type => (type, RoomOf(type)));

    // "" for the types at the root, which put the house together, and for what compilers add.
    private static string RoomOf(Type type)
    {
        var path = type.Namespace?.Split('.') ?? [];
        if (path is not ["QuoTrading", "Portal", var room, ..]) return "";
        return path is [_, _, "Accounts", "Audit", ..] ? Audit : room;
    }

    // What the schema is made of: entities, and what their columns hold.
    private static HashSet<Type> EntityTypes()
    {
        using var context = new DesignTimeContextFactory().CreateDbContext([]);
        var entities = context.Model.GetEntityTypes().ToList();
        return [.. entities.Select(entity => entity.ClrType), .. entities.SelectMany(e => e.GetProperties()).Select(p => Nullable.GetUnderlyingType(p.ClrType) ?? p.ClrType)];
    }
}
