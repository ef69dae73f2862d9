using System.Reflection;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Storage.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.House;

/// <summary>
/// Who may know whom: rooms, their sub-rooms and the root. Read from the compiled program, so that no way of writing a name goes round
/// it. Each namespace is a room of its own here.
/// </summary>
public sealed class ArchitectureTests
{
    private const string Root = "QuoTrading.Portal";
    private const string Audit = "Accounts.Audit";
    private const string Sqlite = "Storage.Sqlite";

    // A room may know these, and its own sub-rooms may too; of Accounts the audit log is for all who change something. The engine
    // stands above the rooms whose rows it writes: they say what they need of it.
    private static readonly Dictionary<string, string[]> MayKnow = new(StringComparer.Ordinal)
    {
        ["Kernel"] = [],
        ["Storage"] = ["Kernel"],
        [Audit] = ["Storage", "Kernel"],
        ["Accounts"] = [Audit, "Storage", "Kernel"],
        ["Licensing"] = [Audit, "Storage", "Kernel"],
        ["Sessions"] = ["Licensing", Audit, "Storage", "Kernel"],
        ["History"] = ["Sessions", "Licensing", Audit, "Storage", "Kernel"],
        [Sqlite] = ["Sessions", "Licensing", Audit, "Storage", "Kernel"],
        // What the operator of the whole needs: he looks into each room, and none below looks back.
        ["Operating"] = ["History", "Sessions", "Licensing", "Accounts", Audit, "Storage", "Kernel"],
        ["Cli"] = [Sqlite, "Operating", "Licensing", "Accounts", Audit, "Storage", "Kernel"],
        ["Api"] = ["Operating", "History", "Sessions", "Licensing", "Accounts", Audit, "Storage", "Kernel"],
        ["Components"] = ["Operating", "History", "Sessions", "Licensing", "Accounts", Audit, "Storage", "Kernel"],
        // Furnishes the house for visitors.
        ["Demo"] = [Sqlite, "Sessions", "Licensing", "Accounts", Audit, "Storage", "Kernel"],
        // The root puts the house together.
        [""] = [Sqlite, "Demo", "Components", "Api", "Cli", "Operating", "History", "Sessions", "Licensing", "Accounts", Audit, "Storage", "Kernel"],
    };

    // Above whom nobody stands but the root.
    private static readonly string[] KnownByNobody = ["Api", "Components", "Cli", "Demo", ""];

    private static readonly Lazy<IReadOnlyList<Arrow>> Arrows = new(() => [.. ReadArrows()]);

    [Fact]
    public void Every_room_is_one_of_the_house() =>
        Assert.Equal(MayKnow.Keys.Order(StringComparer.Ordinal), Types().Select(type => RoomOf(SubRoomOf(type))).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void The_list_of_who_may_know_whom_has_no_circle_itself()
    {
        Assert.DoesNotContain(MayKnow, room => room.Key.Length > 0 && room.Value.Intersect(KnownByNobody).Any());
        Assert.Empty(Circles(MayKnow.SelectMany(room => room.Value.Select(other => (room.Key, other)))));
    }

    [Theory]
    [InlineData("Kernel")]
    [InlineData("Storage")]
    [InlineData(Audit)]
    [InlineData("Accounts")]
    [InlineData("Licensing")]
    [InlineData("Sessions")]
    [InlineData("History")]
    [InlineData(Sqlite)]
    [InlineData("Operating")]
    [InlineData("Cli")]
    [InlineData("Api")]
    [InlineData("Components")]
    [InlineData("Demo")]
    [InlineData("")]
    public void A_room_knows_only_the_rooms_it_may(string room) =>
        AssertNone(Arrows.Value.Where(arrow => RoomOf(arrow.From) == room && RoomOf(arrow.To) is var other && other != room && !MayKnow[room].Contains(other)));

    [Fact]
    public void No_sub_room_is_in_a_circle()
    {
        var circles = Circles(Arrows.Value.Select(arrow => (arrow.From, arrow.To)));
        AssertNone(Arrows.Value.Where(arrow => circles.Contains(arrow.From) && circles.Contains(arrow.To)));
    }

    [Fact]
    public void The_rules_of_sessions_know_no_database() =>
        AssertNone(Arrows.Value.Where(arrow => arrow is { From: "Sessions.Rules", To: not ("Licensing" or "Kernel") }));

    // Who sets it up and who asks it for a backup says so in words of no engine.
    [Fact]
    public void Nobody_outside_names_the_engine() => AssertNone(
        from type in Types()
        where RoomOf(SubRoomOf(type)) != Sqlite
        from other in TypeReferences.OfAll(type)
        where (IsOurs(other) ? RoomOf(SubRoomOf(other)) == Sqlite && other != typeof(StorageSetup) && other != typeof(ServerLock) : IsTheEngines(other))
        select new Arrow(SubRoomOf(type), other.Namespace ?? "", type, other));

    // But the one that Identity's context is made of.
    [Fact]
    public void Storage_knows_no_entity()
    {
        using var context = new DesignTimeContextFactory().CreateDbContext([]);
        var entities = context.Model.GetEntityTypes().Select(entity => entity.ClrType).Where(type => type.Assembly == typeof(Writer).Assembly);
        Assert.Equal([typeof(PortalUser)], entities.Where(type => RoomOf(SubRoomOf(type)) == "Storage"));
    }

    [Fact]
    public void This_test_sees_what_a_method_does_inside() =>
        Assert.Contains(typeof(LicenseTable), Nested(typeof(LicenseIssuer)).SelectMany(TypeReferences.Of));

    [Fact]
    public void This_test_sees_a_circle() =>
        Assert.Equal(["b", "c", "d"], Circles([("a", "b"), ("b", "c"), ("c", "d"), ("d", "b"), ("d", "e")]).Order(StringComparer.Ordinal));

    private static void AssertNone(IEnumerable<Arrow> offenders)
    {
        var told = offenders.Select(arrow => $"{Named(arrow.From)} knows {Named(arrow.To)}: {arrow.Type.FullName} → {arrow.Other.FullName}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        Assert.True(told.Length == 0, string.Join('\n', told));
    }

    private static string Named(string room) => room.Length == 0 ? "the root" : room;

    // Those from which a way leads back to themselves.
    private static HashSet<string> Circles(IEnumerable<(string From, string To)> arrows)
    {
        var next = arrows.Distinct().ToLookup(arrow => arrow.From, arrow => arrow.To, StringComparer.Ordinal);
        return [.. next.Select(rooms => rooms.Key).Where(room => Reached(room).Contains(room))];

        HashSet<string> Reached(string from)
        {
            var reached = new HashSet<string>(StringComparer.Ordinal);
            var left = new Stack<string>([from]);
            while (left.TryPop(out var room))
                foreach (var other in next[room])
                    if (reached.Add(other)) left.Push(other);
            return reached;
        }
    }

    private static IEnumerable<Arrow> ReadArrows() =>
        from type in Types()
        from other in TypeReferences.Of(type)
        where IsOurs(other)
        let arrow = new Arrow(SubRoomOf(type), SubRoomOf(other), type, other)
        where arrow.From != arrow.To
        select arrow;

    private static bool IsTheEngines(Type type) =>
        type.Namespace is { } name && (name.Contains("Sqlite", StringComparison.Ordinal) || name.StartsWith("SQLitePCL", StringComparison.Ordinal));

    private static IEnumerable<Type> Nested(Type type) => [type, .. type.GetNestedTypes(BindingFlags.NonPublic).SelectMany(Nested)];

    private static IEnumerable<Type> Types() => typeof(SqliteDatabase).Assembly.GetTypes().Where(IsOurs);

    // Not what compilers add. The program itself has no namespace: it is the root.
    private static bool IsOurs(Type type) => type.Namespace is { } name
        ? name == Root || name.StartsWith(Root + ".", StringComparison.Ordinal)
        : Outermost(type).Name == "Program";

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static string SubRoomOf(Type type) => type.Namespace is { Length: > 0 } name && name != Root ? name[(Root.Length + 1)..] : "";

    private static string RoomOf(string subRoom) => subRoom == Audit ? Audit : subRoom.StartsWith(Sqlite, StringComparison.Ordinal) ? Sqlite : subRoom.Split('.')[0];

    private sealed record Arrow(string From, string To, Type Type, Type Other);
}
