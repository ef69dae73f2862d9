namespace QuoTrading.Portal.Kernel;

/// <summary>The settings of one section of the configuration.</summary>
internal interface ISettings
{
    /// <summary>Returns one sentence for each invalid setting. The sentence names the key.</summary>
    IEnumerable<string> Check();
}
