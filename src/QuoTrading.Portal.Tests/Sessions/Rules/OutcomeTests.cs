using System.Runtime.CompilerServices;
using QuoTrading.Portal.Sessions.Rules;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Rules;

/// <summary>A client is told 200 where an outcome has no code, so a refusal must never lack one.</summary>
public sealed class OutcomeTests
{
    private static readonly Type[] Successes =
        [typeof(Outcome.Holds), typeof(Outcome.WouldHold), typeof(Outcome.Released), typeof(Outcome.NothingToRelease), typeof(Outcome.Cleared)];

    [Fact]
    public void Every_outcome_is_a_success_or_has_a_code()
    {
        var all = typeof(Outcome).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(Outcome))).ToList();
        Assert.Subset(all.ToHashSet(), Successes.ToHashSet());
        Assert.Empty(all.Except(Successes).Where(type => WireNames.RefusalCode((Outcome)RuntimeHelpers.GetUninitializedObject(type)) is null).Select(type => type.Name));
    }
}
