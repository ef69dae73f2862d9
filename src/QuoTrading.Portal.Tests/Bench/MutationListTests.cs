using QuoTrading.Portal.Bench.Mutations;
using Xunit;

namespace QuoTrading.Portal.Tests.Bench;

/// <summary>The planted bugs follow the code: a change that moves a mutation's text is seen here, not on the next long night.</summary>
public sealed class MutationListTests
{
    public static TheoryData<string> Names => [.. MutationList.All.Select(mutation => mutation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Its_text_is_in_the_source_exactly_once(string name)
    {
        var mutation = MutationList.All.Single(mutation => mutation.Name == name);
        foreach (var edit in mutation.Edits)
        {
            var text = await File.ReadAllTextAsync(Path.Combine(MutantPlace.FindRoot(), "src", "QuoTrading.Portal", edit.File));
            Assert.NotEqual(text, MutantPlace.Plant(mutation, edit, text));
        }
    }
}
