using System.Text.RegularExpressions;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.House;

/// <summary>The rooms of docs/architecture.md are the folders that there are, and no other.</summary>
public sealed partial class RoomsTests
{
    [Fact]
    public void Every_room_of_the_map_is_a_folder_and_every_folder_belongs_to_a_room()
    {
        var program = Path.Combine(Repository.Root, "src", "QuoTrading.Portal");
        var table = Document.At("docs/architecture.md").Section("Rooms");
        var told = Room().Matches(table).SelectMany(row => Folder().Matches(row.Groups["rooms"].Value)).Select(found => found.Groups["folder"].Value).ToList();
        var there = Directory.EnumerateDirectories(program).Select(path => Path.GetFileName(path)!).Where(name => name is not ("bin" or "obj" or "Properties")).ToList();

        Assert.True(told.Count > 10);
        Assert.All(told, folder => Assert.True(Directory.Exists(Path.Combine(program, folder)), folder));
        Assert.All(there, name => Assert.Contains(told, folder => folder == name || folder.StartsWith(name + "/", StringComparison.Ordinal)));
    }

    /// <summary>Pages have folders of their own, which the menu names.</summary>
    [Fact]
    public void Every_sub_room_is_named()
    {
        var program = Path.Combine(Repository.Root, "src", "QuoTrading.Portal");
        var table = Document.At("docs/architecture.md").Section("Rooms");
        var there = Directory.EnumerateDirectories(program).Where(path => Path.GetFileName(path) is not ("bin" or "obj" or "Properties" or "Components"))
            .SelectMany(room => Directory.EnumerateDirectories(room).Select(path => (Room: Path.GetFileName(room), Name: Path.GetFileName(path)))).ToList();

        Assert.True(there.Count > 10);
        Assert.All(there, sub => Assert.True(table.Contains($"`{sub.Room}/{sub.Name}/`", StringComparison.Ordinal) || table.Contains($"`{sub.Name}/`", StringComparison.Ordinal), $"{sub.Room}/{sub.Name}"));
    }

    [GeneratedRegex(@"^\| (?<rooms>`[^|]*) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Room();

    [GeneratedRegex("`(?<folder>[A-Z][A-Za-z/]*)/`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Folder();
}
