using QuoTrading.Portal.Licensing.Signing;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>Gives each server the same first two keys: made once, since a server is started for nearly every test. Later ones are its own.</summary>
public sealed class QuickKeyMaker : SigningKeyMaker
{
    private static readonly Lazy<byte[]>[] First = [new(() => new SigningKeyMaker().Make()), new(() => new SigningKeyMaker().Make())];

    private int made = -1;

    public override byte[] Make() => Interlocked.Increment(ref made) is var index && index < First.Length ? First[index].Value : base.Make();
}
